/// How a group's cells compare with its own cell at x = 0, trial by trial where random numbers are common.
public struct BaselineContrast: Sendable, Equatable {
    /// A cell below the one at zero.
    public struct Dip: Sendable, Equatable {
        public var x: Double
        /// mean / mean at zero - 1.
        public var relative: Double
        /// Simultaneous for all cells of the group (Bonferroni).
        public var interval: Interval?
    }

    /// Where the response comes back to its value at zero.
    public struct Crossing: Sendable, Equatable {
        public var x: Double
        /// By bootstrap over trials; `nil` without scatter.
        public var interval: Interval?
        /// Whether the response lies above its value at zero beyond the crossing.
        public var isUpward: Bool
    }

    /// The lowest cell, where it lies below zero's beyond doubt.
    public var dip: Dip?
    /// Ascending.
    public var crossings: [Crossing]

    /// `nil` without a cell at zero, or where nothing differs from it in both directions.
    ///
    /// - Parameter sample: of the same points.
    static func of(_ data: GroupData, _ sample: WeightedSample, confidence: Double) -> BaselineContrast? {
        guard let zero = data.isExcess ? -1 : data.x.firstIndex(of: 0), data.positive.count > 1 else { return nil }
        let contrast = Contrast(data: data, sample: sample, zero: zero, confidence: confidence)
        let result = BaselineContrast(dip: contrast.dip, crossings: contrast.crossings)
        return result.dip == nil && result.crossings.isEmpty ? nil : result
    }
}

private struct Contrast {
    let data: GroupData
    let sample: WeightedSample
    /// Position of the cell at zero; -1 for excesses, whose baseline is 0.
    let zero: Int
    let confidence: Double
    private let cells: [Int]
    /// Student's t for all cells together; 0 without scatter.
    private let student: Double

    init(data: GroupData, sample: WeightedSample, zero: Int, confidence: Double) {
        (self.data, self.sample, self.zero, self.confidence) = (data, sample, zero, confidence)
        cells = data.positive
        let all = 1 - (1 - confidence) / Double(max(1, data.positive.count))
        student = sample.resamples != nil && data.trials > 1
            ? StudentT(freedom: Double(data.trials - 1)).quantile(confidence: all) : 0
    }

    private func base(_ means: [Double]) -> Double { zero < 0 ? 0 : means[zero] }

    /// The standard error of mean(y - factor y0).
    private func error(_ cell: Int, factor: Double) -> Double {
        guard zero >= 0 else { return data.standardErrors[cell] }
        guard sample.isJoint else {
            let (own, other) = (data.standardErrors[cell], factor * data.standardErrors[zero])
            return (own * own + other * other).squareRoot()
        }
        return GroupData.meanAndError(zip(data.responses[cell], data.responses[zero]).map { $0 - factor * $1 }).error
    }

    var dip: BaselineContrast.Dip? {
        guard zero >= 0, data.means[zero] > 0 else { return nil }
        let unit = data.means[zero]
        let dips = cells.compactMap { cell -> BaselineContrast.Dip? in
            let ratio = data.means[cell] / unit
            let reach = student * error(cell, factor: ratio) / unit
            guard ratio - 1 + reach < -1e-9 else { return nil }
            return BaselineContrast.Dip(
                x: data.x[cell], relative: ratio - 1,
                interval: student > 0 ? Interval(ratio - 1 - reach, ratio - 1 + reach) : nil)
        }
        return dips.min { $0.relative < $1.relative }
    }

    /// Between neighbours among the cells that differ from zero's beyond doubt and have opposite signs.
    var crossings: [BaselineContrast.Crossing] {
        let own = data.means
        let origin = base(own)
        let certain = cells.indices.filter { index in
            let difference = own[cells[index]] - origin
            return abs(difference) > max(student * error(cells[index], factor: 1), 1e-9 * abs(origin))
        }
        return zip(certain, certain.dropFirst()).compactMap { low, high in
            let isUpward = own[cells[high]] > origin
            guard isUpward != (own[cells[low]] > origin) else { return nil }
            let range = Array(cells[low...high])
            return BaselineContrast.Crossing(
                x: place(range, isUpward, own), interval: interval(range, isUpward), isUpward: isUpward)
        }
    }

    /// Where (y - y0) / x, which is smooth and does not vanish at zero, changes sign between two neighbours.
    private func place(_ cells: [Int], _ isUpward: Bool, _ means: [Double]) -> Double {
        let origin = base(means)
        func slope(_ cell: Int) -> Double { (means[cell] - origin) / data.x[cell] * (isUpward ? 1 : -1) }
        guard let last = cells.firstIndex(where: { slope($0) > 0 }) else { return data.x[cells[cells.count - 1]] }
        guard last > 0 else { return data.x[cells[0]] }
        let (below, above) = (slope(cells[last - 1]), slope(cells[last]))
        let share = above > below ? -below / (above - below) : 0.5
        return data.x[cells[last - 1]] + share * (data.x[cells[last]] - data.x[cells[last - 1]])
    }

    private func interval(_ cells: [Int], _ isUpward: Bool) -> Interval? {
        guard let resamples = sample.resamples else { return nil }
        var means = data.means
        let places = (0..<resamples.plan.resamples).map { resample -> Double in
            means.withUnsafeMutableBufferPointer { resamples.means(of: resample, into: $0) }
            return place(cells, isUpward, means)
        }
        return BootstrapInterval(
            method: .percentile, confidence: confidence, freedom: Double(max(1, data.trials - 1)), trials: data.trials,
            parameters: 1
        ).interval(places, estimate: place(cells, isUpward, data.means), acceleration: 0)
    }
}
