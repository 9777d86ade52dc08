/// The smallest and the largest eigenvalue of a symmetric matrix: Householder's tridiagonal form, then bisection by
/// Sturm's count (Golub & Van Loan, Matrix Computations, 8.3 and 8.4). Error: a few units in the last place of the
/// largest.
enum SymmetricEigenvalues {
    /// `nil` where an entry or the largest eigenvalue is not finite.
    static func ends(_ matrix: [Double], size: Int, threads: Int? = nil) -> (smallest: Double, largest: Double)? {
        let greatest = matrix.reduce(0) { $1.isNaN || $1.magnitude > $0 ? $1.magnitude : $0 }
        guard greatest.isFinite else { return nil }
        guard greatest > 0 else { return (0, 0) }
        // Powers of two are exact, and products of entries near 1 stay in range.
        let scale = Double(sign: .plus, exponent: greatest.exponent, significand: 1)
        let ends = scaledEnds(matrix.map { $0 / scale }, size: size, threads)
        let scaled = (smallest: ends.smallest * scale, largest: ends.largest * scale)
        return scaled.smallest.isFinite && scaled.largest.isFinite ? scaled : nil
    }

    private static func scaledEnds(
        _ matrix: [Double], size: Int, _ threads: Int?
    ) -> (smallest: Double, largest: Double) {
        var reduction = TridiagonalReduction(matrix, size: size, threads: threads)
        let (diagonal, off) = reduction.result()
        // Gershgorin's interval holds them all.
        var low = Double.infinity, high = -Double.infinity
        for i in 0..<size {
            let reach = (i > 0 ? off[i - 1].magnitude : 0) + (i + 1 < size ? off[i].magnitude : 0)
            low = min(low, diagonal[i] - reach)
            high = max(high, diagonal[i] + reach)
        }
        return (
            bisect(low, high) { countBelow($0, diagonal, off) >= 1 },
            bisect(low, high) { countBelow($0, diagonal, off) >= size }
        )
    }

    /// The least x in the interval for which the condition holds, which it then does for all greater ones.
    private static func bisect(_ low: Double, _ high: Double, _ holds: (Double) -> Bool) -> Double {
        var low = low, high = high
        while true {
            let middle = low + 0.5 * (high - low)
            guard middle > low, middle < high else { return high }
            if holds(middle) { high = middle } else { low = middle }
        }
    }

    /// How many eigenvalues lie below x: negative pivots of T - x.
    private static func countBelow(_ x: Double, _ diagonal: [Double], _ off: [Double]) -> Int {
        var count = 0, pivot = 1.0
        for i in diagonal.indices {
            let coupling = i > 0 ? off[i - 1] * off[i - 1] / pivot : 0
            pivot = diagonal[i] - x - coupling
            if pivot == 0 { pivot = -Double.leastNormalMagnitude }
            if pivot < 0 { count += 1 }
        }
        return count
    }
}
