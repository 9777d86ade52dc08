import TrialContract

/// A strongly convex finite sum from whose minimiser m-SAM walks away, on every sample path.
///
///     f(x) = beta x^2/2 = (f_1 + f_2)/2,  f_1' = beta x + beta rho0 phi(x/rho0),  f_2' = beta x - beta rho0 phi(x/rho0)
///
/// phi is piecewise linear through (-1/4, 1 - c1), (1/4, -1), (5/8, -1), (1, 1 + c2) and constant beyond. With
/// rho = rho0, f_1' < 0 < f_2' on the valley, so the gradients at y are beta (x - c1 rho) and beta (x - c2 rho) there:
/// for c1 = c2 = 1/2, x_{t+1} - rho/2 = (1 - h)(x_t - rho/2) whatever is drawn. Variance at most
/// beta^2 rho0^2 (1 + c2)^2.
struct Trap: LineProblem {
    static let description = ComponentDescription(
        kind: .problem, name: "trap",
        summary: "a strongly convex sum of two functions that traps m-SAM at a distance from the minimiser",
        formula: "f = (f_1 + f_2)/2 = smoothness x^2/2, f_1,2' = smoothness (x +- rho0 phi(x/rho0)), phi piecewise linear "
            + "through (-1/4, 1 - c1), (1/4, -1), (5/8, -1), (1, 1 + c2)",
        citation: "after Si & Yun, NeurIPS 2023, arXiv:2306.09850",
        parameters: [
            ParameterDescription(
                name: "c1", summary: "fixed point of the first component, in units of rho", range: centres,
                defaultValue: 0.5),
            ParameterDescription(
                name: "c2", summary: "fixed point of the second component, in units of rho", range: centres,
                defaultValue: 0.5),
            LineProblemParameters.smoothness, LineProblemParameters.rho0,
        ],
        constraints: ["c1 <= c2"], maximumDimension: 1,
        objective: ObjectiveProperties(
            smoothness: .expression("smoothness"), strongConvexity: .expression("smoothness"), drawsComponents: true))

    private static let centres = ParameterRange(0, 0.625, lowerIsOpen: true)

    static func sampler(_ trialClass: TrialClass) -> (any Sampler)? { FairCoin() }

    private let beta: Double
    private let scale: Double
    private let perLength: Double
    /// phi left of its knots, its fall to -1 and its rise from there.
    private let parts: (left: Double, fall: Double, rise: Double)

    init(_ trialClass: TrialClass) {
        let (beta, rho0) = LineProblemParameters.values(trialClass)
        let parameters = trialClass.problem.parameters
        let c1 = Self.description.value(of: "c1", in: parameters), c2 = Self.description.value(of: "c2", in: parameters)
        self.beta = beta
        scale = beta * rho0
        perLength = 1 / rho0
        parts = (1 - c1, c1 - 2, c2 + 2)
    }

    @inline(__always)
    func gradient(at x: Lanes, component: Lanes, plus noise: Lanes) -> Lanes {
        let z = x * perLength
        let phi = Lanes(repeating: parts.left)
            .adding(clampedToUnit((z + 0.25) * 2), times: Lanes(repeating: parts.fall))
            .adding(clampedToUnit((z - 0.625) * (8 / 3)), times: Lanes(repeating: parts.rise))
        let mean = noise.adding(x, times: Lanes(repeating: beta))
        return mean.adding(phi * scale, times: component)
    }

    func curvature(at x: Lanes, component: Lanes) -> Lanes {
        let z = x * perLength
        let slope = isInsideUnit((z + 0.25) * 2) * (2 * parts.fall) + isInsideUnit((z - 0.625) * (8 / 3)) * (8 / 3 * parts.rise)
        return (slope * component + 1) * beta
    }

    @inline(__always)
    func suboptimality(at x: Lanes) -> Lanes { x * x * (0.5 * beta) }
}

/// `t` cut to [0, 1]; NaN stays.
@inline(__always)
func clampedToUnit(_ t: Lanes) -> Lanes { t.maximum(Lanes(repeating: 0)).minimum(Lanes(repeating: 1)) }

/// 1 where `t` is in (0, 1), 0 elsewhere.
func isInsideUnit(_ t: Lanes) -> Lanes {
    Lanes(repeating: 0).replaced(
        by: Lanes(repeating: 1), where: (t .> Lanes(repeating: 0)) .& (t .< Lanes(repeating: 1)))
}
