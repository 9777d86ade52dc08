import TrialContract

/// A smooth nonconvex wave on which deterministic SAM stops where the gradient is not 0.
///
///     f(x) = (9 beta rho0^2 / (25 pi^2)) sin u,  u = 5 pi x / (3 rho0),  f'(x) = (3 beta rho0 / (5 pi)) cos u
///
/// f is beta-smooth; minimisers -3 rho0/10 + 6 k rho0/5. With rho = rho0 and any step size below 2/beta, SAM ends at
/// -rho/10 or 7 rho/10 (mod 6 rho/5), where |f'| = (3 sqrt 3 / (10 pi)) beta rho = 0.165399 beta rho: a displacement rho
/// is the phase 5 pi/3, so the gradient at y is the one at x turned by -pi/3.
///
/// Phases are counted in quarter turns, q = 10 x / (3 rho0), whose whole part is taken off exactly.
struct Sine: LineProblem {
    static let description = ComponentDescription(
        kind: .problem, name: "sine", summary: "a smooth nonconvex wave: deterministic SAM stops where |f'| > 0",
        formula: "f(x) = (9 smoothness rho0^2/(25 pi^2)) sin(5 pi x/(3 rho0)); "
            + "minimisers -3 rho0/10 + 6 k rho0/5, starts are measured from k = 0",
        citation: "after Si & Yun, NeurIPS 2023, arXiv:2306.09850",
        parameters: [LineProblemParameters.smoothness, LineProblemParameters.rho0], maximumDimension: 1,
        objective: ObjectiveProperties(smoothness: .expression("smoothness"), strongConvexity: .absent, minimum: nil))

    private let rho0: Double
    private let quarterTurnsPerLength: Double
    private let slope: Double
    private let depth: Double

    init(_ trialClass: TrialClass) {
        let (beta, rho0) = LineProblemParameters.values(trialClass)
        self.rho0 = rho0
        quarterTurnsPerLength = 10 / (3 * rho0)
        slope = 3 * beta * rho0 / (5 * .pi)
        depth = 2 * (9 * beta * rho0 * rho0 / (25 * .pi * .pi))
    }

    @inline(__always)
    func gradient(at x: Lanes, component: Lanes, plus noise: Lanes) -> Lanes {
        noise.adding(cosineAndSine(quarterTurns: x * quarterTurnsPerLength).cosine, times: Lanes(repeating: slope))
    }

    func curvature(at x: Lanes, component: Lanes) -> Lanes {
        cosineAndSine(quarterTurns: x * quarterTurnsPerLength).sine * (-0.5 * .pi * slope * quarterTurnsPerLength)
    }

    /// sin u + 1 = 2 sin^2 of half the phase from the nearest minimiser, without cancellation.
    @inline(__always)
    func suboptimality(at x: Lanes) -> Lanes {
        let sine = cosineAndSine(quarterTurns: turnsFromMinimiser(x) * 0.5).sine
        return sine * sine * depth
    }

    var minimum: Double { -depth / 2 }

    func minimiser() -> Double { -0.3 * rho0 }

    @inline(__always)
    func displacement(at x: Lanes) -> Lanes { turnsFromMinimiser(x) * (0.3 * rho0) }

    /// Quarter turns from the nearest minimiser, in [-2, 2].
    @inline(__always)
    private func turnsFromMinimiser(_ x: Lanes) -> Lanes {
        let q = x * quarterTurnsPerLength + 1
        let nearest = nearestInteger(q * 0.25)
        return q.adding(nearest, times: Lanes(repeating: -4))
    }
}
