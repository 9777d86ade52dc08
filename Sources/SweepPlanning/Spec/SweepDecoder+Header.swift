import ExpressionSyntax
import TrialContract

extension SweepDecoder {
    func decodeVersion(_ node: SourceNode) {
        if let version = reader.number(node, "schema", ParameterRange(1, 1e6), isInteger: true),
            version != Self.schemaVersion {
            diagnostics.report(node, "schema", "this program reads schema 1", remedy: "get a newer samsweep")
        }
    }

    func decodeName(_ node: SourceNode) {
        guard let name = node.text, NameRule.sweep.accepts(name) else {
            diagnostics.report(
                node, "name", "must be made of a-z, 0-9 and -, at most 100 of them",
                remedy: "it names the result file, as rho-scaling")
            return
        }
        spec.name = name
    }

    /// What is recorded where the file does not say, as far as the problem knows it.
    static let usualStatistics = ["distance", "suboptimality"]

    /// `record`: names of quantities, and quantities of the sweep's own.
    func decodeRecord() {
        let node = root["record"] ?? SourceNode(
            .list(usualStatistics.map { SourceNode(.scalar($0, isPlain: true), place: rootPlace) }),
            place: rootPlace)
        spec.recordPlace = node.place
        spec.record = quantities(.statistic, node, unknown: "is not a recorded quantity", example: Self.usualStatistics[0])
    }

    /// One quantity or a list of them, each once.
    ///
    /// - Parameters:
    ///   - unknown: what is wrong with a name that is none of the kind.
    ///   - example: one that is.
    func quantities(
        _ kind: ComponentKind, _ node: SourceNode, unknown: String, example: String
    ) -> [ComponentDescription] {
        let field = kind.fieldName
        if node.list?.isEmpty == true {
            diagnostics.report(node, field, "records nothing", remedy: "add a quantity, as \(example)")
        }
        var quantities: [ComponentDescription] = []
        for item in node.list ?? [node] {
            if kind == .statistic, item.map != nil {
                guard let own = ownStatistic(item) else { continue }
                if quantities.contains(where: { $0.name == own.definition.name }) {
                    diagnostics.report(
                        item.map?["name"] ?? item, field, "is recorded twice", remedy: "give each a name of its own")
                } else {
                    spec.ownStatistics.append(own)
                    quantities.append(own.description)
                }
                continue
            }
            guard let name = item.text, let quantity = catalogue.find(kind, name) else {
                diagnostics.report(
                    item, field, unknown,
                    remedy: NearestName.remedy(for: item.text ?? "", among: catalogue.all(kind).map(\.name)))
                continue
            }
            if reportUnknown(quantity, item, field) { continue }
            if quantities.contains(quantity) {
                diagnostics.report(item, field, "is recorded twice", remedy: "keep it once")
            } else {
                quantities.append(quantity)
            }
        }
        return quantities
    }
}
