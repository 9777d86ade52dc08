import PortableMath

/// What is kept of a trajectory's point: statistics over the trials of a cell.
///
/// Made from the values in trial order once all trials of the cell are there, so that neither threads, blocks, shards
/// nor interruptions can change a bit of it.
public struct CurveSummary: Sendable, Equatable {
    /// The recorded quantiles.
    public static let probabilities = [0.05, 0.25, 0.5, 0.75, 0.95]

    /// Stored numbers of a summary: count, mean, standard error, median and the quantiles.
    public static let numberCount = 4 + probabilities.count

    /// Trials with a value: those that had not diverged.
    public let count: Int
    /// NaN without a trial.
    public let mean: Double
    /// Standard error of the mean; NaN with fewer than two trials.
    public let standardError: Double
    /// At `probabilities`, by linear interpolation between order statistics (Hyndman & Fan's type 7, NumPy's default).
    public let quantiles: [Double]

    public var median: Double { quantiles[Self.probabilities.count / 2] }

    /// - Parameter values: one value per trial, in trial order; NaN marks a diverged one.
    public init(_ values: some Sequence<Double>) {
        let present = values.filter { !$0.isNaN }
        count = present.count
        if present.allSatisfy(\.isFinite) {
            let moments = Moments(present)
            mean = moments.mean
            standardError = moments.standardError
        } else {
            mean = present.reduce(0, +)
            standardError = .nan
        }
        let sorted = present.sorted()
        quantiles = Self.probabilities.map { Self.quantile(of: sorted, at: $0) }
    }

    private static func quantile(of sorted: [Double], at probability: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let place = probability * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return last }
        let fraction = place - Double(below)
        return sorted[below] + fraction * (sorted[below + 1] - sorted[below])
    }
}
