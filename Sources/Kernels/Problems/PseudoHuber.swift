import TrialContract

/// A smooth convex objective that is not strongly convex: quadratic near the minimiser 0, linear far away.
///
///     f(x) = beta delta^2 sum_j (sqrt(1 + (x_j/delta)^2) - 1),  f_j'(x) = beta x_j / sqrt(1 + (x_j/delta)^2)
///
/// Second derivatives beta (1 + (x_j/delta)^2)^(-3/2) lie in (0, beta] and fall to 0, so no strong convexity.
struct PseudoHuber: Problem {
    static let description = ComponentDescription(
        kind: .problem, name: "pseudo-huber", summary: "smooth and convex, not strongly convex, in any dimension",
        formula: "f(x) = smoothness delta^2 sum_j (sqrt(1 + (x_j/delta)^2) - 1)",
        citation: "Charbonnier, Blanc-Feraud, Aubert & Barlaud, IEEE Trans. Image Process. 6 (1997) 298",
        parameters: [
            ParameterDescription(
                name: "delta", summary: "where the bowl turns into a cone", range: .positive, defaultValue: 1),
            ParameterDescription(
                name: "smoothness", summary: "beta, the Lipschitz constant of the gradient", range: .positive,
                defaultValue: 1),
        ],
        objective: ObjectiveProperties(smoothness: .expression("smoothness"), strongConvexity: .absent))

    private let beta: Double
    private let perLength: Double

    init(_ trialClass: TrialClass) {
        beta = Self.description.value(of: "smoothness", in: trialClass.problem.parameters)
        perLength = 1 / Self.description.value(of: "delta", in: trialClass.problem.parameters)
    }

    @inline(__always)
    func gradient(at x: Lanes, coordinate j: Int, component: Lanes, plus noise: Lanes) -> Lanes {
        noise.adding(x / root(x), times: Lanes(repeating: beta))
    }

    func curvature(at x: Lanes, coordinate j: Int, component: Lanes) -> Lanes {
        let root = root(x)
        return beta / (root * root * root)
    }

    /// sqrt(1 + z^2) - 1 = z^2 / (1 + sqrt(1 + z^2)).
    @inline(__always)
    func suboptimality(at x: Lanes, coordinate j: Int) -> Lanes { (x * x * beta) / (root(x) + 1) }

    @inline(__always)
    private func root(_ x: Lanes) -> Lanes {
        let z = x * perLength
        return Lanes(repeating: 1).adding(z, times: z).squareRoot()
    }
}
