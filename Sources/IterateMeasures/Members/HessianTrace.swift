import PortableMath
import TrialContract

/// The sum of all curvatures.
///
/// Exact up to a thousand coordinates, from as many products with the Hessian. Above, Hutchinson's estimate: the mean of z·Hz over
/// a thousand vectors z of signs, the same for all trials. It is off by a standard error of sqrt(2/1000) = 4.5 % of the Frobenius
/// norm of what stands off the Hessian's diagonal.
enum HessianTrace: IterateMeasure {
    static let description = ComponentDescription(
        kind: .statistic, name: "hessian_trace",
        summary: "sum of the Hessian's eigenvalues at the last iterate: exact up to dimension 1000, above estimated from 1000 vectors "
            + "of signs with a standard error of 4.5 % of the Frobenius norm of what stands off the diagonal",
        formula: "tr(hess f(x_T))", citation: "Hutchinson, Commun. Stat. Simul. 19 (1990) 433", maximumDimension: 1_000_000)

    static let mostExact = 1000
    static let probes = 1000

    static func value(_ point: MeasuredPoint) throws(Interruption) -> Double {
        let d = point.dimension
        var sum = 0.0
        if d <= mostExact {
            for j in 0..<d {
                var direction = [Double](repeating: 0, count: d)
                direction[j] = 1
                sum += try point.hessianProduct(direction)[j]
            }
            return sum
        }
        var words = SplitMix64(seed: 1990)
        for _ in 0..<probes {
            let direction = (0..<d).map { _ in words.sign() }
            sum += dot(direction, try point.hessianProduct(direction))
        }
        return sum / Double(probes)
    }
}
