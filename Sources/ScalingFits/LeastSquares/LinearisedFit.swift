/// A fit near its solution: how parameters and fitted values follow the responses to first order.
struct LinearisedFit {
    /// Derivatives of the fitted values, one row per point.
    let jacobian: [SIMD4<Double>]
    /// (JᵀWJ)⁻¹ JᵀW: the change of each parameter with each response; one row per parameter.
    let gain: [[Double]]

    /// A column that the others explain but for this part is explained by them: what is left is rounding, as of the break
    /// between two powers that are the same.
    private static let leastPivot = 1e-13

    /// `nil` where the parameters cannot be told apart.
    init?(_ model: some FitModel, _ fit: ParametricFit, _ points: FitPoints) {
        let count = model.parameters
        let jacobian = points.abscissae.map { model.evaluate(fit.theta, at: $0).gradient }
        self.jacobian = jacobian
        let columns = (0..<count).map { lane in jacobian.map { $0[lane] } }
        let weighted = columns.map { zip(points.weights, $0).map { $0 * $1 } }
        // In units that make the diagonal one.
        let units = (0..<count).map { Self.dot(columns[$0], weighted[$0]).squareRoot() }
        guard units.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        var normal = SquareMatrix(size: count)
        for row in 0..<count {
            for column in 0..<count {
                normal[row, column] = Self.dot(columns[row], weighted[column]) / (units[row] * units[column])
            }
        }
        guard let inverse = normal.inverse(leastPivot: Self.leastPivot) else { return nil }
        gain = (0..<count).map { row in
            points.responses.indices.map { point in
                (0..<count).reduce(0) { $0 + inverse[row, $1] * weighted[$1][point] / units[$1] } / units[row]
            }
        }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
