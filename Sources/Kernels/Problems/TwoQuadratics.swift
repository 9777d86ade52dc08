import TrialContract

/// The mean of two convex quadratics of different curvature, which pull apart: m-SAM keeps a bias -b rho.
///
///     f(x) = abar x^2/2 = (f_1 + f_2)/2,  f_1' = abar x - D(x),  f_2' = abar x + D(x),  D(x) = K + (a2 - a1) x/2
///
/// so that f_1 = a1 x^2/2 - K x and f_2 = a2 x^2/2 + K x, abar = (a1 + a2)/2, b = (a2 - a1)/(a1 + a2). The argument of D
/// is cut to [-2K/a2, 2K/a1], twice the interval in which f_1' < 0 < f_2' (where a1 or a2 is 0 the other one stands in
/// for it), so that the variance D^2 is bounded. Inside, E x_t = (1 - eta abar)^t x_0 - b rho (1 - (1 - eta abar)^t).
struct TwoQuadratics: LineProblem {
    static let description = ComponentDescription(
        kind: .problem, name: "two-quadratics",
        summary: "the mean of two quadratics of different curvature: m-SAM keeps a bias of order rho",
        formula: "f = (f_1 + f_2)/2 = (a1 + a2) x^2/4, f_1,2' = (a1 + a2) x/2 -+ D(x), "
            + "D(x) = K + (a2 - a1)/2 clip(x, -2K/a2, 2K/a1)",
        citation: "after Si & Yun, NeurIPS 2023, arXiv:2306.09850",
        parameters: [
            ParameterDescription(
                name: "a1", summary: "curvature of the first component", range: .nonNegative, defaultValue: 0.5),
            ParameterDescription(
                name: "a2", summary: "curvature of the second component", range: .nonNegative, defaultValue: 1.5),
            ParameterDescription(
                name: "K", summary: "gradient of either component at the minimiser; large against a rho",
                range: .positive, defaultValue: 4),
        ],
        constraints: ["a1 + a2 > 0"], maximumDimension: 1,
        objective: ObjectiveProperties(
            smoothness: .expression("(a1 + a2) / 2"), strongConvexity: .expression("(a1 + a2) / 2"), drawsComponents: true))

    static func sampler(_ trialClass: TrialClass) -> (any Sampler)? { FairCoin() }

    private let mean: Double
    private let halfDifference: Double
    private let pull: Double
    private let lower: Double
    private let upper: Double

    init(_ trialClass: TrialClass) {
        let parameters = trialClass.problem.parameters
        let a1 = Self.description.value(of: "a1", in: parameters), a2 = Self.description.value(of: "a2", in: parameters)
        pull = Self.description.value(of: "K", in: parameters)
        mean = (a1 + a2) / 2
        halfDifference = (a2 - a1) / 2
        lower = -2 * pull / (a2 > 0 ? a2 : a1)
        upper = 2 * pull / (a1 > 0 ? a1 : a2)
    }

    @inline(__always)
    func gradient(at x: Lanes, component: Lanes, plus noise: Lanes) -> Lanes {
        let inside = x.maximum(Lanes(repeating: lower)).minimum(Lanes(repeating: upper))
        let difference = Lanes(repeating: pull).adding(inside, times: Lanes(repeating: halfDifference))
        return noise.adding(x, times: Lanes(repeating: mean)).adding(-difference, times: component)
    }

    func curvature(at x: Lanes, component: Lanes) -> Lanes {
        let isInside = Lanes(repeating: 0).replaced(
            by: Lanes(repeating: 1), where: (x .> Lanes(repeating: lower)) .& (x .< Lanes(repeating: upper)))
        return mean - isInside * component * halfDifference
    }

    @inline(__always)
    func suboptimality(at x: Lanes) -> Lanes { x * x * (0.5 * mean) }
}
