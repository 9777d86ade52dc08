@testable import PortableMath
import Testing

/// Matrices as the planner meets them, by the loops of a textbook: blocks, vectors and threads may not show in a bit.
private enum Plain {
    static func gram(_ features: [Double], _ weights: [Double], columns: Int) -> [Double] {
        var matrix = [Double](repeating: 0, count: columns * columns)
        for j in 0..<columns {
            for k in 0...j {
                var sum = CompensatedSum()
                for first in stride(from: 0, to: weights.count, by: 64) {
                    var part = 0.0
                    for i in first..<min(first + 64, weights.count) {
                        part += weights[i] * features[i * columns + j] * features[i * columns + k]
                    }
                    sum.add(part)
                }
                matrix[j * columns + k] = sum.value
                matrix[k * columns + j] = sum.value
            }
        }
        return matrix
    }

    static func cholesky(_ matrix: [Double], size: Int) -> [Double]? {
        var factor = matrix
        for j in 0..<size {
            for i in j..<size {
                var sum = matrix[i * size + j]
                for k in 0..<j { sum -= factor[i * size + k] * factor[j * size + k] }
                if i > j {
                    factor[i * size + j] = sum / factor[j * size + j]
                } else {
                    guard sum > 1e-14 * matrix[j * size + j] else { return nil }
                    factor[j * size + j] = sum.squareRoot()
                }
            }
        }
        return factor
    }

    static func solve(_ factor: [Double], _ b: [Double]) -> [Double] {
        let size = b.count
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

    static func tridiagonal(_ matrix: [Double], size: Int) -> (diagonal: [Double], off: [Double]) {
        var a = matrix
        for column in 0..<max(0, size - 2) {
            var v = [Double](repeating: 0, count: size), length = 0.0
            for i in column + 1..<size {
                v[i] = a[i * size + column]
                length += v[i] * v[i]
            }
            length = length.squareRoot()
            guard length > 0 else { continue }
            v[column + 1] += v[column + 1] < 0 ? -length : length
            let square = v.reduce(0) { $0 + $1 * $1 }
            var w = (0..<size).map { i in 2 / square * (column + 1..<size).reduce(0) { $0 + a[i * size + $1] * v[$1] } }
            let half = zip(v, w).reduce(0) { $0 + $1.0 * $1.1 } / square
            for i in 0..<size { w[i] -= half * v[i] }
            for i in 0..<size { for j in 0..<size { a[i * size + j] -= v[i] * w[j] + w[i] * v[j] } }
        }
        return ((0..<size).map { a[$0 * size + $0] }, (0..<max(0, size - 1)).map { a[($0 + 1) * size + $0] })
    }
}

/// Numbers in (-1, 1) that are the same everywhere.
private func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Double(Int64(bitPattern: state) >> 11) / 0x1p52
    }
}

private let sizes = [1, 2, 3, 7, 8, 9, 17, 31, 33, 63, 64, 65, 66, 97, 127, 130, 200]

@Test(arguments: sizes, [1, 2, 3])
func productsOfRowsAreThoseOfAPlainProgramToTheBit(columns: Int, threads: Int) {
    let rows = 2 * columns + 37
    let features = numbers(rows * columns, seed: 88_172_645_463_325_252)
    let weights = numbers(rows, seed: 7).map(\.magnitude)
    let gram = WeightedGram(features: features, weights: weights, columns: columns).entries(threads: threads) { $2 }
    #expect(gram == Plain.gram(features, weights, columns: columns))
}

@Test(arguments: sizes, [1, 2, 3])
func factorsAreThoseOfAPlainProgramToTheBit(size: Int, threads: Int) throws {
    let features = numbers(2 * size * size, seed: 3)
    let matrix = Plain.gram(features, [Double](repeating: 1, count: 2 * size), columns: size)
    let b = numbers(size, seed: 11)
    let plain = try #require(Plain.cholesky(matrix, size: size))
    #expect(Cholesky(matrix, size: size, threads: threads)?.solve(b) == Plain.solve(plain, b))
    // Half as many rows as columns: no factor, however it is computed.
    let short = Plain.gram(features, [Double](repeating: 1, count: size / 2), columns: size)
    #expect(Plain.cholesky(short, size: size) == nil)
    #expect(Cholesky(short, size: size, threads: threads) == nil)
}

@Test(arguments: sizes + [513, 700], [1, 2, 3])
func tridiagonalFormsAreThoseOfAPlainProgramToTheBit(size: Int, threads: Int) {
    let half = numbers(size * size, seed: 5)
    var matrix = half
    for i in 0..<size { for j in 0..<i { matrix[i * size + j] = half[j * size + i] } }
    // A column that is in its place already, and one that is nothing but its diagonal.
    if size > 8 {
        for i in 5..<size { (matrix[3 * size + i], matrix[i * size + 3]) = (0, 0) }
        for i in 1..<size { (matrix[i], matrix[i * size]) = (0, 0) }
    }
    var reduction = TridiagonalReduction(matrix, size: size, threads: threads)
    let (diagonal, off) = reduction.result(), plain = Plain.tridiagonal(matrix, size: size)
    #expect(diagonal == plain.diagonal)
    #expect(off == plain.off)
}
