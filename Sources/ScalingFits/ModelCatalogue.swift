/// What `samsweep list models` says of a model.
package struct FitModelDescription: Sendable, Hashable {
    package let name: String
    package let formula: String
    package let summary: String
    package let parameters: [LawParameter]

    /// Whether a claim may be about a parameter of it: the law is a sum of powers, whose parameters all points determine.
    package var isClaimable: Bool {
        parameters != [.floor] && !parameters.contains { $0.role == .shape || $0.role == .partialExponent }
    }
}

/// Every model that can be fitted, simplest first: one line adds one.
package enum ModelCatalogue {
    static let all: [any FitModel] = [
        Constant(),
        Quadratic(),
        PowerLaw(),
        LinearAndQuadratic(),
        QuadraticWithFloor(),
        PowerLawWithFloor(),
        Polynomial(),
        SaturatingPowerLaw(),
        BrokenPowerLaw(),
    ]

    static func find(_ name: String) -> (any FitModel)? {
        all.first { $0.name == name }
    }

    /// The simplest law that may be chosen: what it asks of points is what is asked of any.
    static var simplestLaw: (any FitModel)? { all.first { $0.isChosenAutomatically && !$0.isConstant } }

    /// Names, formulas, one line each and parameters, in catalogue order.
    package static var descriptions: [FitModelDescription] {
        all.map {
            FitModelDescription(
                name: $0.name, formula: $0.formula, summary: $0.summary, parameters: $0.lawParameters)
        }
    }

    /// Models that a claim about a parameter can name: those with it that are chosen automatically, then the others.
    package static func claimable(with parameter: String) -> [String] {
        let having = all.filter { $0.lawParameters.contains { $0.name == parameter } }
        let allowed = Set(descriptions.filter(\.isClaimable).map(\.name))
        return (having.filter(\.isChosenAutomatically) + having.filter { !$0.isChosenAutomatically })
            .map(\.name).filter(allowed.contains)
    }

    /// Parameters of any model, each once, in catalogue order.
    package static var parameters: [LawParameter] {
        all.flatMap(\.lawParameters).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
