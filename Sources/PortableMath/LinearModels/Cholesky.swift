/// The factor L of a symmetric positive definite matrix A = L L^T.
struct Cholesky {
    private let size: Int
    /// Row by row; the upper part is not used.
    private var factor: [Double]

    /// `nil` where the matrix is not positive definite to working precision.
    init?(_ matrix: [Double], size: Int) {
        self.size = size
        factor = matrix
        for j in 0..<size {
            for i in j..<size {
                var sum = matrix[i * size + j]
                for k in 0..<j { sum -= factor[i * size + k] * factor[j * size + k] }
                if i > j {
                    factor[i * size + j] = sum / factor[j * size + j]
                } else {
                    // What is left of the diagonal must stand out of its rounding.
                    guard sum > 1e-14 * matrix[j * size + j] else { return nil }
                    factor[j * size + j] = sum.squareRoot()
                }
            }
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
