import PortableMath

/// The minimiser of |A x - b|² and what is known about its precision.
package struct LeastSquaresSolution: Sendable, Equatable {
    package var coefficients: [Double]
    /// |A x - b|².
    package var residualSumOfSquares: Double
    /// Square roots of the diagonal of (AᵀA)⁻¹: standard errors for residuals of unit standard deviation.
    package var unitStandardErrors: [Double]
    package var degreesOfFreedom: Int

    /// sqrt(RSS / degrees of freedom); 0 without degrees of freedom.
    package var residualStandardDeviation: Double {
        degreesOfFreedom > 0 ? (residualSumOfSquares / Double(degreesOfFreedom)).squareRoot() : 0
    }

    /// Standard errors with the residuals' own scatter.
    package var standardErrors: [Double] {
        unitStandardErrors.map { $0 * residualStandardDeviation }
    }
}

/// Linear least squares by Householder QR.
package enum LinearLeastSquares {
    /// Solves for as many coefficients as there are columns.
    ///
    /// - Parameters:
    ///   - columns: the columns of A, each as long as `b`.
    ///   - b: at least as many values as columns.
    ///   - refinements: rounds of Björck's iterative refinement of solution and residual together, with the residuals
    ///     computed in twice the precision. 3 recover nearly full precision on the NIST sets; 0 is faster.
    /// - Returns: `nil` when the columns are linearly dependent or a value is not finite.
    package static func solve(columns: [[Double]], _ b: [Double], refinements: Int = 0) -> LeastSquaresSolution? {
        precondition(!columns.isEmpty && columns.allSatisfy { $0.count == b.count } && b.count >= columns.count)
        let factors = HouseholderQR(columns.flatMap { $0 }, rows: b.count, columns: columns.count)
        guard factors.diagonal.allSatisfy(\.isFinite), b.allSatisfy(\.isFinite), !factors.isRankDeficient else {
            return nil
        }
        var state = AugmentedSystem(factors: factors, columns: columns, b: b)
        state.solve()
        for _ in 0..<refinements { state.refine() }
        return LeastSquaresSolution(
            coefficients: state.x,
            residualSumOfSquares: CompensatedSum.of(state.residual.map { $0 * $0 }),
            unitStandardErrors: unitStandardErrors(factors),
            degreesOfFreedom: b.count - columns.count)
    }

    /// The norms of the rows of R⁻¹, with the columns' scaling undone.
    private static func unitStandardErrors(_ factors: HouseholderQR) -> [Double] {
        var squares = Array(repeating: 0.0, count: factors.columns)
        for column in 0..<factors.columns {
            var unit = Array(repeating: 0.0, count: factors.columns)
            unit[column] = 1
            for (row, value) in factors.solveUpper(unit).enumerated() { squares[row] += value * value }
        }
        return zip(squares, factors.scales).map { $0.squareRoot() / $1 }
    }
}

/// r + A x = b, Aᵀ r = 0: refining r and x together is what makes refinement work for least squares (Björck 1967).
private struct AugmentedSystem {
    let factors: HouseholderQR
    let columns: [[Double]]
    let b: [Double]
    var x: [Double] = []
    var residual: [Double] = []

    mutating func solve() {
        let rotated = factors.transposeTimes(b)
        x = unscaled(factors.solveUpper(rotated))
        let zeros = Array(repeating: 0.0, count: factors.columns)
        residual = factors.times(zeros + rotated[factors.columns...])
    }

    mutating func refine() {
        // f = b - r - A x and g = -Aᵀ r, each sum in twice the precision.
        let f = b.indices.map { row in
            doubledSum([(b[row], 1), (-1, residual[row])] + columns.indices.map { (-columns[$0][row], x[$0]) })
        }
        let g = columns.indices.map { column in
            -doubledSum(b.indices.map { (columns[column][$0], residual[$0]) }) / factors.scales[column]
        }
        let h = factors.solveLower(g)
        let rotated = factors.transposeTimes(f)
        let step = unscaled(factors.solveUpper(zip(rotated, h).map { $0 - $1 }))
        let change = factors.times(h + rotated[factors.columns...])
        for column in x.indices { x[column] += step[column] }
        for row in residual.indices { residual[row] += change[row] }
    }

    private func unscaled(_ values: [Double]) -> [Double] {
        zip(values, factors.scales).map { $0 / $1 }
    }

    /// The sum of products, each product split exactly by a fused multiply-add.
    private func doubledSum(_ terms: [(Double, Double)]) -> Double {
        var sum = CompensatedSum()
        var tails = CompensatedSum()
        for (a, b) in terms {
            let product = a * b
            sum.add(product)
            tails.add((-product).addingProduct(a, b))
        }
        sum.add(tails.value)
        return sum.value
    }
}
