import ScalingFits
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

extension ClaimDecoder {
    /// What is measured: exactly one of the forms.
    func measure(_ parts: [SourceEntry], _ path: String, _ claim: SourceNode) -> MeasureSpec? {
        let given = parts.filter { Self.measures.contains($0.key) }
        guard given.count == 1 else {
            let forms = Self.measures.joined(separator: ", ")
            diagnostics.report(
                given.last?.keyPlace ?? claim.place, path,
                given.isEmpty ? "measures nothing" : "measures more than one thing",
                value: given.isEmpty ? nil : given.map(\.key).joined(separator: ", "),
                remedy: "give one of \(forms)")
            return nil
        }
        let (key, node) = (given[0].key, given[0].value)
        let field = "\(path).\(key)"
        switch ClaimField.named(key)?.form {
        case .holds: return expression(node, field, trialScope, isCondition: true).map(MeasureSpec.every)
        case .every: return expression(node, field, trialScope, isCondition: false).map(MeasureSpec.every)
        case .mean: return expression(node, field, trialScope, isCondition: false).map(MeasureSpec.mean)
        case .law(let parameter): return law(parameter, node, field)
        default: return nil
        }
    }

    /// `{of: distance^2, against: rho, model: power}`
    private func law(_ parameter: ClaimLaw.Parameter, _ node: SourceNode, _ field: String) -> MeasureSpec? {
        guard let parts = reader.map(node, field, keys: ["of", "against", "model"]) else { return nil }
        for key in ["of", "against"] where parts[key] == nil {
            let example = key == "of" ? "distance^2" : "rho"
            diagnostics.report(node.place, field, "needs \(key)", remedy: "add \(key): an expression, as \(example)")
        }
        let models = ModelCatalogue.claimable(with: parameter.rawValue)
        let model = parts["model"].map { reader.word($0, "\(field).model", among: models) } ?? models[0]
        let response = parts["of"].flatMap { expression($0, "\(field).of", trialScope, isCondition: false) }
        let abscissa = parts["against"].flatMap { expression($0, "\(field).against", cellScope, isCondition: false) }
        guard let response, let abscissa, let model else { return nil }
        return .law(parameter, response: response, abscissa: abscissa, model: model)
    }
}

extension ClaimDecoder {
    /// What theory says: a band beside the measurement, or a table of outcomes.
    func expectation(_ parts: [SourceEntry], _ path: String, _ claim: SourceNode) -> ExpectationSpec? {
        let bands = parts.filter { Self.bandKeys.contains($0.key) }
        let holds = parts.contains { $0.key == "holds" }
        if let table = parts.first(where: { $0.key == "table" }) {
            if let other = bands.first ?? parts.first(where: { $0.key == "holds" }) {
                diagnostics.report(
                    other.keyPlace, "\(path).\(other.key)", "stands beside table",
                    remedy: "its outcomes have bands: keep one")
            }
            return self.table(table.value, "\(path).table").map(ExpectationSpec.table)
        }
        guard !holds else { return heldExpectation(bands, path) }
        return band(parts, path, claim.place).map(ExpectationSpec.band)
    }

    /// A condition is true, which is 1.
    private func heldExpectation(_ bands: [SourceEntry], _ path: String) -> ExpectationSpec? {
        if let other = bands.first {
            diagnostics.report(
                other.keyPlace, "\(path).\(other.key)", "stands beside holds, which is true or not",
                remedy: "measure a number with every instead")
            return nil
        }
        let one = SourceNode(.scalar("1", isPlain: true), place: .whole)
        return expression(one, path, cellScope, isCondition: false).map { .band(BandSpec(atLeast: $0)) }
    }

