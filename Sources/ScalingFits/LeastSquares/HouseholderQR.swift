/// Householder QR of a tall matrix whose columns are first brought near unit size by powers of two.
///
/// Goals in this order: accuracy on badly conditioned polynomials (NIST's Filip), the same bits everywhere, few
/// lines. Golub & Van Loan, "Matrix Computations", 5.2 and 5.3.
struct HouseholderQR {
    let rows: Int
    let columns: Int
    /// Column-major: R above the diagonal, the reflectors on and below it.
    private var packed: [Double]
    /// R's diagonal; 0 where a column depends on those before it.
    private(set) var diagonal: [Double]
    /// 2 / v.v of each reflector v; 0 for a column that needed none.
    private var factors: [Double]
    /// The power of two that each column was divided by: the factorisation is of A / scales.
    let scales: [Double]

    /// - Parameter matrix: column-major, rows >= columns >= 1.
    init(_ matrix: [Double], rows: Int, columns: Int) {
        precondition(matrix.count == rows * columns && rows >= columns && columns >= 1)
        self.rows = rows
        self.columns = columns
        packed = matrix
        diagonal = Array(repeating: 0, count: columns)
        factors = diagonal
        var scales = diagonal
        for column in 0..<columns {
            scales[column] = Self.powerOfTwo(near: matrix[column * rows..<(column + 1) * rows])
            for row in 0..<rows { packed[column * rows + row] /= scales[column] }
        }
        self.scales = scales
        let length = rows
        packed.withUnsafeMutableBufferPointer { packed in
            for column in 0..<columns {
                let tail = length - column
                let vector = UnsafeMutableBufferPointer(rebasing: packed[column * length + column..<(column + 1) * length])
                (diagonal[column], factors[column]) = Self.makeReflector(vector)
                for other in stride(from: column + 1, to: columns, by: 1) {
                    let start = other * length + column
                    let target = UnsafeMutableBufferPointer(rebasing: packed[start..<start + tail])
                    Self.reflect(target, by: UnsafeBufferPointer(vector), factor: factors[column])
                }
            }
        }
    }

    private static func powerOfTwo(near column: ArraySlice<Double>) -> Double {
        let largest = column.reduce(0) { max($0, $1.magnitude) }
        return largest > 0 && largest.isFinite ? largest.binade : 1
    }

    /// Turns x into v = x - alpha e1 with |alpha| = |x| and the sign that avoids cancellation; gives alpha, 2 / v.v.
    private static func makeReflector(_ x: UnsafeMutableBufferPointer<Double>) -> (alpha: Double, factor: Double) {
        var squares = 0.0
        for value in x { squares += value * value }
        let norm = squares.squareRoot()
        guard norm > 0 else { return (0, 0) }
        let alpha = x[0] > 0 ? -norm : norm
        x[0] -= alpha
        return (alpha, -1 / (alpha * x[0]))
    }

    /// target -= factor (v.target) v
    private static func reflect(
        _ target: UnsafeMutableBufferPointer<Double>, by v: UnsafeBufferPointer<Double>, factor: Double
    ) {
        guard factor != 0 else { return }
        var projection = 0.0
        for row in v.indices { projection += v[row] * target[row] }
        projection *= factor
        for row in v.indices { target[row] -= projection * v[row] }
    }

    private func apply(_ order: some Sequence<Int>, to vector: [Double]) -> [Double] {
        var result = vector
        result.withUnsafeMutableBufferPointer { result in
            packed.withUnsafeBufferPointer { packed in
                for column in order {
                    let v = UnsafeBufferPointer(rebasing: packed[column * rows + column..<(column + 1) * rows])
                    Self.reflect(UnsafeMutableBufferPointer(rebasing: result[column...]), by: v, factor: factors[column])
                }
            }
        }
        return result
    }

    /// Q^T b, all `rows` entries.
    func transposeTimes(_ b: [Double]) -> [Double] { apply(0..<columns, to: b) }

    /// Q c.
    func times(_ c: [Double]) -> [Double] { apply((0..<columns).reversed(), to: c) }

    /// Entry of R, row <= column.
    func r(_ row: Int, _ column: Int) -> Double {
        row == column ? diagonal[row] : packed[column * rows + row]
    }

    /// Whether a column is a combination of those before it, to working precision.
    var isRankDeficient: Bool {
        let largest = diagonal.reduce(0) { max($0, $1.magnitude) }
        return !diagonal.allSatisfy { $0.magnitude > largest * 0x1p-52 }
    }

    /// x with R x = c (the first `columns` entries of `c`), for the scaled columns.
    func solveUpper(_ c: [Double]) -> [Double] {
        var x = Array(c[..<columns])
        for row in stride(from: columns - 1, through: 0, by: -1) {
            for column in stride(from: row + 1, to: columns, by: 1) { x[row] -= r(row, column) * x[column] }
            x[row] /= diagonal[row]
        }
        return x
    }

    /// x with R^T x = c, for the scaled columns.
    func solveLower(_ c: [Double]) -> [Double] {
        var x = Array(c[..<columns])
        for row in 0..<columns {
            for column in 0..<row { x[row] -= r(column, row) * x[column] }
            x[row] /= diagonal[row]
        }
        return x
    }
}
