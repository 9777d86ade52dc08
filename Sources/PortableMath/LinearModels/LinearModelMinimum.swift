import WorkerThreads

/// Where a linear model is smallest, and how curved it is.
public struct LinearModelMinimum: Sendable, Equatable {
    public let minimiser: [Double]
    public let value: Double
    /// |grad f(x*)| / |grad f(0)|.
    public let relativeGradientNorm: Double
    /// The least Lipschitz constant of the gradient that holds everywhere: lambda_max(A^T A/n) c + l2, c being the largest
    /// curvature of the loss: 1/4 for the logistic one and 1 for least squares.
    public let smoothness: Double
    /// The largest constant of strong convexity that holds everywhere: lambda_min(A^T A/n) c + l2, c being the least
    /// curvature of the loss: 0 for the logistic one, whose curvature fades, and 1 for least squares.
    public let strongConvexity: Double

    public init(
        minimiser: [Double], value: Double, relativeGradientNorm: Double, smoothness: Double, strongConvexity: Double
    ) {
        self.minimiser = minimiser
        self.value = value
        self.relativeGradientNorm = relativeGradientNorm
        self.smoothness = smoothness
        self.strongConvexity = strongConvexity
    }
}

extension LinearModelMinimum {
    /// How long finding one takes on this machine, roughly: ten matrices of products of rows, and the ends of the spectrum,
    /// for which the matrix goes through memory once a column, besides reading and standardising. Rates of one core of 2023.
    public static func expectedSeconds(rows: Int, columns: Int) -> Double {
        let rows = Double(rows), columns = Double(columns), cores = Double(WorkerThreads.processorCount)
        return 10 * rows * columns * columns / 2 / (3.4e9 * cores) + columns * columns * columns / 3e9 + rows * columns / 4e6
    }
}

/// Why a linear model has no minimiser that can be told.
public enum LinearModelError: Error, Equatable, CustomStringConvertible {
    case notStronglyConvex
    case overflow
    case notConverged(relativeGradientNorm: Double)

    public var description: String {
        switch self {
        case .notStronglyConvex:
            "the objective has no unique minimiser: its columns depend on each other or its classes can be separated. "
                + "Give l2 > 0"
        case .overflow:
            "the curvature is beyond double precision: the columns' squares are too large. Standardise them or give them "
                + "in other units"
        case .notConverged(let norm):
            "the minimiser was found only to a relative gradient norm of \(norm): the columns are too different in size "
                + "or nearly dependent. Standardise them or give a larger l2"
        }
    }
}

extension LinearModel {
    /// Wished for; Newton's method goes on until it is reached or rounding stops it.
    private static let goal = 1e-14
    /// Beyond this a minimiser is none.
    private static let tolerance = 1e-11

    /// The minimiser by Newton's method with step halving, from 0; same bits on every machine.
    public func minimum() throws -> LinearModelMinimum {
        var x = [Double](repeating: 0, count: columns)
        var gradient = gradient(x)
        let scale = Self.norm(gradient)
        guard scale.isFinite else { throw LinearModelError.overflow }
        if scale > 0 {
            for _ in 0..<100 where Self.norm(gradient) > Self.goal * scale {
                let hessian = hessian(x)
                guard hessian.allSatisfy(\.isFinite) else { throw LinearModelError.overflow }
                guard let direction = Cholesky(hessian, size: columns)?.solve(gradient) else {
                    throw LinearModelError.notStronglyConvex
                }
                let next = step(from: x, along: direction, gradient)
                let nextGradient = self.gradient(next)
                // No progress: rounding has the last word.
                if Self.norm(nextGradient) >= Self.norm(gradient), Self.norm(gradient) < Self.tolerance * scale { break }
                (x, gradient) = (next, nextGradient)
            }
        }
        let relative = scale > 0 ? Self.norm(gradient) / scale : 0
        guard relative <= Self.tolerance else { throw LinearModelError.notConverged(relativeGradientNorm: relative) }
        guard let ends = curvatureEnds() else { throw LinearModelError.overflow }
        guard ends.strongConvexity > 0 else { throw LinearModelError.notStronglyConvex }
        return LinearModelMinimum(
            minimiser: x, value: value(x), relativeGradientNorm: relative, smoothness: ends.smoothness,
            strongConvexity: ends.strongConvexity)
    }

    /// Whether a minimum that was found earlier is that of this model: f and the gradient there have the bits that were
    /// noted. Costs a look at the data, where finding it costs matrices.
    public func confirms(_ minimum: LinearModelMinimum) -> Bool {
        guard minimum.minimiser.count == columns, minimum.relativeGradientNorm <= Self.tolerance else { return false }
        let scale = Self.norm(gradient([Double](repeating: 0, count: columns)))
        let relative = scale > 0 ? Self.norm(gradient(minimum.minimiser)) / scale : 0
        return relative == minimum.relativeGradientNorm && value(minimum.minimiser) == minimum.value
    }

    /// x - t direction with the first t of 1, 1/2, … that lowers f as much as Armijo asks; the full step near the end,
    /// where values no longer tell.
    private func step(from x: [Double], along direction: [Double], _ gradient: [Double]) -> [Double] {
        let slope = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
        let start = value(x)
        var length = 1.0
        while length > 0x1p-30 {
            let next = zip(x, direction).map { $0 - length * $1 }
            if slope * length < 1e-12 * abs(start) || value(next) <= start - 1e-4 * length * slope { return next }
            length /= 2
        }
        return x
    }

    /// `nil` where they are beyond double precision.
    private func curvatureEnds() -> (smoothness: Double, strongConvexity: Double)? {
        let bare = LinearModel(loss: loss, features: features, targets: targets, columns: columns, l2: 0)
        guard let ends = SymmetricEigenvalues.ends(bare.curvature(weights: targets.map { _ in 1 }), size: columns) else {
            return nil
        }
        // Rounding may leave a singular matrix slightly below or above 0.
        let smallest = ends.smallest <= 1e-13 * ends.largest ? 0 : ends.smallest
        let bounds = loss.curvatureBounds
        return (ends.largest * bounds.upperBound + l2, smallest * bounds.lowerBound + l2)
    }

    /// |v|, scaled by a power of two so that squares neither overflow nor fade; not finite where v is not.
    private static func norm(_ v: [Double]) -> Double {
        let largest = v.reduce(0) { $1.isNaN || $1.magnitude > $0 ? $1.magnitude : $0 }
        guard largest.isFinite, largest > 0 else { return largest }
        let scale = Double(sign: .plus, exponent: largest.exponent, significand: 1)
        return scale * CompensatedSum.of(v.lazy.map { $0 / scale * ($0 / scale) }).squareRoot()
    }
}
