import WorkerThreads

/// Householder's reflections from both sides, column by column.
///
/// What a reflection leaves is only needed right of and below its column, and the next column is the first thing that is
/// known of it: so the products with the next reflection's vector are summed in the pass that changes the matrix, which goes
/// through memory once instead of three times. Every entry and every sum is computed in the order of a plain program,
/// whatever threads take part.
struct TridiagonalReduction {
    private let size: Int
    /// Row by row, symmetric to the bit; rows and columns above the current one are done with.
    private var matrix: [Double]

    /// Columns that a thread takes at a time.
    private static let strip = 512
    /// Below this threads cost more than they give.
    private static let smallestShared = 768

    private let threads: Int?

    init(_ matrix: [Double], size: Int, threads: Int? = nil) {
        self.size = size
        self.matrix = matrix
        self.threads = threads
    }

    /// Diagonal and off-diagonal of Q^T A Q.
    mutating func result() -> (diagonal: [Double], off: [Double]) {
        let size = size
        guard size > 1 else { return (matrix, []) }
        var off = [Double](repeating: 0, count: size - 1)
        var current = Reflection(row: matrix[0..<size], from: 1)
        // Before the first reflection there is nothing to take away.
        var products = [Double](repeating: 0, count: size)
        pass(after: nil, next: current, from: 1, &products)
        for column in 0..<max(0, size - 2) {
            var weights: [Double]?
            let row = (column + 1) * size
            off[column] = matrix[column * size + column + 1]
            if !current.isNothing {
                let w = current.weights(products, from: column)
                off[column] -= current.vector[column + 1] * w[column]
                for j in column + 1..<size {
                    matrix[row + j] -= current.vector[column + 1] * w[j] + w[column + 1] * current.vector[j]
                }
                weights = w
            }
            let next = Reflection(row: matrix[row..<row + size], from: column + 2)
            for i in column + 1..<size { products[i] = 0 }
            pass(after: weights.map { (current.vector, $0) }, next: next, from: column + 2, &products)
            current = next
        }
        off[size - 2] = matrix[(size - 2) * size + size - 1]
        return ((0..<size).map { matrix[$0 * size + $0] }, off)
    }

    /// I - 2 v v^T / v.v, which makes a row 0 from its second entry on.
    private struct Reflection {
        var vector: [Double]
        private var square = 0.0
        var isNothing: Bool { square == 0 }

        init(row: ArraySlice<Double>, from first: Int) {
            vector = [Double](repeating: 0, count: row.count)
            guard first < row.count else { return }
            var length = 0.0
            for i in first..<row.count {
                vector[i] = row[row.startIndex + i]
                length += vector[i] * vector[i]
            }
            length = length.squareRoot()
            guard length > 0 else { return }
            vector[first] += vector[first] < 0 ? -length : length
            square = vector.reduce(0) { $0 + $1 * $1 }
        }

        /// p = 2 A v / v.v, w = p - v (v.p)/(v.v), so that A' = A - v w^T - w v^T; from the products A v.
        func weights(_ products: [Double], from first: Int) -> [Double] {
            var w = [Double](repeating: 0, count: products.count)
            for i in first..<w.count { w[i] = 2 / square * products[i] }
            let half = zip(vector, w).reduce(0) { $0 + $1.0 * $1.1 } / square
            for i in first..<w.count { w[i] -= half * vector[i] }
            return w
        }
    }

    /// Takes v w^T + w v^T from the rows and columns from `first` on, and adds to the products those with the next vector; the
    /// product of the row before them, too, which has been changed already.
    private mutating func pass(
        after last: (vector: [Double], weights: [Double])?, next: Reflection, from first: Int, _ products: inout [Double]
    ) {
        let size = size
        let sums = !next.isNothing, threads = threads
        if sums {
            var product = 0.0
            for j in first..<size { product += matrix[(first - 1) * size + j] * next.vector[j] }
            products[first - 1] = product
        }
        guard first < size, sums || last != nil else { return }
        let zeros = last == nil ? [Double](repeating: 0, count: size) : []
        let strips = (size - first + Self.strip - 1) / Self.strip
        matrix.withUnsafeMutableBufferPointer { matrix in
            products.withUnsafeMutableBufferPointer { products in
                (last?.vector ?? zeros).withUnsafeBufferPointer { v in
                    (last?.weights ?? zeros).withUnsafeBufferPointer { w in
                        next.vector.withUnsafeBufferPointer { u in
                            let work = Strips(matrix: matrix, products: products, v: v, w: w, u: u, size: size, first: first)
                            let threads = threads ?? (size - first < Self.smallestShared ? 1 : WorkerThreads.processorCount)
                            WorkerThreads.perform(strips, threads: threads) { index in
                                let start = first + index * Self.strip
                                work.pass(start..<min(start + Self.strip, size), subtracts: last != nil)
                            }
                        }
                    }
                }
            }
        }
    }

    /// What threads share; each has columns of its own.
    private struct Strips: @unchecked Sendable {
        let matrix: UnsafeMutableBufferPointer<Double>
        let products: UnsafeMutableBufferPointer<Double>
        let v: UnsafeBufferPointer<Double>, w: UnsafeBufferPointer<Double>, u: UnsafeBufferPointer<Double>
        let size: Int, first: Int

        func pass(_ columns: Range<Int>, subtracts: Bool) {
            for j in first..<size {
                let row = j * size
                let (vj, wj, uj) = (v[j], w[j], u[j])
                var i = columns.lowerBound
                while i + 8 <= columns.upperBound {
                    let place = UnsafeMutableRawPointer(matrix.baseAddress! + row + i)
                    var entries = place.loadUnaligned(as: SIMD8<Double>.self)
                    if subtracts {
                        entries -= vj * Self.eight(w, i) + wj * Self.eight(v, i)
                        place.storeBytes(of: entries, as: SIMD8<Double>.self)
                    }
                    let sum = UnsafeMutableRawPointer(products.baseAddress! + i)
                    sum.storeBytes(of: sum.loadUnaligned(as: SIMD8<Double>.self) + entries * uj, as: SIMD8<Double>.self)
                    i += 8
                }
                while i < columns.upperBound {
                    if subtracts { matrix[row + i] -= vj * w[i] + wj * v[i] }
                    products[i] += matrix[row + i] * uj
                    i += 1
                }
            }
        }

        @inline(__always)
        private static func eight(_ pointer: UnsafeBufferPointer<Double>, _ i: Int) -> SIMD8<Double> {
            UnsafeRawPointer(pointer.baseAddress! + i).loadUnaligned(as: SIMD8<Double>.self)
        }
    }
}
