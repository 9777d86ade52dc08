/// The inverse covariance of a group's points.
enum Precision: Sendable {
    /// Independent points: 1 / variance of each.
    case diagonal([Double])
    /// Points that share random numbers.
    case dense(SquareMatrix)

    var size: Int {
        switch self {
        case .diagonal(let weights): weights.count
        case .dense(let matrix): matrix.size
        }
    }

    /// The weight of each point when the others are known.
    var diagonal: [Double] {
        switch self {
        case .diagonal(let weights): weights
        case .dense(let matrix): matrix.diagonal
        }
    }

    func times(_ vector: [Double]) -> [Double] {
        switch self {
        case .diagonal(let weights): zip(weights, vector).map { $0 * $1 }
        case .dense(let matrix): matrix.times(vector)
        }
    }

    func scaled(by factor: Double) -> Precision {
        switch self {
        case .diagonal(let weights): return .diagonal(weights.map { $0 * factor })
        case .dense(var matrix):
            for index in matrix.entries.indices { matrix.entries[index] *= factor }
            return .dense(matrix)
        }
    }

    /// The inverse covariance of some points, the others unknown: the Schur complement.
    func marginal(of indices: [Int]) -> Precision? {
        switch self {
        case .diagonal(let weights): return .diagonal(indices.map { weights[$0] })
        case .dense(let matrix):
            guard indices.count < matrix.size else { return self }
            guard let covariance = matrix.inverse() else { return nil }
            return covariance.selecting(indices).inverse().map(Precision.dense)
        }
    }

    /// Without one point, which is as if it had infinite variance; its row and column become 0.
    func withoutPoint(_ index: Int) -> Precision {
        switch self {
        case .diagonal(var weights):
            weights[index] = 0
            return .diagonal(weights)
        case .dense(let matrix):
            var result = matrix
            for row in 0..<matrix.size {
                for column in 0..<matrix.size {
                    result[row, column] -= matrix[row, index] * matrix[index, column] / matrix[index, index]
                }
            }
            return .dense(result)
        }
    }
}

/// U with UᵀU = precision, applied as z = U r.
struct Whitener: Sendable {
    let size: Int
    /// Row i of the lower Cholesky factor from i * size; empty for independent points.
    let lower: [Double]
    /// Square roots of the weights of independent points.
    let roots: [Double]

    init?(_ precision: Precision) {
        size = precision.size
        switch precision {
        case .diagonal(let weights):
            guard weights.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
            roots = weights.map { $0.squareRoot() }
            lower = []
        case .dense(let matrix):
            guard let factor = matrix.choleskyFactor() else { return nil }
            lower = factor.entries
            roots = []
        }
    }

    func apply(_ vector: [Double]) -> [Double] {
        var result = vector
        apply(&result)
        return result
    }

    /// In place: entry i needs the entries from i on, and they are still the old ones when it is their turn.
    func apply(_ vector: inout [Double]) {
        vector.withUnsafeMutableBufferPointer { apply($0) }
    }

    func apply(_ vector: UnsafeMutableBufferPointer<Double>) {
        let size = size
        guard !lower.isEmpty else {
            for index in 0..<size { vector[index] *= roots[index] }
            return
        }
        lower.withUnsafeBufferPointer { lower in
            for column in 0..<size {
                var sum = 0.0
                for row in column..<size { sum += lower[row * size + column] * vector[row] }
                vector[column] = sum
            }
        }
    }
}
