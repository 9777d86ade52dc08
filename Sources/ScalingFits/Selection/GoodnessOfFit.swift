/// How likely residuals as large as these are if the model holds.
enum GoodnessOfFit {
    /// The upper tail of chi squared = rᵀ W r for residuals r = H e, e with the sample's covariance.
    ///
    /// That is a sum of chi squared variables with the eigenvalues of W H C Hᵀ as factors; mean and variance are
    /// matched (Satterthwaite 1946), the variance without what C's own sampling error adds.
    static func probability(
        chiSquared: Double, precision: SquareMatrix, residualMaker: SquareMatrix, covariance: SquareMatrix, trials: Int
    ) -> Double {
        let residual = residualMaker.times(covariance).times(residualMaker.transposed())
        let product = precision.times(residual)
        let mean = product.trace
        var square = 0.0
        for row in 0..<product.size {
            for column in 0..<product.size { square += product[row, column] * product[column, row] }
        }
        guard mean > 0 else { return chiSquared > 0 ? 0 : 1 }
        let freedom = Double(trials - 1)
        if trials > 2 {
            square = (square - mean * mean / freedom) * freedom * freedom / ((freedom - 1) * (freedom + 2))
        }
        let most = mean * mean / Double(max(1, product.size))
        let effective = mean * mean / max(square, most)
        return ChiSquared.upperTail(chiSquared * effective / mean, freedom: effective)
    }
}
