import ScalingFits
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
