import PortableMath

/// An eigenvalue of a symmetric matrix with its eigenvector, of length 1.
struct Eigenpair {
    let value: Double
    let vector: [Double]

    /// The most vectors of a basis: 8 kB for each thousand coordinates.
    private static let mostVectors = 400
    /// Steps without a basis, each of which takes a product, and one more for the eigenvector.
    private static let mostSteps = 16_000
    /// The residual |A v - theta v| over |theta| that is small enough. The eigenvalue's own error is at most the residual, and of
    /// the residual's square over the distance to the next one.
    private static let tolerance = 5e-9

    /// The largest eigenvalue by Lanczos's method with full reorthogonalisation, from a start that looks random (Golub & Van Loan,
    /// Matrix Computations, 4th ed., section 10.3), and where 400 vectors do not do, for others crowd below it, without any.
    ///
    /// Accuracy comes first: a relative 5e-9 of the residual, or 1e-14 of the largest magnitude of an eigenvalue, where rounding
    /// allows no more.
    ///
    /// - Parameter product: the matrix times a vector.
    /// - Returns: `nil` where a product is not finite, or where the residual stays larger.
    static func largest<Failure: Error>(
        dimension: Int, _ product: ([Double]) throws(Failure) -> [Double]
    ) throws(Failure) -> Eigenpair? {
        var words = SplitMix64(seed: 20_231_030)
        let start = (0..<dimension).map { _ in words.number() }
        guard let found = try orthogonal(start, product) else { return nil }
        return found.isAccurate ? found.pair : try crowded(start, product)
    }

    /// By the three-term recurrence alone, whose vectors need not be kept: among crowded eigenvalues thousands of steps are needed.
    ///
    /// The vectors lose their orthogonality once an eigenvalue has been found, and copies of it appear; the largest is as right as
    /// with it, and the residual is what the tridiagonal matrix says (Paige, Linear Algebra Appl. 34 (1980) 235). The eigenvector is
    /// put together in a second pass over the same vectors, and its residual is looked at.
    private static func crowded<Failure: Error>(
        _ start: [Double], _ product: ([Double]) throws(Failure) -> [Double]
    ) throws(Failure) -> Eigenpair? {
        var lanczos = Recurrence(start), matrix = TridiagonalMatrix(), next = mostVectors
        while matrix.diagonal.count < mostSteps {
            guard let rest = try lanczos.step(product, &matrix) else { return nil }
            let count = matrix.diagonal.count, scale = matrix.diagonal.isEmpty ? 0 : matrix.bound
            if count >= next || count == mostSteps || rest <= 1e-15 * scale {
                next = count + max(100, count / 8)
                let (value, weights) = matrix.largestEigenpair()
                let enough = max(tolerance * value.magnitude, 1e-14 * scale)
                if rest * weights[count - 1].magnitude <= enough {
                    return try assembled(start, weights, value, within: 2 * enough, product)
                }
                // An exact subspace holds no more.
                if rest <= 1e-15 * scale { return nil }
            }
            matrix.beside.append(rest)
        }
        return nil
    }

    /// The eigenvector of given weights; `nil` where its residual is larger.
    private static func assembled<Failure: Error>(
        _ start: [Double], _ weights: [Double], _ value: Double, within enough: Double,
        _ product: ([Double]) throws(Failure) -> [Double]
    ) throws(Failure) -> Eigenpair? {
        var lanczos = Recurrence(start), matrix = TridiagonalMatrix(), vector = [Double](repeating: 0, count: start.count)
        for (place, weight) in weights.enumerated() {
            add(weight, lanczos.vector, to: &vector)
            guard place + 1 < weights.count else { break }
            guard let rest = try lanczos.step(product, &matrix) else { return nil }
            matrix.beside.append(rest)
        }
        let length = norm(vector)
        vector = vector.map { $0 / length }
        var rest = try product(vector)
        add(-value, vector, to: &rest)
        return norm(rest) <= enough ? Eigenpair(value: value, vector: vector) : nil
    }

    private static func orthogonal<Failure: Error>(
        _ start: [Double], _ product: ([Double]) throws(Failure) -> [Double]
    ) throws(Failure) -> (pair: Eigenpair, isAccurate: Bool)? {
        let most = min(start.count, mostVectors), length = norm(start)
        var basis = [start.map { $0 / length }]
        var matrix = TridiagonalMatrix()
        while true {
            let last = basis.count - 1
            var next = try product(basis[last])
            matrix.diagonal.append(dot(next, basis[last]))
            // Twice is enough (Giraud, Langou & Rozložník, Numer. Math. 101 (2005) 87).
            for _ in 0..<2 { for vector in basis { add(-dot(next, vector), vector, to: &next) } }
            let rest = norm(next)
            guard matrix.diagonal[last].isFinite, rest.isFinite else { return nil }
            let scale = matrix.bound, isWhole = basis.count == most || rest <= 1e-15 * scale
            // Looked at often at first, where few products may do.
            if isWhole || basis.count < 16 || basis.count % 8 == 0 {
                let (value, weights) = matrix.largestEigenpair()
                let residual = rest * weights[last].magnitude
                let isAccurate = residual <= max(tolerance * value.magnitude, 1e-14 * scale) || basis.count == start.count
                    || rest <= 1e-15 * scale
                if isAccurate && basis.count > 1 || isWhole {
                    var vector = [Double](repeating: 0, count: start.count)
                    for (weight, one) in zip(weights, basis) { add(weight, one, to: &vector) }
                    let length = norm(vector)
                    return (Eigenpair(value: value, vector: vector.map { $0 / length }), isAccurate)
                }
            }
            matrix.beside.append(rest)
            basis.append(next.map { $0 / rest })
        }
    }
}

