/// A small dense square matrix, row-major. Sums run in ascending order, so that results have the same bits everywhere.
struct SquareMatrix: Sendable, Equatable {
    let size: Int
    var entries: [Double]

    init(size: Int) {
        self.size = size
        entries = Array(repeating: 0, count: size * size)
    }

    init(diagonal: [Double]) {
        self.init(size: diagonal.count)
        for index in diagonal.indices { self[index, index] = diagonal[index] }
    }

    subscript(row: Int, column: Int) -> Double {
        get { entries[row * size + column] }
        set { entries[row * size + column] = newValue }
    }

    var diagonal: [Double] { (0..<size).map { self[$0, $0] } }
    var trace: Double { diagonal.reduce(0, +) }

    func transposed() -> SquareMatrix {
        var result = SquareMatrix(size: size)
        for row in 0..<size { for column in 0..<size { result[column, row] = self[row, column] } }
        return result
    }

    func times(_ vector: [Double]) -> [Double] {
        (0..<size).map { row in
            var sum = 0.0
            for column in 0..<size { sum += entries[row * size + column] * vector[column] }
            return sum
        }
    }

    func times(_ other: SquareMatrix) -> SquareMatrix {
        var result = SquareMatrix(size: size)
        let n = size
        result.entries.withUnsafeMutableBufferPointer { target in
            entries.withUnsafeBufferPointer { left in
                other.entries.withUnsafeBufferPointer { right in
                    for row in 0..<n {
                        for inner in 0..<n {
                            let factor = left[row * n + inner]
                            guard factor != 0 else { continue }
                            for column in 0..<n { target[row * n + column] += factor * right[inner * n + column] }
                        }
                    }
                }
            }
        }
        return result
    }

    func selecting(_ indices: [Int]) -> SquareMatrix {
        var result = SquareMatrix(size: indices.count)
        for (row, from) in indices.enumerated() {
            for (column, other) in indices.enumerated() { result[row, column] = self[from, other] }
        }
        return result
    }

    /// Lower L with A = L Lᵀ; `nil` where A is not positive definite.
    ///
    /// - Parameter leastPivot: what a squared diagonal entry of L must exceed. Of a matrix with unit diagonal it is the part of a
    ///   column that the others do not explain.
    func choleskyFactor(leastPivot: Double = 0) -> SquareMatrix? {
        var lower = SquareMatrix(size: size)
        for row in 0..<size {
            for column in 0...row {
                var sum = self[row, column]
                for k in 0..<column { sum -= lower[row, k] * lower[column, k] }
                if row == column {
                    guard sum > leastPivot, sum.isFinite else { return nil }
                    lower[row, row] = sum.squareRoot()
                } else {
                    lower[row, column] = sum / lower[column, column]
                }
            }
        }
        return lower
    }

    /// A⁻¹ of a symmetric positive definite A; `nil` where it is not.
    func inverse(leastPivot: Double = 0) -> SquareMatrix? {
        guard let lower = choleskyFactor(leastPivot: leastPivot) else { return nil }
        var inverse = SquareMatrix(size: size)
        for column in 0..<size {
            inverse[column, column] = 1 / lower[column, column]
            for row in stride(from: column + 1, to: size, by: 1) {
                var sum = 0.0
                for k in column..<row { sum -= lower[row, k] * inverse[k, column] }
                inverse[row, column] = sum / lower[row, row]
            }
        }
        return inverse.transposed().times(inverse)
    }
}
