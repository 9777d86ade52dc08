import TrialContract

/// A problem in one dimension, where no norm is needed: `LineStepper` alone is compiled for it.
protocol LineProblem: Problem {
    func gradient(at x: Lanes, component: Lanes, plus noise: Lanes) -> Lanes
    func curvature(at x: Lanes, component: Lanes) -> Lanes
    func suboptimality(at x: Lanes) -> Lanes
    func minimiser() -> Double
    func displacement(at x: Lanes) -> Lanes
}

extension LineProblem {
    func minimiser() -> Double { 0 }

    @inline(__always)
    func displacement(at x: Lanes) -> Lanes { x }

    @inline(__always)
    func gradient(at x: Lanes, coordinate j: Int, component: Lanes, plus noise: Lanes) -> Lanes {
        gradient(at: x, component: component, plus: noise)
    }

    func curvature(at x: Lanes, coordinate j: Int, component: Lanes) -> Lanes { curvature(at: x, component: component) }

    @inline(__always)
    func suboptimality(at x: Lanes, coordinate j: Int) -> Lanes { suboptimality(at: x) }

    func minimiser(coordinate j: Int) -> Double { minimiser() }

    @inline(__always)
    func displacement(at x: Lanes, coordinate j: Int) -> Lanes { displacement(at: x) }
}

/// The two parameters that the constructions scaled with rho have in common.
enum LineProblemParameters {
    static let smoothness = ParameterDescription(
        name: "smoothness", summary: "beta, the Lipschitz constant of the gradient", range: .positive, defaultValue: 1)

    static let rho0 = ParameterDescription(
        name: "rho0", summary: "length scale; left out, it is the cell's rho and the problem scales with it",
        range: .positive, defaultValue: nil, defaultsToRho: true)

    /// Without `rho0`, which the planner always fills in, everything is NaN.
    static func values(_ trialClass: TrialClass) -> (smoothness: Double, rho0: Double) {
        (smoothness.value(in: trialClass.problem.parameters) ?? .nan, trialClass.problem.parameters[rho0.name] ?? .nan)
    }
}
