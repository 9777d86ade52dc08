import TrialContract

extension SweepDecoder {
    /// `diverged_above`: a number, or a map that says of what.
    func decodeDivergence(_ node: SourceNode) {
        guard let entries = node.map else {
            let quantity: DivergenceBound.Quantity = knows(.minimiser) ? .distance : .objective
            assignBound(node, quantity, "diverged_above")
            return
        }
        let names = DivergenceBound.Quantity.allCases.map(\.rawValue)
        reader.reportUnknown(entries, "diverged_above", keys: names)
        let known = entries.filter { names.contains($0.key) }
        guard let entry = known.first, entries.count == 1 else {
            if known.count == entries.count {
                diagnostics.report(
                    node, "diverged_above", "needs one bound", remedy: "write diverged_above: 1e6, or {objective: 1e6}")
            }
            return
        }
        guard let quantity = DivergenceBound.Quantity(rawValue: entry.key) else { return }
        if quantity == .distance, !knows(.minimiser) {
            diagnostics.report(
                entry.keyPlace, "diverged_above.distance", "needs a minimiser, and the problem does not state one",
                remedy: "write {objective: ...}, or add minimisers: or distance: to the problem")
            return
        }
        assignBound(entry.value, quantity, "diverged_above.\(entry.key)")
    }

    private func assignBound(_ node: SourceNode, _ quantity: DivergenceBound.Quantity, _ field: String) {
        guard let value = reader.number(node, field, Self.boundRange(quantity), isInteger: false) else { return }
        spec.divergedAbove = DivergenceBound(quantity, above: value)
    }

    /// Distances are not negative.
    static func boundRange(_ quantity: DivergenceBound.Quantity) -> ParameterRange {
        switch quantity {
        case .distance: .positive
        case .objective: ParameterRange(-.infinity, .infinity, lowerIsOpen: true, upperIsOpen: true)
        }
    }
}
