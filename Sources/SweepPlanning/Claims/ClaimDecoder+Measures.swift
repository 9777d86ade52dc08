import TrialContract

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
        switch key {
        case "holds": return expression(node, field, trialScope, isCondition: true).map(MeasureSpec.every)
        case "every": return expression(node, field, trialScope, isCondition: false).map(MeasureSpec.every)
        case "mean": return expression(node, field, trialScope, isCondition: false).map(MeasureSpec.mean)
        default: return ClaimLaw.Parameter(rawValue: key).flatMap { law($0, node, field) }
        }
    }

    /// `{of: distance^2, against: rho, model: power}`
    private func law(_ parameter: ClaimLaw.Parameter, _ node: SourceNode, _ field: String) -> MeasureSpec? {
        guard let parts = reader.map(node, field, keys: ["of", "against", "model"]) else { return nil }
        for key in ["of", "against"] where parts[key] == nil {
            let example = key == "of" ? "distance^2" : "rho"
            diagnostics.report(node.place, field, "needs \(key)", remedy: "add \(key): an expression, as \(example)")
        }
        let models = ClaimLaw.models(with: parameter)
        let model = parts["model"].map { reader.word($0, "\(field).model", among: models) } ?? models[0]
        let response = parts["of"].flatMap { expression($0, "\(field).of", trialScope, isCondition: false) }
        let abscissa = parts["against"].flatMap { expression($0, "\(field).against", cellScope, isCondition: false) }
        guard let response, let abscissa, let model else { return nil }
        return .law(parameter, response: response, abscissa: abscissa, model: model)
    }

    /// What theory says: a band beside the measurement, or a table of outcomes.
    func expectation(_ parts: [SourceEntry], _ path: String, _ claim: SourceNode) -> ExpectationSpec? {
        let bands = parts.filter { Self.bandKeys.contains($0.key) }
        let holds = parts.contains { $0.key == "holds" }
        if let table = parts.first(where: { $0.key == "table" }) {
            if let other = bands.first ?? parts.first(where: { $0.key == "holds" }) {
                diagnostics.report(
                    other.keyPlace, "\(path).\(other.key)", "stands beside table", remedy: "its outcomes have bands: keep one")
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
        func value(_ key: String) -> ExpressionSpec? {
            parts[key].flatMap { expression($0, "\(path).\(key)", cellScope, isCondition: false) }
        }
        var band = BandSpec(
            atLeast: value("at_least"), atMost: value("at_most"), center: value("is"), margin: value("within"))
        let given = ["at_least", "at_most", "is"].filter { parts[$0] != nil }
        guard !given.isEmpty, !given.contains("is") || given.count == 1 else {
            diagnostics.report(
                place, path, given.isEmpty ? "expects nothing" : "expects a value and a bound",
                remedy: given.isEmpty ? "add at_least, at_most or is" : "keep is, or the bounds")
            return nil
        }
        if let node = parts["tolerance"] {
            band.tolerance = reader.number(node, "\(path).tolerance", .nonNegative, isInteger: false) ?? 0
        }
        if given == ["is"], parts["within"] == nil, parts["tolerance"] == nil {
            diagnostics.report(
                parts["is"]?.place ?? place, "\(path).is", "needs a width: no measurement is exact",
                remedy: "add within: an amount, or tolerance: a part of the value")
        }
        band.constant = parts["constant"].flatMap { constant($0, "\(path).constant", given) }
        let read = [band.atLeast, band.atMost, band.center].compactMap(\.self).count
        return read == given.count ? band : nil
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

    /// Rows, columns, the bands of the outcomes and which of them is expected where.
    private func table(_ node: SourceNode, _ field: String) -> TableSpec? {
        let keys = ["rows", "columns", "outcomes", "expect"]
        guard let parts = reader.map(node, field, keys: keys) else { return nil }
        let missing = keys.filter { parts[$0] == nil }
        guard missing.isEmpty, let rows = parts["rows"], let columns = parts["columns"], let given = parts["outcomes"],
            let expect = parts["expect"], let outcomes = reader.map(given, "\(field).outcomes", keys: nil),
            let expected = reader.map(expect, "\(field).expect", keys: nil)
        else {
            if !missing.isEmpty {
                diagnostics.report(
                    node.place, field, "needs \(missing.joined(separator: ", "))",
                    remedy: "write {rows: problem, columns: optimizer, outcomes: {reaches: {at_most: 0.1}, ...}, expect: ...}")
            }
            return nil
        }
        let bands = outcomes.compactMap { entry -> (name: String, band: BandSpec)? in
            let path = "\(field).outcomes.\(entry.key)"
            guard let parts = reader.map(entry.value, path, keys: Self.bandKeys.filter { $0 != "constant" }),
                let band = band(parts, path, entry.value.place)
            else { return nil }
            return (entry.key, band)
        }
        guard bands.count == outcomes.count else { return nil }
        return TableSpec(rows: rows, columns: columns, outcomes: bands, expected: expected, place: node.place)
    }
}
