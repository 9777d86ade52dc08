import TrialContract

/// A problem whose gradient is taken coordinate by coordinate, for algorithms that ask for all of it.
final class SeparableObjective<P: Problem>: CoupledObjective {
    private let problem: P
    private let dimension: Int
    private let workspace = Workspace()
    let slotsAtOnce: Int
    let gradient: UnsafeMutablePointer<Lanes>
    let point: UnsafeMutablePointer<Lanes>

    init(_ problem: P, dimension: Int) {
        self.problem = problem
        self.dimension = dimension
        slotsAtOnce = Interleaving.slots(dimension: dimension)
        gradient = workspace.vectors(slotsAtOnce * dimension)
        point = workspace.vectors(2 * slotsAtOnce * dimension)
    }

    func gradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        gradients(slots: 1, at: x, sample: sample, isKnown: false, count: count, into: gradient)
    }

    func gradients(
        slots: Int, at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, isKnown: Bool, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        for i in 0..<slots {
            let component = sample.map { $0[i] } ?? Lanes(repeating: 0)
            for j in 0..<dimension {
                gradient[j * slots + i] = problem.gradient(
                    at: x[j * slots + i], coordinate: j, component: component, plus: Lanes(repeating: 0))
            }
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
