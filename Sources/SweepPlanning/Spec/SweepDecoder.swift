import TrialContract

/// Turns the nodes of a sweep file into a `SweepSpec`, field by field, and reports everything that is wrong on the way.
final class SweepDecoder {
    /// Keys of the top level, in the order in which messages and the schema list them.
    static let keys = [
        "schema", "name", "title", "problem", "optimizer", "noise_model", "noise_scale", "noise_precision", "method",
        "steps", "trials", "seed", "start", "learning_rate_schedule", "rho_schedule", "axes", "zip", "where", "derive",
        "record", "common_random_numbers", "learning_rate", "rho", "noise", "dimension",
    ]
    /// Promised keys that this build does not have.
    private static let notBuilt = ["curves", "claims"]
    static let schemaVersion = 1.0
    static let methods = ["full", "reduced", "auto"]

    let root: [SourceEntry]
    let rootPlace: SourcePlace
    let catalogue: ComponentCatalogue
    let fields: FieldCatalogue
    let diagnostics: Diagnostics
    /// For places inside expressions.
    let sourceText: String
    let reader: ValueReader
    let lists: NumberListReader
    var spec = SweepSpec()
    /// Numbers and kinds that are swept, zipped or derived, known before anything is decoded.
    private(set) var swept: Set<String> = []
    var hasUnknownAxes = false

    init(_ root: SourceNode, text: String, catalogue: ComponentCatalogue, diagnostics: Diagnostics) {
        sourceText = text
        self.root = root.map ?? []
        rootPlace = root.place
        self.catalogue = catalogue
        self.diagnostics = diagnostics
        fields = FieldCatalogue(catalogue)
        reader = ValueReader(diagnostics: diagnostics)
        lists = NumberListReader(reader: reader)
    }

    /// The checked fields. Throws everything that is wrong.
    func decode() throws -> SweepSpec {
        collectSwept()
        reportUnknownKeys()
        decodeHeader()
        for kind in ComponentKind.choices { decodeChoice(kind) }
        decodeNumbers()
        decodeWords()
        decodeStart()
        decodeAxes()
        decodeZips()
        decodeDerived()
        decodeCondition()
        decodeRecord()
        requireAll()
        orderAxes()
        try diagnostics.throwIfAny()
        return spec
    }

    private func collectSwept() {
        for key in ["axes", "derive"] { swept.formUnion(root[key]?.map?.map(\.key) ?? []) }
        for zip in root["zip"]?.list ?? [] { swept.formUnion(zip.map?.map(\.key).filter { $0 != "name" } ?? []) }
    }

    private func reportUnknownKeys() {
        for entry in root where Self.notBuilt.contains(entry.key) {
            diagnostics.report(
                entry.keyPlace, entry.key, "is not built yet", remedy: "remove it; this version runs sweeps without it")
        }
        reader.reportUnknown(root.filter { !Self.notBuilt.contains($0.key) }, "", keys: Self.keys)
    }

    private func decodeHeader() {
        if let node = root["schema"] {
            if let version = reader.number(node, "schema", ParameterRange(1, 1e6), isInteger: true),
                version != Self.schemaVersion {
                diagnostics.report(node, "schema", "this program reads schema 1", remedy: "get a newer samsweep")
            }
        } else {
            diagnostics.report(rootPlace, "schema", "is missing", remedy: "add the line schema: 1")
        }
        if let node = root["name"] {
            if let name = node.text, isName(name) {
                spec.name = name
            } else {
                diagnostics.report(
                    node, "name", "must be made of a-z, 0-9 and -, at most 100 of them",
                    remedy: "it names the result file, as rho-scaling")
            }
        } else {
            diagnostics.report(rootPlace, "name", "is missing", remedy: "add name: made of a-z, 0-9 and -")
        }
        spec.title = root["title"].flatMap { reader.text($0, "title") } ?? spec.name
    }

    private func isName(_ name: String) -> Bool {
        let letters = "a"..."z", digits = "0"..."9"
        return !name.isEmpty && name.utf8.count <= 100
            && name.allSatisfy { letters.contains(String($0)) || digits.contains(String($0)) || $0 == "-" }
            && name.utf8.count == name.count
    }

    private func decodeWords() {
        if let node = root["noise_scale"], let word = reader.word(node, "noise_scale", among: ["total", "per_coordinate"]) {
            spec.noiseIsTotal = word == "total"
        }
        let precisions = NoisePrecision.allCases.map(\.rawValue)
        if let node = root["noise_precision"], let word = reader.word(node, "noise_precision", among: precisions) {
            spec.noisePrecision = NoisePrecision(rawValue: word) ?? .double
        }
        if let node = root["method"], let word = reader.word(node, "method", among: Self.methods), word != "full" {
            diagnostics.report(node, "method", "is not built yet", remedy: "write method: full or leave it out")
        }
        if let node = root["common_random_numbers"], let flag = reader.flag(node, "common_random_numbers") {
            spec.usesCommonRandomNumbers = flag
        }
    }

    private func decodeRecord() {
        let node = root["record"]
            ?? SourceNode(.list(["distance", "suboptimality"].map {
                SourceNode(.scalar($0, isPlain: true), place: rootPlace)
            }), place: rootPlace)
        spec.recordPlace = node.place
        let names = catalogue.all(.statistic).map(\.name)
        for item in node.list ?? [node] {
            guard let name = item.text, let statistic = catalogue.find(.statistic, name) else {
                diagnostics.report(
                    item, "record", "is not a recorded quantity",
                    remedy: NearestName.remedy(for: item.text ?? "", among: names))
                continue
            }
            if spec.record.contains(statistic) {
                diagnostics.report(item, "record", "is recorded twice", remedy: "keep it once")
            }
            spec.record.append(statistic)
        }
        if node.list?.isEmpty == true {
            diagnostics.report(node, "record", "records nothing", remedy: "add a quantity, as distance")
        }
    }

    private func requireAll() {
        for kind in [ComponentKind.problem, .optimizer] where spec.choices[kind] == nil && !hasGiven(kind.fieldName) {
            let names = catalogue.all(kind).map(\.name).joined(separator: ", ")
            diagnostics.report(rootPlace, kind.fieldName, "is missing", remedy: "add \(kind.fieldName): one of \(names)")
        }
        // A misspelt axis may be what is missing.
        guard !hasUnknownAxes else { return }
        for field in [FieldCatalogue.steps, FieldCatalogue.learningRate]
        where spec.numbers[field.name] == nil && !hasGiven(field.name) {
            let form = field.name == "steps" ? "steps: N" : "\(field.name): [...] under axes"
            diagnostics.report(
                rootPlace, field.name, "is missing", remedy: "add \(form), or compute it under derive")
        }
    }

    /// Whether the file has it somewhere, be it wrong.
    private func hasGiven(_ name: String) -> Bool { root[name] != nil || swept.contains(name) }

    /// Lists everything swept as it comes in the file.
    private func orderAxes() {
        for entry in root {
            switch entry.key {
            case "axes":
                for axis in entry.value.map ?? [] {
                    if let kind = ComponentKind.choices.first(where: { $0.fieldName == axis.key }) {
                        spec.axes.append(.choice(kind))
                    } else if spec.numbers[axis.key] != nil {
                        spec.axes.append(.number(axis.key))
                    }
                }
            case "zip": spec.axes += spec.zips.indices.map { .zip($0) }
            default:
                if let kind = ComponentKind.choices.first(where: { $0.fieldName == entry.key }),
                    spec.choices[kind]?.source == .axis {
                    spec.axes.append(.choice(kind))
                }
            }
        }
    }
}
