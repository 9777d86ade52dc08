/// The means of a group's cells with their intervals, whatever law may or may not describe them.
enum MeasuredPoints {
    /// Ascending by x; `fitted` and `band` are `nil`.
    ///
    /// - Parameter hasIntervals: whether there are enough trials for any.
    static func of(_ data: GroupData, scatter: Scatter, hasIntervals: Bool, options: FitOptions) -> [FittedPoint] {
        let isStatistical = if case .statistical = scatter { true } else { false }
        return data.x.indices.map { index in
            FittedPoint(
                x: data.x[index], mean: data.means[index], standardError: isStatistical ? data.standardErrors[index] : nil,
                interval: isStatistical && hasIntervals ? interval(data, index, options) : nil, fitted: nil, cell: data.cells[index])
        }
    }

    private static func interval(_ data: GroupData, _ index: Int, _ options: FitOptions) -> Interval {
        let (mean, error) = (data.means[index], data.standardErrors[index])
        if case .within = options.summary {
            return Wilson.interval(share: mean, trials: data.counts[index], confidence: options.confidence)
        }
        let freedom = max(1, VarianceFreedom.of(data.responses[index]))
        let reach = error > 0 ? StudentT(freedom: freedom).quantile(confidence: options.confidence) * error : 0
        return Interval(mean - reach, mean + reach)
    }
}

/// Wilson's score interval of a share (1927): inside [0, 1], and of the right width also at its ends.
enum Wilson {
    static func interval(share: Double, trials: Int, confidence: Double) -> Interval {
        let z = Normal.quantile(0.5 + confidence / 2)
        let n = Double(trials)
        let center = share + z * z / (2 * n)
        let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        let width = 1 + z * z / n
        return Interval(share <= 0 ? 0 : (center - reach) / width, share >= 1 ? 1 : (center + reach) / width)
    }
}
