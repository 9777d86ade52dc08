import TrialContract

/// SAM without normalisation, full gradients.
///
///     y = x + rho g, x' = x - eta grad f(y), g = grad f(x)
struct USAM: UnnormalisedOptimizer, RotationInvariantOptimizer {
    static let description = ComponentDescription(
        kind: .optimizer, name: "usam", summary: "unnormalised SAM (full gradients)",
        formula: "y = x + rho g, x' = x - eta grad f(y), g = grad f(x)",
        citation: "Andriushchenko & Flammarion, ICML 2022, arXiv:2206.06232")
    static let ascentGradient = AscentGradient.exact
    static let descentIsNoisy = false

    init(parameters: [String: Double]) {}
}
