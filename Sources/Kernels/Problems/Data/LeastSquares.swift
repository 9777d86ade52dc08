import TrialContract

/// loss = (z - b)^2/2.
enum LeastSquares: LinearLoss {
    static let description = ComponentDescription(
        kind: .problem, name: "least-squares", summary: "linear regression, over data from a file",
        formula: "f(x) = (1/2n) sum_i (a_i.x - b_i)^2 + l2 |x|^2/2, gradients over mini-batches",
        citation: "Hoerl & Kennard, Technometrics 12 (1970) 55",
        parameters: DataParameters.all(defaultL2: 0, l2Range: .nonNegative),
        objective: ObjectiveProperties(loss: .leastSquares))

    static func value(_ z: Lanes, target: Lanes) -> Lanes { (z - target) * (z - target) * 0.5 }

    static func curvature(_ z: Lanes, target: Lanes) -> Lanes { Lanes(repeating: 1) }

    @inline(__always)
    static func slope(_ z: Lanes, target: Lanes) -> Lanes { z - target }

    @inline(__always)
    static func excess(_ delta: Lanes, optimum: Lanes, target: Lanes) -> Lanes { delta * delta * 0.5 }
}
