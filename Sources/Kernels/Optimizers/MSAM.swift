import TrialContract

/// SAM with the same noise in ascent and descent: one mini-batch for both gradients.
///
///     y = x + rho g/|g|, x' = x - eta (grad f(y) + xi), g = grad f(x) + xi
struct MSAM: NormalisedOptimizer, RotationInvariantOptimizer {
    static let description = ComponentDescription(
        kind: .optimizer, name: "m-sam", summary: "SAM, the same noise in ascent and descent",
        formula: "y = x + rho g/|g|, x' = x - eta (grad f(y) + xi), g = grad f(x) + xi",
        citation: "Foret et al., ICLR 2021, arXiv:2010.01412; Si & Yun, NeurIPS 2023, arXiv:2306.09850")
    static let ascentGradient = AscentGradient.sharedNoise

    init(parameters: [String: Double]) {}
}
