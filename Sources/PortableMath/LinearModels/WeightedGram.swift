import WorkerThreads

/// sum_i w_i a_i a_i^T over the rows a_i of a matrix.
///
/// Rows are summed 64 at a time and these sums with compensation, so that the error does not grow with the number of rows.
/// Every entry is summed in this order, whatever tile and thread it belongs to.
struct WeightedGram {
    /// Row by row: `rows` times `columns` numbers.
    let features: [Double]
    /// One per row.
    let weights: [Double]
    let columns: Int

    /// Rows that are summed plainly.
    private static let together = 64
    /// A tile's rows and columns: its sums stay in the nearest cache.
    private static let height = 32, width = 64

    /// The matrix row by row, both halves, each entry passed through `finish` with its row and column.
    func entries(threads: Int? = nil, _ finish: @Sendable (Int, Int, Double) -> Double) -> [Double] {
        let columns = columns, rows = weights.count
        var matrix = [Double](repeating: 0, count: columns * columns)
        let tilesDown = (columns + Self.height - 1) / Self.height
        // Below this threads cost more than they give.
        let threads = threads ?? (rows * columns * columns < 4_000_000 ? 1 : WorkerThreads.processorCount)
        matrix.withUnsafeMutableBufferPointer { matrix in
            features.withUnsafeBufferPointer { features in
                weights.withUnsafeBufferPointer { weights in
                    let tile = Tile(features: features, weights: weights, columns: columns, matrix: matrix)
                    // The longest first.
                    WorkerThreads.perform(tilesDown, threads: threads) { index in
                        tile.fillRows(from: (tilesDown - 1 - index) * Self.height, finish)
                    }
                }
            }
        }
        return matrix
    }

    /// What threads share; each fills rows of its own, and their mirror images.
    private struct Tile: @unchecked Sendable {
        let features: UnsafeBufferPointer<Double>
        let weights: UnsafeBufferPointer<Double>
        let columns: Int
        let matrix: UnsafeMutableBufferPointer<Double>

        func fillRows(from top: Int, _ finish: (Int, Int, Double) -> Double) {
            let bottom = min(top + height, columns)
            var sums = [CompensatedSum](repeating: CompensatedSum(), count: height * width)
            var part = [Double](repeating: 0, count: height * width)
            for left in stride(from: 0, to: bottom, by: width) {
                let right = min(left + width, bottom)
                for index in sums.indices { sums[index] = CompensatedSum() }
                for first in stride(from: 0, to: weights.count, by: together) {
                    let end = min(first + together, weights.count)
                    part.withUnsafeMutableBufferPointer { part in
                        addProducts(first..<end, top..<bottom, left..<right, part)
                    }
                    for j in top..<bottom {
                        for k in left..<min(right, j + 1) {
                            let index = (j - top) * width + k - left
                            sums[index].add(part[index])
                        }
                    }
                }
                for j in top..<bottom {
                    for k in left..<min(right, j + 1) {
                        let entry = finish(j, k, sums[(j - top) * width + k - left].value)
                        matrix[j * columns + k] = entry
                        matrix[k * columns + j] = entry
                    }
                }
            }
        }

        /// The plain sums over some rows, a pair of the tile's rows and eight of its columns at a time.
        private func addProducts(
            _ rows: Range<Int>, _ down: Range<Int>, _ across: Range<Int>, _ part: UnsafeMutableBufferPointer<Double>
        ) {
            let bytes = UnsafeRawPointer(features.baseAddress!)
            let out = UnsafeMutableRawPointer(part.baseAddress!)
            var j = down.lowerBound
            while j < down.upperBound {
                let other = min(j + 1, down.upperBound - 1)
                var k = across.lowerBound
                while k + 8 <= across.upperBound {
                    var above = SIMD8<Double>(repeating: 0), below = above
                    for i in rows {
                        let row = i * columns
                        let eight = (bytes + (row + k) * 8).loadUnaligned(as: SIMD8<Double>.self)
                        above += (weights[i] * features[row + j]) * eight
                        below += (weights[i] * features[row + other]) * eight
                    }
                    let offset = (j - down.lowerBound) * width + k - across.lowerBound
                    (out + offset * 8).storeBytes(of: above, as: SIMD8<Double>.self)
                    if other > j { (out + (offset + width) * 8).storeBytes(of: below, as: SIMD8<Double>.self) }
                    k += 8
                }
                for row in j...other {
                    for column in k..<across.upperBound {
                        var sum = 0.0
                        for i in rows {
                            sum += weights[i] * features[i * columns + row] * features[i * columns + column]
                        }
                        part[(row - down.lowerBound) * width + column - across.lowerBound] = sum
                    }
                }
                j += 2
            }
        }
    }
}
