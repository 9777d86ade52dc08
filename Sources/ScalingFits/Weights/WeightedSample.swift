/// What a group's fits see: per-trial responses, their means, and a weight for each point.
///
/// Weights follow the points' own variances, also where random numbers are common (working independence, as in
/// generalised estimating equations, Liang & Zeger 1986): estimates are unbiased whatever the correlation, and
/// intervals and tests get it from the trials. Weights by an inverse joint covariance would be more precise where the
/// model holds and run past the points where it is a little wrong (Peelle's pertinent puzzle), which is the rule here.
struct WeightedSample {
    /// Per point and trial, all of the same length.
    var responses: [[Double]]
    /// The mean of each point's responses.
    var means: [Double]
    /// The standard error of each mean; positive.
    var errors: [Double]
    /// One over the smoothed variance of each mean.
    var weights: [Double]
    /// Degrees of freedom of a point's own variance (`VarianceFreedom`), the median over points.
    var freedom: Double
    /// Whether the trials of all points belong together.
    var isJoint: Bool
    /// Means of resampled trials; `nil` without scatter.
    var resamples: ResampledMeans?

    var trials: Int { responses.first?.count ?? 0 }

    func selecting(_ indices: [Int]) -> WeightedSample {
        guard indices.count < means.count else { return self }
        return WeightedSample(
            responses: indices.map { responses[$0] }, means: indices.map { means[$0] },
            errors: indices.map { errors[$0] }, weights: indices.map { weights[$0] }, freedom: freedom, isJoint: isJoint,
            resamples: resamples?.selecting(indices))
    }
}

extension WeightedSample {
    /// Weights by variances shrunk towards their trend (see `VarianceTrend`).
    init(_ data: GroupData, isJoint: Bool, plan: ResamplePlan?) {
        let deviations = Scatter.deviations(data)
        let kurtosis = zip(data.responses, zip(data.means, deviations)).map { column, moments in
            Self.kurtosis(column, mean: moments.0, deviation: moments.1)
        }
        let guide = PilotFit.guide(data)
        let trend = VarianceTrend(
            deviations: deviations, kurtosis: kurtosis, means: data.means, trials: data.trials, guide: guide)
        let trials = Double(max(1, data.trials))
        self.init(
            responses: data.responses, means: data.means, errors: deviations.map { $0 / trials.squareRoot() },
            weights: trend.smoothed(deviations).map { trials / ($0 * $0) },
            freedom: data.responses.map(VarianceFreedom.of).sorted()[data.count / 2], isJoint: isJoint,
            resamples: plan.map { ResampledMeans(data.responses, plan: $0, isJoint: isJoint) })
    }

    private static func kurtosis(_ column: [Double], mean: Double, deviation: Double) -> Double {
        let fourth = column.reduce(0) { sum, value in
            let square = (value - mean) * (value - mean)
            return sum + square * square
        }
        let square = deviation * deviation
        return square > 0 ? fourth / (Double(column.count) * square * square) : 3
    }

    /// Means that count in relative terms, with nothing known of their error.
    static func withoutScatter(_ data: GroupData) -> WeightedSample {
        let magnitudes = Scatter.magnitudes(data)
        return WeightedSample(
            responses: data.responses, means: data.means, errors: magnitudes,
            weights: magnitudes.map { 1 / ($0 * $0) }, freedom: 1, isJoint: false, resamples: nil)
    }
}

/// Sums over trials.
enum TrialSums {
    /// Σ a b in four partial sums, in a fixed order.
    static func product(_ a: [Double], _ b: [Double]) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var sums = SIMD4<Double>.zero
                let whole = a.count / 4 * 4
                for start in stride(from: 0, to: whole, by: 4) {
                    let first = SIMD4<Double>(a[start], a[start + 1], a[start + 2], a[start + 3])
                    let second = SIMD4<Double>(b[start], b[start + 1], b[start + 2], b[start + 3])
                    sums += first * second
                }
                var sum = sums.orderedSum
                for index in whole..<a.count { sum += a[index] * b[index] }
                return sum
            }
        }
    }
}
