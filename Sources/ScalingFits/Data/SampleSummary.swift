/// What is said of a cell's finished trials. All values are NaN for an empty sample.
package struct SampleSummary: Sendable, Equatable {
    package let count: Int
    /// Compensated sum in trial order over count.
    package let mean: Double
    /// Standard error of the mean; NaN for fewer than two values.
    package let standardError: Double
    private let sorted: [Double]

    /// - Parameter values: in trial order; what is not finite is left out.
    package init(_ values: [Double]) {
        let finished = values.filter(\.isFinite)
        count = finished.count
        sorted = finished.sorted()
        let (mean, error) = finished.isEmpty ? (.nan, .nan) : GroupData.meanAndError(finished)
        self.mean = mean
        standardError = finished.count > 1 ? error : .nan
    }

    /// Of values in ascending order, which may end with infinities; only quantiles mean something.
    init(sorted: [Double]) {
        self.sorted = sorted
        (count, mean, standardError) = (sorted.count, .nan, .nan)
    }

    package var minimum: Double { sorted.first ?? .nan }
    package var maximum: Double { sorted.last ?? .nan }
    package var median: Double { quantile(0.5) }

    /// The quantile at rank p (n - 1), interpolated, p in [0, 1]: NumPy's and R's default (type 7 of Hyndman & Fan).
    package func quantile(_ p: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let rank = p * Double(sorted.count - 1)
        let below = Int(rank)
        guard below + 1 < sorted.count else { return last }
        let share = rank - Double(below)
        return share == 0 ? sorted[below] : sorted[below] + share * (sorted[below + 1] - sorted[below])
    }
}

extension SampleSummary {
    /// Student's t interval of the mean; a point where all values are the same, `nil` for fewer than two.
    package func interval(confidence: Double) -> Interval? {
        guard count > 1 else { return nil }
        if minimum == maximum { return Interval(minimum, minimum) }
        let arm = StudentT(freedom: Double(count - 1)).quantile(confidence: confidence) * standardError
        return Interval(mean - arm, mean + arm)
    }
}
