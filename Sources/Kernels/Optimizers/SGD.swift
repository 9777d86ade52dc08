import TrialContract

/// Stochastic gradient descent.
///
///     x' = x - eta (grad f(x) + xi)
struct SGD: RotationInvariantOptimizer {
    static let description = ComponentDescription(
        kind: .optimizer, name: "sgd", summary: "stochastic gradient descent",
        formula: "x' = x - eta (grad f(x) + xi)",
        citation: "Robbins & Monro, Ann. Math. Stat. 22 (1951) 400")
    static let ascentGradient = AscentGradient.none

    init(parameters: [String: Double]) {}
}
