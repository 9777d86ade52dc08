import PortableMath
import TrialContract

/// loss = sqrt(1 + r^2) - 1, r = z - b.
enum RobustRegression: LinearLoss {
    static let description = ComponentDescription(
        kind: .problem, name: "robust-regression", summary: "regression with linear tails, over data from a file",
        formula: "f(x) = (1/n) sum_i (sqrt(1 + (a_i.x - b_i)^2) - 1) + l2 |x|^2/2, gradients over mini-batches",
        parameters: DataParameters.all(defaultL2: 0.01, l2Range: .positive),
        objective: ObjectiveProperties(
            loss: LinearModel.Loss(
                name: "robust", curvatureBounds: 0...1,
                value: { z, b in (z - b) * (z - b) / (1 + root(z - b)) }, slope: { z, b in (z - b) / root(z - b) },
                curvature: { z, b in 1 / (root(z - b) * root(z - b) * root(z - b)) })))

    private static func root(_ r: Double) -> Double { (1 + r * r).squareRoot() }

    @inline(__always)
    private static func root(_ r: Lanes) -> Lanes { Lanes(repeating: 1).adding(r, times: r).squareRoot() }

    static func value(_ z: Lanes, target: Lanes) -> Lanes {
        let r = z - target
        return r * r / (root(r) + 1)
    }

    static func curvature(_ z: Lanes, target: Lanes) -> Lanes {
        let root = root(z - target)
        return 1 / (root * root * root)
    }

    @inline(__always)
    static func slope(_ z: Lanes, target: Lanes) -> Lanes { (z - target) / root(z - target) }

    /// With s = sqrt(1 + r^2) at the optimum and t the same delta further: delta^2 / (s (s t + 1 + r (r + delta))).
    @inline(__always)
    static func excess(_ delta: Lanes, optimum: Lanes, target: Lanes) -> Lanes {
        let r = optimum - target, moved = optimum - target + delta
        let s = root(r)
        return delta * delta / (s * (s * root(moved) + 1 + r * moved))
    }
}
