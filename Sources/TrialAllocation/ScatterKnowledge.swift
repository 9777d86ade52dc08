import ScalingFits

/// How well the variance of an estimate is known that its interval is made of.
///
/// An interval that is short because its variance came out too small is found short too early, the more so the less is known of the
/// variance. For an estimate that moves by a_i with the mean of cell i, whose trials are y_it, the variance is the sum of the squares of
/// u = a_i (y_it - mean_i)/n_i over all trials, added up first over cells that see the same noise; and the relative variance of that sum is
/// about (sum u⁴ - (sum u²)²/n)/(sum u²)², 2/(n - 1) for normal trials and (kurtosis - 1)/n for a single cell. It goes with one over the
/// trials.
///
/// An exponent or a crossing counts as known when its interval is short enough *and* this is at most `most`: the deviation is then known
/// to 5 %, as by 200 degrees of freedom. scripts/stopping-program measures what becomes of intervals without and with it.
enum ScatterKnowledge {
    /// The largest relative variance of a variance.
    static let most = 0.01

    /// - Parameters:
    ///   - responses: by cell, in trial order.
    ///   - areShared: whether trials of the same number see the same noise.
    static func relativeVariance(_ responses: [[Double]], influences: [Double], areShared: Bool) -> Double {
        var parts = zip(responses, influences).map { responses, influence -> [Double] in
            let moments = CellMoments(responses)
            return responses.map { $0.isFinite ? influence * ($0 - moments.mean) / Double(max(1, moments.count)) : 0 }
        }
        if areShared {
            var sum = [Double](repeating: 0, count: parts.map(\.count).max() ?? 0)
            for part in parts { for (trial, value) in part.enumerated() { sum[trial] += value } }
            parts = [sum]
        }
        var (variance, spread) = (0.0, 0.0)
        for part in parts {
            let squares = part.map { $0 * $0 }, sum = squares.reduce(0, +)
            variance += sum
            spread += squares.reduce(0) { $0 + $1 * $1 } - sum * sum / Double(max(1, part.count))
        }
        return variance > 0 ? spread / (variance * variance) : 0
    }

    /// The same from the degrees of freedom of independent parts of a variance, 2/relative variance of each.
    static func relativeVariance(parts: [Double], freedoms: [Double]) -> Double {
        let variance = parts.reduce(0, +)
        return variance > 0 ? zip(parts, freedoms).reduce(0) { $0 + $1.0 * $1.0 * 2 / $1.1 } / (variance * variance) : 0
    }

    /// What is said of an estimate that is precise enough by a variance that is not known well enough.
    static func figure(_ relativeVariance: Double) -> String {
        "its scatter is known to \(Figures.significant(50 * relativeVariance.squareRoot(), 2)) %, "
            + "\(Figures.significant(50 * most.squareRoot(), 2)) % is needed"
    }
}