/// Lanczos's vectors, one after the other.
private struct Recurrence {
    private(set) var vector: [Double]
    private var before: [Double]
    private var coupling = 0.0

    init(_ start: [Double]) {
        let length = norm(start)
        vector = start.map { $0 / length }
        before = [Double](repeating: 0, count: start.count)
    }

    /// Goes on to the next vector. Returns the length of what is left of the product, `nil` where it is not finite.
    mutating func step<Failure: Error>(
        _ product: ([Double]) throws(Failure) -> [Double], _ matrix: inout TridiagonalMatrix
    ) throws(Failure) -> Double? {
        var next = try product(vector)
        add(-coupling, before, to: &next)
        let along = dot(next, vector)
        add(-along, vector, to: &next)
        coupling = norm(next)
        guard along.isFinite, coupling.isFinite else { return nil }
        matrix.diagonal.append(along)
        (before, vector) = (vector, next.map { $0 / coupling })
        return coupling
    }
}

/// A symmetric matrix with numbers on the diagonal and beside it.
struct TridiagonalMatrix {
    var diagonal: [Double] = []
    /// One fewer.
    var beside: [Double] = []

    /// No eigenvalue is larger in magnitude (Gershgorin).
    var bound: Double {
        diagonal.indices.reduce(0) { largest, i in
            max(largest, diagonal[i].magnitude + (i > 0 ? beside[i - 1] : 0) + (i < beside.count ? beside[i] : 0))
        }
    }

    /// The largest eigenvalue by bisection with Sturm's count, and its eigenvector by inverse iteration.
    func largestEigenpair() -> (value: Double, vector: [Double]) {
        let n = diagonal.count
        if n == 1 { return (diagonal[0], [1]) }
        var low = -bound, high = bound
        if high == 0 { return (0, [1] + [Double](repeating: 0, count: n - 1)) }
        while true {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { break }
            if isAbove(middle) { low = middle } else { high = middle }
        }
        let value = high
        // A shift that is nearly an eigenvalue gives its vector in two solutions.
        var vector = (0..<n).map { 1 + Double($0 % 7) / 64 }
        for _ in 0..<3 {
            vector = solved(shift: value, vector)
            let length = norm(vector)
            vector = vector.map { $0 / length }
        }
        return (value, vector)
    }

    /// Whether an eigenvalue is above a number.
    private func isAbove(_ number: Double) -> Bool {
        let tiny = bound * 1e-300 + .leastNormalMagnitude
        var pivot = diagonal[0] - number
        if pivot > 0 { return true }
        for i in 1..<diagonal.count {
            if pivot.magnitude < tiny { pivot = -tiny }
            pivot = diagonal[i] - number - beside[i - 1] * beside[i - 1] / pivot
            if pivot > 0 { return true }
        }
        return false
    }

    /// (T - shift)^-1 b by elimination with exchanges of neighbouring rows.
    private func solved(shift: Double, _ b: [Double]) -> [Double] {
        let n = diagonal.count, least = bound * 0x1p-52
        var main = diagonal.map { $0 - shift }, above = beside + [0], second = [Double](repeating: 0, count: n), b = b
        for i in 0..<n - 1 {
            var below = beside[i]
            if below.magnitude > main[i].magnitude {
                swap(&below, &main[i])
                (above[i], main[i + 1]) = (main[i + 1], above[i])
                if i + 1 < n - 1 { (second[i], above[i + 1]) = (above[i + 1], second[i]) }
                b.swapAt(i, i + 1)
            }
            if main[i] == 0 { main[i] = least }
            let factor = below / main[i]
            main[i + 1] -= factor * above[i]
            above[i + 1] -= factor * second[i]
            b[i + 1] -= factor * b[i]
        }
        if main[n - 1].magnitude < least { main[n - 1] = least }
        for i in (0..<n).reversed() {
            if i + 1 < n { b[i] -= above[i] * b[i + 1] }
            if i + 2 < n { b[i] -= second[i] * b[i + 2] }
            b[i] /= main[i]
        }
        return b
    }
}
