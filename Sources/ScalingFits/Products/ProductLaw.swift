/// y = C x1^a1 x2^a2 …: one law over the whole grid.
package struct ProductLaw: Sendable, Equatable {
    package struct Regressor: Sendable, Equatable {
        package var name: String
        package var exponent: Double
        /// From the scatter of the trials; `nil` without scatter.
        package var standardError: Double?
        package var interval: Interval?
    }

    /// Cells that deviate from the law by more than this many times what scatter explains do not follow it.
    static let mostDeviation = 2.0

    package var by: GroupKey
    package var response: String
    package var regressors: [Regressor]
    package var prefactor: Double
    package var prefactorInterval: Interval?
    package var confidence: Double
    /// Cells that took part.
    package var cells: Int
    package var trials: Int
    package var diverged: Int
    package var missing: Int
    /// Root mean square deviation of ln y from the law, over the cells.
    package var deviation: Double
    /// The part of it that the trials' scatter explains; 0 without scatter.
    package var explainedDeviation: Double
    package var warnings: [String]

    /// Whether the grid follows it. Where it does not, exponents are averages over this grid.
    package var describesTheGrid: Bool { deviation <= max(Self.mostDeviation * explainedDeviation, 1e-6) }
}

/// What became of one group of a grid.
package enum ProductOutcome: Sendable, Equatable {
    case law(ProductLaw)
    case unfit(UnfitGroup)
}

/// Least squares of ln y over the logarithms of all regressors, cell after cell in bounded memory.
///
/// Cells weigh equally: the law is the grid's, not that of its least noisy corner. ln of a mean is too small by half its
/// relative variance, to first order, and that is added. Every trial's influence on the coefficients is summed over the
/// cells, so that the standard errors hold for cells that share random numbers as for those that do not.
struct ProductAccumulator {
    private let count: Int
    private let isJoint: Bool
    private var normal: SquareMatrix
    private var right: [Double]
    private var squares = 0.0
    private(set) var cells = 0
    private(set) var trials = 0
    private(set) var noise = 0.0
    /// Per coefficient and trial: Σ over cells of the row times the trial's relative deviation.
    private var influences: [[Double]]
    /// The same summed squares and fourth powers where cells are independent.
    private var independent: SquareMatrix

    init(regressors: Int, trials: Int, isJoint: Bool) {
        count = regressors + 1
        self.isJoint = isJoint
        normal = SquareMatrix(size: count)
        independent = normal
        right = Array(repeating: 0, count: count)
        influences = Array(repeating: Array(repeating: 0, count: isJoint ? trials : 0), count: count)
    }

    /// - Parameters:
    ///   - logs: of the cell's regressors.
    ///   - data: a group of this one cell, with a positive mean.
    mutating func add(logs: [Double], data: GroupData) {
        let row = [1] + logs
        let mean = data.means[0]
        let relative = data.standardErrors[0] / mean
        let value = logarithm(mean) + 0.5 * relative * relative
        cells += 1
        trials += data.counts[0]
        noise += relative * relative
        squares += value * value
        for i in 0..<count {
            right[i] += row[i] * value
            for j in 0..<count {
                normal[i, j] += row[i] * row[j]
                independent[i, j] += row[i] * row[j] * relative * relative
            }
        }
        guard isJoint, data.hasScatter else { return }
        for (trial, response) in data.responses[0].enumerated() {
            let deviation = (response - mean) / mean
            for i in 0..<count { influences[i][trial] += row[i] * deviation }
        }
    }

    struct Solution {
        var coefficients: [Double]
        var variances: [Double]
        var freedom: Double
        var deviation: Double
        var explained: Double
    }

    /// `nil` where the regressors cannot be told apart.
    func solution(trialsPerCell: Int) -> Solution? {
        guard cells > count, let inverse = Self.inverse(normal) else { return nil }
        let coefficients = inverse.times(right)
        let explainedSquares = zip(coefficients, right).reduce(0) { $0 + $1.0 * $1.1 }
        let freedom = Double(cells - count)
        var variances = inverse.times(independent).times(inverse).diagonal
        if isJoint {
            let unit = Double(trialsPerCell) * Double(max(1, trialsPerCell - 1))
            variances = (0..<count).map { coefficient in
                var sum = 0.0
                for trial in 0..<influences[0].count {
                    var influence = 0.0
                    for i in 0..<count { influence += inverse[coefficient, i] * influences[i][trial] }
                    sum += influence * influence
                }
                return sum / unit
            }
        }
        return Solution(
            coefficients: coefficients, variances: variances, freedom: Double(max(1, trialsPerCell - 1)),
            deviation: (max(0, squares - explainedSquares) / freedom).squareRoot(),
            explained: (noise / Double(cells)).squareRoot())
    }

    /// By Cholesky in units that make the diagonal one; `nil` where a column is a combination of the others.
    private static func inverse(_ matrix: SquareMatrix) -> SquareMatrix? {
        let units = matrix.diagonal.map { $0.squareRoot() }
        guard units.allSatisfy({ $0 > 0 }) else { return nil }
        var scaled = matrix
        for i in 0..<matrix.size { for j in 0..<matrix.size { scaled[i, j] /= units[i] * units[j] } }
        guard let factor = scaled.choleskyFactor(), factor.diagonal.allSatisfy({ $0 > 1e-6 }),
            var inverse = scaled.inverse()
        else { return nil }
        for i in 0..<matrix.size { for j in 0..<matrix.size { inverse[i, j] /= units[i] * units[j] } }
        return inverse
    }
}
