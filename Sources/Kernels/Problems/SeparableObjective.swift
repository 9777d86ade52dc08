import TrialContract

/// A slot's gradient that is asked for: where it is taken, what was drawn for it, and where it goes; d vectors each, and a
/// component of a finite sum for all.
struct GradientRow {
    var point: UnsafePointer<Lanes>
    var component: Lanes
    /// Added to the gradient, in the operation that makes it.
    var noise: UnsafePointer<Lanes>
    var gradient: UnsafeMutablePointer<Lanes>
}

/// An objective whose gradient is taken coordinate by coordinate.
protocol CoordinatewiseObjective: CoupledObjective {
    func gradients(_ rows: UnsafePointer<GradientRow>, count: Int)

    /// Coordinate `j` of the minimiser that starting points are measured from.
    func minimiser(coordinate j: Int) -> Double
}

/// A problem whose gradient is taken coordinate by coordinate, for steppers that do not know it.
final class SeparableObjective<P: Problem>: CoordinatewiseObjective {
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

    func gradients(_ rows: UnsafePointer<GradientRow>, count: Int) {
        // A copy, whose parts the compiler can keep in registers.
        let problem = problem
        for i in 0..<count {
            let row = rows[i]
            for j in 0..<dimension {
                row.gradient[j] = problem.gradient(
                    at: row.point[j], coordinate: j, component: row.component, plus: row.noise[j])
            }
        }
    }

    func minimiser(coordinate j: Int) -> Double { problem.minimiser(coordinate: j) }

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
        for j in 0..<dimension {
            for i in 0..<slots {
                gradient[j * slots + i] = problem.gradient(
                    at: x[j * slots + i], coordinate: j, component: sample.map { $0[i] } ?? Lanes(repeating: 0),
                    plus: Lanes(repeating: 0))
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
