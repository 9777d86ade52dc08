import TrialContract

/// A problem whose gradient is taken coordinate by coordinate, for algorithms that ask for all of it.
final class SeparableObjective<P: Problem>: CoupledObjective {
    private let problem: P
    private let dimension: Int
    private let workspace = Workspace()
    let gradient: UnsafeMutablePointer<Lanes>
    let point: UnsafeMutablePointer<Lanes>

    init(_ problem: P, dimension: Int) {
        self.problem = problem
        self.dimension = dimension
        gradient = workspace.vectors(dimension)
        point = workspace.vectors(2 * dimension)
    }

    func gradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        let component = sample.map { $0[0] } ?? Lanes(repeating: 0)
        for j in 0..<dimension {
            gradient[j] = problem.gradient(at: x[j], coordinate: j, component: component, plus: Lanes(repeating: 0))
        }
    }

    func value(at x: UnsafeMutablePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int) -> Lanes {
        var suboptimality = Lanes(repeating: 0)
        for j in 0..<dimension { suboptimality += problem.suboptimality(at: x[j], coordinate: j) }
        return suboptimality + Lanes(repeating: problem.minimum)
    }

    func hessianProduct(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int, into product: UnsafeMutablePointer<Lanes>
    ) {
        let component = sample.map { $0[0] } ?? Lanes(repeating: 0)
        for j in 0..<dimension {
            product[j] = problem.curvature(at: x[j], coordinate: j, component: component) * x[dimension + j]
        }
    }

    func measure(_ x: UnsafeMutablePointer<Lanes>) -> Measures {
        problem.measures(x, dimension: dimension)
    }
}
