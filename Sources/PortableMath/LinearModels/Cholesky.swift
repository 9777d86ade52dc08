import WorkerThreads

/// The factor L of a symmetric positive definite matrix A = L L^T.
///
/// Every entry is its entry of A less the products of its row and column in their order, one after the other, so that the
/// blocks, the vectors and the threads it is computed with do not show in its bits.
struct Cholesky {
    private let size: Int
    /// Row by row; the upper part is not used.
    private var factor: [Double]

    /// Columns that are finished before what is right of them is touched.
    private static let panel = 64
    /// Rows that a thread takes at a time.
    private static let rows = 32
    /// Below this threads cost more than they give.
    private static let smallestShared = 256

    /// `nil` where the matrix is not positive definite to working precision.
    init?(_ matrix: [Double], size: Int, threads: Int? = nil) {
        self.size = size
        factor = matrix
        let isPositive = factor.withUnsafeMutableBufferPointer { a in
            Self.factorise(a, size, threads: threads ?? (size < Self.smallestShared ? 1 : WorkerThreads.processorCount))
        }
        guard isPositive else { return nil }
    }

    private static func factorise(_ a: UnsafeMutableBufferPointer<Double>, _ size: Int, threads: Int) -> Bool {
        let diagonal = (0..<size).map { a[$0 * size + $0] }
        var columns = [Double](repeating: 0, count: panel * (size + 8))
        return columns.withUnsafeMutableBufferPointer { columns in
            for first in stride(from: 0, to: size, by: panel) {
                let end = min(first + panel, size)
                for j in first..<end {
                    for i in j..<end {
                        let sum = remainder(a, size, i, j, from: first)
                        if i > j {
                            a[i * size + j] = sum / a[j * size + j]
                        } else {
                            // What is left of the diagonal must stand out of its rounding.
                            guard sum > 1e-14 * diagonal[j] else { return false }
                            a[j * size + j] = sum.squareRoot()
                        }
                    }
                }
                guard end < size else { break }
                let work = Shared(a: a, columns: columns, size: size, first: first, end: end)
                let blocks = (size - end + rows - 1) / rows
                WorkerThreads.perform(blocks, threads: threads) { block in
                    let start = end + block * rows
                    work.finishPanel(start..<min(start + rows, size))
                }
                // The longest rows come last.
                WorkerThreads.perform(blocks, threads: threads) { block in
                    let start = end + (blocks - 1 - block) * rows
                    work.subtractPanel(start..<min(start + rows, size))
                }
            }
            return true
        }
    }

    /// Entry (i, j) less the products of the columns from `first` on that stand before j.
    private static func remainder(
        _ a: UnsafeMutableBufferPointer<Double>, _ size: Int, _ i: Int, _ j: Int, from first: Int
    ) -> Double {
        var sum = a[i * size + j]
        for k in first..<j { sum -= a[i * size + k] * a[j * size + k] }
        return sum
    }

    /// What threads do for one panel, each to rows of its own.
    private struct Shared: @unchecked Sendable {
        let a: UnsafeMutableBufferPointer<Double>
        /// The panel column by column: entry (i, k) at (k - first) * size + i.
        let columns: UnsafeMutableBufferPointer<Double>
        let size: Int
        let first: Int, end: Int

        /// The panel's columns of these rows.
        func finishPanel(_ rows: Range<Int>) {
            for i in rows {
                for j in first..<end {
                    let entry = Cholesky.remainder(a, size, i, j, from: first) / a[j * size + j]
                    a[i * size + j] = entry
                    columns[(j - first) * size + i] = entry
                }
            }
        }

        /// What the panel takes from these rows right of it, two rows and eight columns at a time. The last eight may reach
        /// beyond the diagonal, never beyond the row.
        func subtractPanel(_ rows: Range<Int>) {
            var i = rows.lowerBound
            while i < rows.upperBound {
                let pair = i + 1 < rows.upperBound
                let last = pair ? i + 1 : i
                var j = end
                while j <= last {
                    if pair, j + 8 <= size {
                        subtract(i, j)
                    } else {
                        for row in i...last {
                            for column in j..<min(j + 8, size) {
                                var sum = a[row * size + column]
                                for k in first..<end { sum -= a[row * size + k] * columns[(k - first) * size + column] }
                                a[row * size + column] = sum
                            }
                        }
                    }
                    j += 8
                }
                i += 2
            }
        }

        @inline(__always)
        private func subtract(_ i: Int, _ j: Int) {
            let base = UnsafeMutableRawPointer(a.baseAddress!)
            let upper = base + (i * size + j) * 8, lower = base + ((i + 1) * size + j) * 8
            var above = upper.loadUnaligned(as: SIMD8<Double>.self), below = lower.loadUnaligned(as: SIMD8<Double>.self)
            var column = UnsafeRawPointer(columns.baseAddress!) + j * 8
            for k in first..<end {
                let eight = column.loadUnaligned(as: SIMD8<Double>.self)
                above -= a[i * size + k] * eight
                below -= a[(i + 1) * size + k] * eight
                column += size * 8
            }
            upper.storeBytes(of: above, as: SIMD8<Double>.self)
            lower.storeBytes(of: below, as: SIMD8<Double>.self)
        }
    }

    /// The x with A x = b.
    func solve(_ b: [Double]) -> [Double] {
        var x = b
        for i in 0..<size {
            for k in 0..<i { x[i] -= factor[i * size + k] * x[k] }
            x[i] /= factor[i * size + i]
        }
        for i in (0..<size).reversed() {
            for k in i + 1..<size { x[i] -= factor[k * size + i] * x[k] }
            x[i] /= factor[i * size + i]
        }
        return x
    }
}
