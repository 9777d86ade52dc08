import TrialContract

/// SAM with full gradients in both places; noise is ignored.
///
///     y = x + rho g/|g|, x' = x - eta grad f(y), g = grad f(x)
struct SAM: NormalisedOptimizer, RotationInvariantOptimizer {
    static let description = ComponentDescription(
        kind: .optimizer, name: "sam", summary: "deterministic SAM (full gradients)",
        formula: "y = x + rho g/|g|, x' = x - eta grad f(y), g = grad f(x)",
        citation: "Foret et al., ICLR 2021, arXiv:2010.01412")
    static let ascentGradient = AscentGradient.exact
    static let descentIsNoisy = false

    init(parameters: [String: Double]) {}
}
