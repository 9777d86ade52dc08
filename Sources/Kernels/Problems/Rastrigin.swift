import TrialContract

/// A smooth nonconvex objective with a local minimiser in every unit cell and the global one at 0.
///
///     f(x) = sum_j x_j^2 + A (1 - cos 2 pi x_j),  f_j'(x) = 2 x_j + 2 pi A sin 2 pi x_j
///
/// Second derivatives 2 + 4 pi^2 A cos 2 pi x_j: smoothness 2 + 4 pi^2 A, nonconvex for A > 1/(2 pi^2).
struct Rastrigin: Problem {
    static let description = ComponentDescription(
        kind: .problem, name: "rastrigin", summary: "smooth and nonconvex, many local minima, in any dimension",
        formula: "f(x) = sum_j (x_j^2 + amplitude (1 - cos(2 pi x_j)))",
        citation: "Rastrigin 1974; Muehlenbein, Schomisch & Born, Parallel Computing 17 (1991) 619",
        parameters: [
            ParameterDescription(
                name: "amplitude", summary: "A, height of the waves", range: .nonNegative, defaultValue: 10)
        ],
        objective: ObjectiveProperties(
            smoothness: .expression("2 + 39.47841760435743 * amplitude"), strongConvexity: .absent))

    private let amplitude: Double

    init(_ trialClass: TrialClass) {
        amplitude = Self.description.value(of: "amplitude", in: trialClass.problem.parameters)
    }

    @inline(__always)
    func gradient(at x: Lanes, coordinate j: Int, component: Lanes, plus noise: Lanes) -> Lanes {
        let sine = cosineAndSine(quarterTurns: x * 4).sine
        return noise.adding(x, times: Lanes(repeating: 2)).adding(sine, times: Lanes(repeating: 2 * .pi * amplitude))
    }

    func curvature(at x: Lanes, coordinate j: Int, component: Lanes) -> Lanes {
        cosineAndSine(quarterTurns: x * 4).cosine * (4 * .pi * .pi * amplitude) + 2
    }

    /// 1 - cos 2 pi x = 2 sin^2 pi x.
    @inline(__always)
    func suboptimality(at x: Lanes, coordinate j: Int) -> Lanes {
        let sine = cosineAndSine(quarterTurns: x * 2).sine
        return (x * x).adding(sine * sine, times: Lanes(repeating: 2 * amplitude))
    }
}
