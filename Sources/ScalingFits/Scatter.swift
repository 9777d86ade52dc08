/// The standard deviation that each mean is allowed in a fit.
///
/// A mean and its standard error, estimated from the same trials, go up and down together when responses are skewed,
/// as squared distances are: weights 1/se² favour the means that happen to be low, and floors come out too small by
/// about a standard error. The *relative* standard error does not have this fault (for gamma responses it is exactly
/// independent of the mean, Lukacs 1955). So sd_i = (se_i / mean_i) g_i, with g_i the value of a first fit where that
/// agrees with the mean within four standard errors, and the mean itself elsewhere.
///
/// With common random numbers the means are correlated; the weights of the point estimate use the variances only.
/// The bootstrap resamples whole trials and so carries the correlation into the intervals.
enum Scatter {
    case statistical
    /// Trials agree, or there is one per cell: points weigh equally in relative terms, nothing is known of the error.
    case none

    /// Standard deviations of all points for the first fit.
    func pilot(_ data: GroupData) -> [Double] {
        switch self {
        case .statistical: Self.flooredErrors(data)
        case .none: Self.magnitudes(data)
        }
    }

    /// Standard deviations once a first fit says what the responses are. Means that are not all positive have no
    /// relative error; they keep their own.
    func refined(_ data: GroupData, guide: [Double]) -> [Double] {
        let pilot = pilot(data)
        guard case .statistical = self, data.means.allSatisfy({ $0 > 0 }) else { return pilot }
        return data.means.indices.map { index in
            let mean = data.means[index]
            let relative = pilot[index] / mean
            let agreement = 1 + 4 * relative
            let value = min(max(guide[index], mean / agreement), mean * agreement)
            return relative * value
        }
    }

    /// Standard errors; a cell whose trials agree by chance or saturation gets the smallest relative error of the
    /// others, or it would outweigh them all.
    private static func flooredErrors(_ data: GroupData) -> [Double] {
        let relative = data.means.indices.compactMap { index -> Double? in
            let ratio = data.standardErrors[index] / abs(data.means[index])
            return ratio > 1e-12 && ratio.isFinite ? ratio : nil
        }
        let smallest = relative.min() ?? 1
        let leastError = data.standardErrors.filter { $0 > 0 }.min() ?? 1
        return data.means.indices.map { index in
            let error = data.standardErrors[index]
            let magnitude = abs(data.means[index])
            if error > 1e-12 * magnitude, error > 0 { return error }
            return magnitude > 0 ? smallest * magnitude : leastError
        }
    }

    /// Magnitudes of the responses, so that residuals count in relative terms. At x = 0 and for zeros the smallest
    /// other magnitude: what lies below everything else that was measured is no evidence of a floor.
    private static func magnitudes(_ data: GroupData) -> [Double] {
        let others = data.x.indices.filter { data.x[$0] != 0 && data.means[$0] != 0 }.map { abs(data.means[$0]) }
        let smallest = others.min() ?? 1
        return data.x.indices.map { index in
            let magnitude = abs(data.means[index])
            return data.x[index] == 0 || magnitude == 0 ? max(magnitude, smallest) : magnitude
        }
    }
}
