/// Standard deviations of single responses, shrunk towards a trend along the points.
///
/// With skewed responses a variance from 64 trials is known to no better than 40 %, and weights 1/variance of that
/// quality waste a third of the data. Variances of neighbouring cells resemble each other: their logarithms are shrunk
/// towards a straight line in the point's rank, by as much as their own sampling error explains of the deviations
/// (empirical Bayes as in Smyth 2004). Where means are positive, relative variances are shrunk and multiplied by what
/// a first fit says of the mean: a mean and its standard error from the same trials go up and down together, and
/// weights 1/se² would favour the means that happen to be low.
struct VarianceTrend {
    /// What a standard deviation is divided by before it is compared with its neighbours; ones for absolute ones.
    private let units: [Double]
    /// What it is multiplied by afterwards.
    private let guide: [Double]
    /// 0: every point's own; 1: the trend.
    let shrinkage: Double

    /// - Parameters:
    ///   - deviations: standard deviation of each point's responses over all trials, positive.
    ///   - kurtosis: fourth moment over squared variance of each point's responses.
    ///   - guide: fitted means of positive responses; `nil` for absolute deviations.
    init(deviations: [Double], kurtosis: [Double], means: [Double], trials: Int, guide: [Double]?) {
        units = guide == nil ? means.map { _ in 1 } : means
        self.guide = guide ?? units
        let logs = zip(deviations, units).map { 2 * logarithm($0 / $1) }
        let noise = kurtosis.reduce(0) { $0 + max($1 - 1, 0.5) } / Double(max(1, kurtosis.count * trials))
        let freedom = Double(logs.count - 2)
        guard freedom > 0 else {
            shrinkage = 0
            return
        }
        let trend = Self.line(logs)
        let spread = zip(logs, trend).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / freedom
        shrinkage = spread > noise ? noise / spread : 1
    }

    /// The shrunk standard deviations for deviations estimated from some of the trials.
    func smoothed(_ deviations: [Double]) -> [Double] {
        let logs = zip(deviations, units).map { 2 * logarithm($0 / $1) }
        guard shrinkage > 0 else { return zip(deviations, zip(guide, units)).map { $0 * $1.0 / $1.1 } }
        let trend = Self.line(logs)
        return logs.indices.map { index in
            exponential(0.5 * (logs[index] + shrinkage * (trend[index] - logs[index]))) * guide[index]
        }
    }

    /// The least-squares line through values at 0, 1, 2, …
    private static func line(_ values: [Double]) -> [Double] {
        let count = Double(values.count)
        let center = (count - 1) / 2
        let level = values.reduce(0, +) / count
        var (product, square) = (0.0, 0.0)
        for (rank, value) in values.enumerated() {
            product += (Double(rank) - center) * value
            square += (Double(rank) - center) * (Double(rank) - center)
        }
        let slope = square > 0 ? product / square : 0
        return values.indices.map { level + slope * (Double($0) - center) }
    }
}
