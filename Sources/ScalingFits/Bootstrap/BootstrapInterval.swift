/// How an interval is read from resamples.
package enum IntervalMethod: String, Sendable, Hashable, CaseIterable {
    /// Bias-corrected and accelerated (Efron 1987): second-order correct also for skewed estimates.
    case bca
    case percentile
}

/// An interval from the estimates of resampled trials.
///
/// Resampling R trials understates their variance by (R - 1)/R and knows nothing of Student; both are made good by
/// reading the quantiles further out (the expanded percentile interval of Hesterberg 2015). So is what each trial draws
/// of the p parameters to itself, by the factor R/(R - p) of HC3 (MacKinnon & White 1985).
struct BootstrapInterval {
    let method: IntervalMethod
    /// Student's t, stretched: what a normal quantile would be for many trials.
    let reach: Double

    /// - Parameters:
    ///   - freedom: degrees of freedom of the estimate's variance.
    ///   - trials: R, at least 2.
    ///   - parameters: p of the fit.
    init(method: IntervalMethod, confidence: Double, freedom: Double, trials: Int, parameters: Int) {
        self.method = method
        let student = StudentT(freedom: max(1, freedom)).quantile(confidence: confidence)
        let (all, spare) = (Double(trials), Double(max(trials - parameters, (trials + 1) / 2)))
        reach = student * (all / max(1, all - 1)).squareRoot() * all / spare
    }

    /// `nil` where resamples are lacking.
    ///
    /// - Parameters:
    ///   - resamples: the estimates, in any order.
    ///   - acceleration: a sixth of the skewness of the estimate's influence on trials.
    func interval(_ resamples: [Double], estimate: Double, acceleration: Double) -> Interval? {
        guard resamples.count >= 50, estimate.isFinite else { return nil }
        let sorted = resamples.sorted()
        guard method == .bca else {
            return Interval(Self.quantile(sorted, Normal.cumulative(-reach)), Self.quantile(sorted, Normal.cumulative(reach)))
        }
        let below = sorted.reduce(0.0) { $0 + ($1 < estimate ? 1 : ($1 == estimate ? 0.5 : 0)) }
        // Half a resample keeps an estimate at the end of the resamples finite.
        let share = min(max(below, 0.5), Double(sorted.count) - 0.5) / Double(sorted.count)
        let bias = Normal.quantile(share)
        func level(_ reach: Double) -> Double {
            let shifted = bias + reach
            let stretch = 1 - acceleration * shifted
            return Normal.cumulative(bias + shifted / max(stretch, 0.1))
        }
        return Interval(Self.quantile(sorted, level(-reach)), Self.quantile(sorted, level(reach)))
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
