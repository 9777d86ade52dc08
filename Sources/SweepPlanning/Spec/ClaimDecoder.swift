import TrialContract

/// Reads the entries of `claims` and reports everything that is wrong with them.
struct ClaimDecoder {
    /// Forms of a measurement, in the order in which messages list them.
    static let measures = ClaimField.all.filter(\.isMeasure).map(\.name)
    static let bandKeys = ClaimField.all.filter(\.isOfBand).map(\.name)
    static let mostClaims = 1000
    static let confidences = ParameterRange(0.5, 1, upperIsOpen: true)

    let decoder: SweepDecoder
    /// Over a cell's values.
    let cellScope: ExpressionScope
    /// The same and the recorded statistics of a trial.
    let trialScope: ExpressionScope

    var reader: ValueReader { decoder.reader }
    var diagnostics: Diagnostics { decoder.diagnostics }

    /// The claims that could be read.
    func claims(_ node: SourceNode) -> [ClaimSpec] {
        guard let items = node.list else {
            diagnostics.report(
                node, "claims", "must be a list",
                remedy: "write - {name: NAME, says: \"...\", mean: ..., at_most: ...}")
            return []
        }
        guard items.count <= Self.mostClaims else {
            diagnostics.report(
                node.place, "claims", "has more than \(Self.mostClaims) entries", value: "\(items.count)",
                remedy: "split the sweep")
            return []
        }
        var names: Set<String> = []
        return items.compactMap { item in
            guard let claim = claim(item) else { return nil }
            if !names.insert(claim.name).inserted {
                diagnostics.report(
                    item.map?["name"] ?? item, "claims", "has the same name twice", remedy: "rename one of them")
            }
            return claim
        }
    }

    private func claim(_ node: SourceNode) -> ClaimSpec? {
        guard let parts = reader.map(node, "claims", keys: nil), let name = name(parts["name"], node)
        else { return nil }
        let path = "claims.\(name)"
        reader.reportUnknown(parts, path, keys: ClaimField.names)
        let (measure, expectation) = (measure(parts, path, node), expectation(parts, path, node))
        guard let measure, let expectation else { return nil }
        var claim = ClaimSpec(name: name, place: node.place, measure: measure, expectation: expectation)
        claim.statement = parts["says"].flatMap { paragraph($0, "\(path).says") } ?? ""
        if parts["says"] == nil {
            diagnostics.report(node.place, path, "says nothing", remedy: "add says: the claim in words")
        }
        claim.source = parts["source"].flatMap { paragraph($0, "\(path).source") } ?? ""
        claim.selection = parts["where"].flatMap { expression($0, "\(path).where", cellScope, isCondition: true) }
        if let given = parts["confidence"] {
            claim.confidence = reader.number(given, "\(path).confidence", Self.confidences, isInteger: false)
                ?? claim.confidence
        }
        claim.baseline = parts["minus"].flatMap { reader.map($0, "\(path).minus", keys: nil) }
        claim.extreme = extreme(parts, path)
        return claim
    }

    private func name(_ node: SourceNode?, _ claim: SourceNode) -> String? {
        guard let node, let name = node.text, NameRule.claim.accepts(name) else {
            diagnostics.report(
                node ?? claim, "claims", "needs a name made of a-z, 0-9 and -, at most 60 of them",
                remedy: "add name: as stays-away")
            return nil
        }
        return name
    }

    /// Text that may run over lines; a report shows it on one.
    private func paragraph(_ node: SourceNode, _ field: String) -> String? {
        guard let text = node.text, !node.isNull else {
            diagnostics.report(node, field, "must be a text", remedy: "put it in quotes after the key")
            return nil
        }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    func expression(
        _ node: SourceNode, _ field: String, _ scope: ExpressionScope, isCondition: Bool
    ) -> ExpressionSpec? {
        decoder.program(node, field, scope, wantsCondition: isCondition).map {
            ExpressionSpec(node: node, field: field, program: $0)
        }
    }

    private func extreme(_ parts: [SourceEntry], _ path: String) -> ExtremeSpec? {
        let given = ["largest_over", "smallest_over"].compactMap { key in parts.first { $0.key == key } }
        guard let first = given.first else { return nil }
        if given.count > 1 {
            diagnostics.report(given[1].keyPlace, path, "has both largest_over and smallest_over", remedy: "keep one")
        }
        if first.value.list?.isEmpty == true {
            diagnostics.report(
                first.value, "\(path).\(first.key)", "names no dimension", remedy: "name one, as [rho], or leave it out")
        }
        return ExtremeSpec(
            isLargest: first.key == "largest_over", names: first.value.list ?? [first.value],
            field: "\(path).\(first.key)")
    }
}
