import TrialContract

/// Geman & McClure's robust loss, coordinate by coordinate: smooth, nonconvex, with flat tails.
///
///     f(x) = (beta/2) sum_j x_j^2/(1 + x_j^2),  f_j'(x) = beta x_j/(1 + x_j^2)^2
struct GemanMcClure: Problem {
    static let description = ComponentDescription(
        kind: .problem, name: "geman-mcclure", summary: "smooth and nonconvex with flat tails, in any dimension",
        formula: "f(x) = (smoothness/2) sum_j x_j^2/(1 + x_j^2)",
        citation: "Geman & McClure, Proc. Stat. Comput. Sect., Amer. Stat. Assoc. (1985) 12",
        parameters: [
            ParameterDescription(
                name: "smoothness", summary: "beta, the Lipschitz constant of the gradient", range: .positive,
                defaultValue: 1)
        ],
        objective: ObjectiveProperties(smoothness: .expression("smoothness"), strongConvexity: .absent))

    private let beta: Double

    init(_ trialClass: TrialClass) {
        beta = Self.description.value(of: "smoothness", in: trialClass.problem.parameters)
    }

    @inline(__always)
    func gradient(at x: Lanes, coordinate j: Int, component: Lanes, plus noise: Lanes) -> Lanes {
        let root = x * x + 1
        return noise.adding(x / (root * root), times: Lanes(repeating: beta))
    }

    func curvature(at x: Lanes, coordinate j: Int, component: Lanes) -> Lanes {
        let squares = x * x, root = squares + 1
        return (1 - squares * 3) / (root * root * root) * beta
    }

    @inline(__always)
    func suboptimality(at x: Lanes, coordinate j: Int) -> Lanes { x * x / (x * x + 1) * (0.5 * beta) }
}
