import TrialContract

/// SAM with independent noise in ascent and descent.
///
///     y = x + rho g/|g|, x' = x - eta (grad f(y) + xi'), g = grad f(x) + xi
struct NSAM: NormalisedOptimizer, RotationInvariantOptimizer {
    static let description = ComponentDescription(
        kind: .optimizer, name: "n-sam", summary: "SAM, independent noise in ascent and descent",
        formula: "y = x + rho g/|g|, x' = x - eta (grad f(y) + xi'), g = grad f(x) + xi",
        citation: "Si & Yun, NeurIPS 2023, arXiv:2306.09850")
    static let ascentGradient = AscentGradient.ownNoise

    init(parameters: [String: Double]) {}
}
