import ExpressionSyntax
import TrialContract

extension SweepDecoder {
    /// `schema`, `name` and `title`.
    func decodeHeader() {
        if let node = root["schema"] {
            if let version = reader.number(node, "schema", ParameterRange(1, 1e6), isInteger: true),
                version != Self.schemaVersion {
                diagnostics.report(node, "schema", "this program reads schema 1", remedy: "get a newer samsweep")
            }
        } else {
            diagnostics.report(rootPlace, "schema", "is missing", remedy: "add the line schema: 1")
        }
        decodeName()
        spec.title = root["title"].flatMap { reader.text($0, "title") } ?? spec.name
    }

    private func decodeName() {
        guard let node = root["name"] else {
            diagnostics.report(rootPlace, "name", "is missing", remedy: "add name: made of a-z, 0-9 and -")
            return
        }
        guard let name = node.text, isName(name) else {
            diagnostics.report(
                node, "name", "must be made of a-z, 0-9 and -, at most 100 of them",
                remedy: "it names the result file, as rho-scaling")
            return
        }
        spec.name = name
    }

    private func isName(_ name: String) -> Bool {
        let letters = "a"..."z", digits = "0"..."9"
        return !name.isEmpty && name.utf8.count <= 100
            && name.allSatisfy { letters.contains(String($0)) || digits.contains(String($0)) || $0 == "-" }
            && name.utf8.count == name.count
    }

    /// Fields with one of a few words.
    func decodeWords() {
        let scales = ["total", "per_coordinate"]
        if let node = root["noise_scale"], let word = reader.word(node, "noise_scale", among: scales) {
            spec.noiseIsTotal = word == "total"
        }
        let precisions = NoisePrecision.allCases.map(\.rawValue)
        if let node = root["noise_precision"], let word = reader.word(node, "noise_precision", among: precisions) {
            spec.noisePrecision = NoisePrecision(rawValue: word) ?? .double
        }
        spec.catalogue = catalogue
        if let node = root["method"], let word = reader.word(node, "method", among: Self.methods) {
            spec.method = MethodSpec(rawValue: word) ?? .full
            spec.methodPlace = node.place
        }
        if let node = root["common_random_numbers"], let flag = reader.flag(node, "common_random_numbers") {
            spec.usesCommonRandomNumbers = flag
        }
    }

    /// `record`: names of quantities; by default the distance and the suboptimality.
    func decodeRecord() {
        let node = root["record"] ?? SourceNode(
            .list(usualStatistics.map { SourceNode(.scalar($0, isPlain: true), place: rootPlace) }),
            place: rootPlace)
        spec.recordPlace = node.place
        if node.list?.isEmpty == true {
            diagnostics.report(node, "record", "records nothing", remedy: "add a quantity, as distance")
        }
        for item in node.list ?? [node] { decodeStatistic(item) }
    }

    private func decodeStatistic(_ item: SourceNode) {
        guard let name = item.text, let statistic = catalogue.find(.statistic, name) else {
            diagnostics.report(
                item, "record", "is not a recorded quantity",
                remedy: NearestName.remedy(for: item.text ?? "", among: catalogue.all(.statistic).map(\.name)))
            return
        }
        if reportUnknown(statistic, item, "record") { return }
        if spec.record.contains(statistic) {
            diagnostics.report(item, "record", "is recorded twice", remedy: "keep it once")
            return
        }
        spec.record.append(statistic)
    }
}
