/// The spread of a fit over resamples of the trials.
struct BootstrapSpread {
    /// Ascending; only resamples with a fit.
    var exponents: [Double] = []
    var floors: [Double] = []
    /// Resamples without a fit.
    var failures = 0

    /// The percentile interval of one parameter, `nil` where resamples are lacking.
    static func interval(_ sorted: [Double], confidence: Double) -> Interval? {
        guard sorted.count >= 50 else { return nil }
        let tail = (1 - confidence) / 2
        return Interval(quantile(sorted, tail), quantile(sorted, 1 - tail))
    }

    /// Quantile at rank p (n + 1), interpolated, the ends beyond the first and last value (type 6 of Hyndman & Fan).
    static func quantile(_ sorted: [Double], _ p: Double) -> Double {
        let rank = p * Double(sorted.count + 1) - 1
        if rank <= 0 { return sorted[0] }
        if rank >= Double(sorted.count - 1) { return sorted[sorted.count - 1] }
        let below = Int(rank)
        return sorted[below] + (rank - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}

extension FitModel {
    /// Fits every resample of the plan. `responses` are the cells of `points`, in the same order.
    func resampled(
        _ responses: [[Double]], points: WeightedPoints, start: ParametricFit, plan: ResamplePlan
    ) -> BootstrapSpread {
        let resampled = ResampledMeans(responses, plan: plan)
        var refit = Refit(model: self, points: points, start: start)
        var means = Array(repeating: 0.0, count: points.count)
        var spread = BootstrapSpread()
        for resample in 0..<plan.resamples {
            resampled.means(of: resample, into: &means)
            guard let fit = refit.fit(means) else {
                spread.failures += 1
                continue
            }
            if hasExponent { spread.exponents.append(fit.exponent) }
            if hasFloor { spread.floors.append(fit.coefficients[0]) }
        }
        spread.exponents.sort()
        spread.floors.sort()
        return spread
    }

    func leastSquares(_ points: WeightedPoints) -> ParametricFit? {
        SeparableSearch(model: self).fit(points)
    }

    func values(_ fit: ParametricFit, at abscissae: [Abscissa]) -> [Double] {
        abscissae.map { fit.value(self, at: $0) }
    }
}
