import PortableMath

/// What stands for a cell's trials.
package enum CellSummary: Sendable, Hashable {
    /// Over the trials that finished.
    case mean
    /// The mean without this share of the trials at either end, in (0, 0.5).
    case trimmedMean(Double)
    /// In (0, 1); the median is 0.5.
    case quantile(Double)
    /// The share of trials with a response of at most this.
    case within(Double)

    /// `mean`, `median`, `trimmed-mean` (10 %), `trimmed-mean:0.2`, `quantile:0.9`, `within:0.01`.
    /// Throws `ScalingFitsError.unknownSummary`.
    package init(_ text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let number = parts.count == 2 ? Double(parts[1]) : nil
        switch (parts[0], number) {
        case ("mean", nil) where parts.count == 1: self = .mean
        case ("median", nil) where parts.count == 1: self = .quantile(0.5)
        case ("trimmed-mean", nil) where parts.count == 1: self = .trimmedMean(0.1)
        case ("trimmed-mean", let share?) where share > 0 && share < 0.5: self = .trimmedMean(share)
        case ("quantile", let p?) where p > 0 && p < 1: self = .quantile(p)
        case ("within", let radius?) where radius > 0 && radius.isFinite: self = .within(radius)
        default: throw ScalingFitsError.unknownSummary(text)
        }
    }

    /// The response's name under this summary, as `median of distance_squared`.
    func label(_ response: String) -> String {
        switch self {
        case .mean: response
        case .trimmedMean(let share): "\(Figures.shortest(share * 100)) % trimmed mean of \(response)"
        case .quantile(0.5): "median of \(response)"
        case .quantile(let p): "\(Figures.shortest(p)) quantile of \(response)"
        case .within(let radius): "P(\(response) <= \(Figures.shortest(radius)))"
        }
    }
}

/// A cell's summary as the mean of one value per trial.
///
/// For a mean these are the responses. Other summaries are linearised by their influence function: their values have
/// the summary as mean and its asymptotic variance as scatter, so that covariances over cells, weights and the
/// bootstrap are the same for all of them. Trials that diverged count as infinitely far away wherever that makes
/// sense, so that these summaries are not biased by them.
struct SummarisedCell {
    var value: Double
    /// Per trial; NaN where the trial takes no part.
    var values: [Double]

    /// `nil` where the cell has no finite summary.
    init?(_ responses: [Double], summary: CellSummary) {
        let known = responses.filter { !$0.isNaN }
        switch summary {
        case .mean:
            values = responses.map { $0.isFinite ? $0 : .nan }
            guard known.contains(where: \.isFinite) else { return nil }
            value = GroupData.mean(known.filter(\.isFinite))
        case .within(let radius):
            values = responses.map { $0.isNaN ? .nan : ($0 <= radius ? 1 : 0) }
            guard !known.isEmpty else { return nil }
            value = GroupData.mean(values.filter(\.isFinite))
        case .quantile(let p):
            guard let quantile = QuantileInfluence(known.sorted(), p: p) else { return nil }
            (value, values) = (quantile.value, responses.map(quantile.influence))
        case .trimmedMean(let share):
            guard let mean = TrimmedInfluence(known.sorted(), share: share) else { return nil }
            (value, values) = (mean.value, responses.map(mean.influence))
        }
    }
}

/// q + (p - [y <= q]) / f(q), with the density from quantiles around p (Siddiqui 1960; bandwidth of Hall & Sheather
/// 1988).
private struct QuantileInfluence {
    let value: Double
    private let below: Double
    private let slope: Double

    init?(_ sorted: [Double], p: Double) {
        let summary = SampleSummary(sorted: sorted)
        value = summary.quantile(p)
        guard value.isFinite, let last = sorted.last else { return nil }
        let z = Normal.quantile(p)
        let density = exponential(-0.5 * z * z) * 0.398_942_280_401_432_7
        let shape = 1.5 * density * density / (2 * z * z + 1)
        let width = PortableMath.pow(1.96 * 1.96 * shape / Double(sorted.count), 1.0 / 3)
        var (low, high) = (max(p - width, 0.5 * p), min(p + width, 0.5 * (1 + p)))
        if !summary.quantile(high).isFinite || !last.isFinite && summary.quantile(high) == last { high = p }
        if high == p, low == p { low = 0.5 * p }
        slope = (summary.quantile(high) - summary.quantile(low)) / (high - low)
        let position = value
        below = Double(sorted.reduce(0) { $0 + ($1 <= position ? 1 : 0) }) / Double(sorted.count)
    }

    func influence(_ response: Double) -> Double {
        guard !response.isNaN else { return .nan }
        return value + (below - (response <= value ? 1 : 0)) * slope
    }
}

/// Winsorised values, stretched by what was cut off. Huber 1981, 3.3.
private struct TrimmedInfluence {
    let value: Double
    private let low: Double
    private let high: Double
    private let center: Double
    private let stretch: Double

    init?(_ sorted: [Double], share: Double) {
        let cut = Int(share * Double(sorted.count))
        let kept = sorted.dropFirst(cut).dropLast(cut)
        guard let low = kept.first, let high = kept.last, high.isFinite else { return nil }
        self.low = low
        self.high = high
        value = GroupData.mean(Array(kept))
        center = GroupData.mean(sorted.map { min(max($0, low), high) })
        stretch = Double(sorted.count) / Double(kept.count)
    }

    func influence(_ response: Double) -> Double {
        response.isNaN ? .nan : value + (min(max(response, low), high) - center) * stretch
    }
}
