/// What a group's fits see: per-trial responses, their means, and the inverse covariance of the means.
///
/// The responses carry their own estimation of the weights (see `CrossFitting`): whatever is computed from them with
/// the weights held fixed, a bootstrap interval or a covariance, includes what estimating the weights costs.
struct WeightedSample: Sendable {
    /// Per point and trial, all of the same length.
    var responses: [[Double]]
    /// The mean of each point's responses.
    var means: [Double]
    /// Inverse covariance of the means, scaled so that chi squared is one per degree of freedom.
    var precision: Precision
    /// Covariance of the means over trials; the variances alone where points are independent.
    var covariance: Covariance
    /// Whether the trials of all points belong together.
    var isJoint: Bool
    /// Whether the weights follow the correlation of the points, not their variances alone.
    var hasJointWeights: Bool

    var trials: Int { responses.first?.count ?? 0 }

    func selecting(_ indices: [Int]) -> WeightedSample? {
        guard indices.count < means.count else { return self }
        guard let precision = precision.marginal(of: indices) else { return nil }
        return WeightedSample(
            responses: indices.map { responses[$0] }, means: indices.map { means[$0] }, precision: precision,
            covariance: covariance.selecting(indices), isJoint: isJoint, hasJointWeights: hasJointWeights)
    }
}

/// The covariance of a group's means.
enum Covariance: Sendable {
    case diagonal([Double])
    case dense(SquareMatrix)

    subscript(row: Int, column: Int) -> Double {
        switch self {
        case .diagonal(let variances): row == column ? variances[row] : 0
        case .dense(let matrix): matrix[row, column]
        }
    }

    var matrix: SquareMatrix {
        switch self {
        case .diagonal(let variances): SquareMatrix(diagonal: variances)
        case .dense(let matrix): matrix
        }
    }

    func selecting(_ indices: [Int]) -> Covariance {
        switch self {
        case .diagonal(let variances): .diagonal(indices.map { variances[$0] })
        case .dense(let matrix): .dense(matrix.selecting(indices))
        }
    }

    /// Σ over trials of the products of deviations, over R (R - 1).
    static func ofMeans(_ responses: [[Double]], _ means: [Double], isJoint: Bool) -> Covariance {
        let trials = responses.first?.count ?? 0
        let unit = 1 / (Double(trials) * Double(max(1, trials - 1)))
        let deviations = zip(responses, means).map { column, mean in column.map { $0 - mean } }
        guard isJoint else { return .diagonal(deviations.map { product($0, $0) * unit }) }
        var matrix = SquareMatrix(size: means.count)
        for row in means.indices {
            for column in 0...row {
                matrix[row, column] = product(deviations[row], deviations[column]) * unit
                matrix[column, row] = matrix[row, column]
            }
        }
        return .dense(matrix)
    }

    /// Four partial sums in a fixed order.
    static func product(_ a: [Double], _ b: [Double]) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var sums = SIMD4<Double>.zero
                let whole = a.count / 4 * 4
                for start in stride(from: 0, to: whole, by: 4) {
                    let first = SIMD4<Double>(a[start], a[start + 1], a[start + 2], a[start + 3])
                    let second = SIMD4<Double>(b[start], b[start + 1], b[start + 2], b[start + 3])
                    sums += first * second
                }
                var sum = sums.orderedSum
                for index in whole..<a.count { sum += a[index] * b[index] }
                return sum
            }
        }
    }
}
