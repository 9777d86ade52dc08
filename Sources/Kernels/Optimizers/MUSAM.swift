import TrialContract

/// Unnormalised SAM with the same noise in ascent and descent.
///
///     y = x + rho g, x' = x - eta (grad f(y) + xi), g = grad f(x) + xi
struct MUSAM: UnnormalisedOptimizer, RotationInvariantOptimizer {
    static let description = ComponentDescription(
        kind: .optimizer, name: "m-usam", summary: "unnormalised SAM, the same noise in ascent and descent",
        formula: "y = x + rho g, x' = x - eta (grad f(y) + xi), g = grad f(x) + xi",
        citation: "Andriushchenko & Flammarion, ICML 2022, arXiv:2206.06232")
    static let ascentGradient = AscentGradient.sharedNoise

    init(parameters: [String: Double]) {}
}