    /// `at_least`, `at_most` or `is`, with how far off a value may be.
    func band(_ parts: [SourceEntry], _ path: String, _ place: SourcePlace) -> BandSpec? {
        let given = ["at_least", "at_most", "is"].filter { parts[$0] != nil }
        guard requireOneForm(given, parts, path, place) else { return nil }
        func value(_ key: String) -> ExpressionSpec? {
            parts[key].flatMap { expression($0, "\(path).\(key)", cellScope, isCondition: false) }
        }
        var band = BandSpec(
            atLeast: value("at_least"), atMost: value("at_most"), center: value("is"), margin: value("within"))
        if let node = parts["tolerance"] {
            band.tolerance = reader.number(node, "\(path).tolerance", .nonNegative, isInteger: false) ?? 0
        }
        band.constant = parts["constant"].flatMap { constant($0, "\(path).constant", given) }
        let read = [band.atLeast, band.atMost, band.center].compactMap(\.self).count
        return read == given.count ? band : nil
    }

    /// Whether bounds or a value are given; a value needs a width.
    private func requireOneForm(
        _ given: [String], _ parts: [SourceEntry], _ path: String, _ place: SourcePlace
    ) -> Bool {
        guard !given.isEmpty, !given.contains("is") || given.count == 1 else {
            diagnostics.report(
                place, path, given.isEmpty ? "expects nothing" : "expects a value and a bound",
                remedy: given.isEmpty ? "add at_least, at_most or is" : "keep is, or the bounds")
            return false
        }
        if given == ["is"], parts["within"] == nil, parts["tolerance"] == nil {
            diagnostics.report(
                parts["is"]?.place ?? place, "\(path).is", "needs a width: no measurement is exact",
                remedy: "add within: an amount, or tolerance: a part of the value")
        }
        return true
    }

    /// `{found_where: "steps <= 1000", allowance: 1.5}`
    private func constant(
        _ node: SourceNode, _ field: String, _ bounds: [String]
    ) -> (selection: ExpressionSpec, allowance: Double)? {
        guard let parts = reader.map(node, field, keys: ["found_where", "allowance"]) else { return nil }
        guard bounds.count == 1, bounds != ["is"] else {
            diagnostics.report(node.place, field, "belongs to one bound", remedy: "give at_most or at_least alone")
            return nil
        }
        let least = ParameterRange(1, .infinity, upperIsOpen: true)
        let allowance = parts["allowance"].map {
            reader.number($0, "\(field).allowance", least, isInteger: false)
        } ?? 1
        guard let given = parts["found_where"] else {
            diagnostics.report(
                node.place, field, "needs found_where", remedy: "add found_where: which cells give the constant")
            return nil
        }
        guard let selection = expression(given, "\(field).found_where", cellScope, isCondition: true), let allowance
        else { return nil }
        return (selection, allowance)
    }
}

extension ClaimDecoder {
    /// Rows, columns, the bands of the outcomes and which of them is expected where.
    func table(_ node: SourceNode, _ field: String) -> TableSpec? {
        let keys = ["rows", "columns", "outcomes", "expect"]
        guard let parts = reader.map(node, field, keys: keys) else { return nil }
        guard let rows = parts["rows"], let columns = parts["columns"], let outcomes = parts["outcomes"],
            let expect = parts["expect"]
        else {
            let missing = keys.filter { parts[$0] == nil }.joined(separator: ", ")
            diagnostics.report(
                node.place, field, "needs \(missing)",
                remedy: "write {rows: problem, columns: optimizer, outcomes: {reaches: {at_most: 0.1}}, expect: ...}")
            return nil
        }
        guard let bands = reader.map(outcomes, "\(field).outcomes", keys: nil).map({ self.outcomes($0, field) }),
            let expected = reader.map(expect, "\(field).expect", keys: nil), !bands.contains(where: { $0 == nil })
        else { return nil }
        return TableSpec(
            rows: rows, columns: columns, outcomes: bands.compactMap(\.self), expected: expected, place: node.place)
    }

    private func outcomes(_ entries: [SourceEntry], _ field: String) -> [(name: String, band: BandSpec)?] {
        entries.map { entry in
            let path = "\(field).outcomes.\(entry.key)"
            let keys = Self.bandKeys.filter { $0 != "constant" }
            return reader.map(entry.value, path, keys: keys)
                .flatMap { band($0, path, entry.value.place) }.map { (entry.key, $0) }
        }
    }
}
