/// The inverse correlation of points that share random numbers, from moments over trials.
///
/// Goals: it exists for any number of trials above two, it is precise where neighbouring points are nearly the same
/// (correlations of 0.999999 occur at small rho), and few trials do not make it wild. Points are taken in ascending
/// order; each is first predicted from its predecessor (ante-dependence of order one, Gabriel 1962), which removes
/// most of the correlation without inverting anything. The correlations left between these innovations are shrunk
/// towards zero by the intensity of Schäfer & Strimmer (2005), and only then inverted.
struct InnovationCovariance {
    /// Bidiagonal: 1 on the diagonal, minus the regression on the predecessor below it.
    private let predictors: [Double]
    /// Standard deviations of the innovations; that of the first point is its own.
    let spreads: [Double]
    private let correlation: SquareMatrix

    /// - Parameters:
    ///   - covariance: of the points' responses.
    ///   - least: what the standard deviations of innovations are at least, per point.
    init(covariance: SquareMatrix, least: [Double]) {
        let n = covariance.size
        var predictors = Array(repeating: 0.0, count: n)
        for point in 1..<max(n, 1) where covariance[point - 1, point - 1] > 0 {
            predictors[point] = covariance[point, point - 1] / covariance[point - 1, point - 1]
        }
        // L C Lᵀ with L = 1 - predictors on the lower diagonal.
        var innovations = covariance
        for row in stride(from: n - 1, to: 0, by: -1) {
            for column in 0..<n {
                innovations[row, column] -= predictors[row] * covariance[row - 1, column]
            }
        }
        let rowsDone = innovations
        for column in stride(from: n - 1, to: 0, by: -1) {
            for row in 0..<n {
                innovations[row, column] -= predictors[column] * rowsDone[row, column - 1]
            }
        }
        self.predictors = predictors
        let spreads = (0..<n).map { max(max(innovations[$0, $0], 0).squareRoot(), least[$0]) }
        self.spreads = spreads
        var correlation = SquareMatrix(size: n)
        for row in 0..<n {
            for column in 0..<n {
                correlation[row, column] = row == column ? 1 : innovations[row, column] / (spreads[row] * spreads[column])
            }
        }
        self.correlation = correlation
    }

    /// Fourth moments of the innovations over their squared variances.
    func kurtosis(trials: [[Double]]) -> [Double] {
        var sums = spreads.map { _ in 0.0 }
        for trial in trials {
            for (point, e) in innovations(of: trial).enumerated() { sums[point] += e * e * e * e }
        }
        return sums.map { $0 / Double(max(1, trials.count)) }
    }

    /// The innovations of one trial's deviations, in units of their standard deviations.
    func innovations(of deviations: [Double]) -> [Double] {
        deviations.indices.map { point in
            let predicted = point > 0 ? predictors[point] * deviations[point - 1] : 0
            return (deviations[point] - predicted) / spreads[point]
        }
    }

    /// How much of the correlations between innovations is noise: Σ Var(r) / Σ r², at most 1.
    ///
    /// - Parameter trials: the deviations of each trial.
    func shrinkage(trials: [[Double]]) -> Double {
        let n = correlation.size
        let count = Double(trials.count)
        guard n > 1, count > 2 else { return 1 }
        var products = SquareMatrix(size: n)
        var squares = SquareMatrix(size: n)
        for trial in trials {
            let e = innovations(of: trial)
            for row in 1..<n {
                for column in 0..<row {
                    let product = e[row] * e[column]
                    products[row, column] += product
                    squares[row, column] += product * product
                }
            }
        }
        var (noise, signal) = (0.0, 0.0)
        for row in 1..<n {
            for column in 0..<row {
                let mean = products[row, column] / count
                noise += (squares[row, column] / count - mean * mean) / (count - 1)
                signal += mean * mean
            }
        }
        return signal > noise ? max(noise, 0) / signal : 1
    }

    /// Lᵀ D⁻¹ R⁻¹ D⁻¹ L with the shrunk correlations R; `nil` where they are not positive definite.
    ///
    /// - Parameter smoothed: standard deviations of the innovations to use instead of their own.
    func precision(shrinkage: Double, spreads smoothed: [Double]? = nil) -> SquareMatrix? {
        let n = correlation.size
        let spreads = smoothed ?? spreads
        var shrunk = correlation
        for row in 0..<n { for column in 0..<n where row != column { shrunk[row, column] *= 1 - shrinkage } }
        guard var inverse = shrunk.inverse() else { return nil }
        for row in 0..<n { for column in 0..<n { inverse[row, column] /= spreads[row] * spreads[column] } }
        // Multiply by L from the right and by its transpose from the left, in place.
        for column in 0..<n - 1 {
            for row in 0..<n { inverse[row, column] -= predictors[column + 1] * inverse[row, column + 1] }
        }
        for row in 0..<n - 1 {
            for column in 0..<n { inverse[row, column] -= predictors[row + 1] * inverse[row + 1, column] }
        }
        return inverse
    }
}
