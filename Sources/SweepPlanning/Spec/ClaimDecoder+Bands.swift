import TrialContract

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
