import TrialContract

/// A convex finite sum with linear tails from whose minimiser m-SAM walks away, on every sample path.
///
///     f' = beta clip(x, -rho0/4, rho0/4),  f_1' = f' + beta rho0 phi(x/rho0),  f_2' = f' - beta rho0 phi(x/rho0)
///
/// phi is piecewise linear through (-3/4, 0), (-1/4, 1/2), (1/4, -1/2), (3/4, -1/2), (5/4, 1/2), (7/4, 0) and 0 beyond.
/// f is Huber's loss: beta-smooth, convex, not strongly convex, minimiser 0. With rho = rho0 and x_0 in
/// [rho/4, 3 rho/4], x_{t+1} - rho/2 = (1 - h)(x_t - rho/2) for every step size below 2/beta, whatever is drawn.
/// Variance at most beta^2 rho0^2/4.
struct HuberTrap: LineProblem {
    static let description = ComponentDescription(
        kind: .problem, name: "huber-trap",
        summary: "a convex sum of two functions with linear tails that traps m-SAM",
        formula: "f = Huber's loss, f' = smoothness clip(x, -rho0/4, rho0/4), f_1,2' = f' +- smoothness rho0 phi(x/rho0), "
            + "phi piecewise linear through (-3/4, 0), (-1/4, 1/2), (1/4, -1/2), (3/4, -1/2), (5/4, 1/2), (7/4, 0)",
        citation: "after Si & Yun, NeurIPS 2023, arXiv:2306.09850; Huber, Ann. Math. Stat. 35 (1964) 73",
        parameters: [LineProblemParameters.smoothness, LineProblemParameters.rho0], maximumDimension: 1,
        objective: ObjectiveProperties(smoothness: .expression("smoothness"), strongConvexity: .absent, drawsComponents: true))

    static func sampler(_ trialClass: TrialClass) -> (any Sampler)? { FairCoin() }

    private let beta: Double
    private let rho0: Double

    init(_ trialClass: TrialClass) { (beta, rho0) = LineProblemParameters.values(trialClass) }

    @inline(__always)
    func gradient(at x: Lanes, component: Lanes, plus noise: Lanes) -> Lanes {
        let z = x * (1 / rho0)
        let phi = (clampedToUnit((z + 0.75) * 2) * 0.5 - clampedToUnit((z + 0.25) * 2))
            + (clampedToUnit((z - 0.75) * 2) - clampedToUnit((z - 1.25) * 2) * 0.5)
        let mean = noise.adding(clipped(x), times: Lanes(repeating: beta))
        return mean.adding(phi * (beta * rho0), times: component)
    }

    func curvature(at x: Lanes, component: Lanes) -> Lanes {
        let z = x * (1 / rho0)
        let slope = (isInsideUnit((z + 0.75) * 2) - isInsideUnit((z + 0.25) * 2) * 2)
            + (isInsideUnit((z - 0.75) * 2) * 2 - isInsideUnit((z - 1.25) * 2))
        return (isInsideUnit((z + 0.25) * 2) + slope * component) * beta
    }

    /// beta x^2/2 in the middle, (beta rho0/4)(|x| - rho0/8) in the tails: with c = clip(x), beta |c| (|x| - |c|/2).
    @inline(__always)
    func suboptimality(at x: Lanes) -> Lanes {
        let inside = clipped(x).absolute
        return inside * (x.absolute - inside * 0.5) * beta
    }

    @inline(__always)
    private func clipped(_ x: Lanes) -> Lanes {
        x.maximum(Lanes(repeating: -0.25 * rho0)).minimum(Lanes(repeating: 0.25 * rho0))
    }
}
