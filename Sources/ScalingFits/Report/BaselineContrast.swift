/// How a group's cells compare with its own cell at x = 0, trial by trial where random numbers are common.
package struct BaselineContrast: Sendable, Equatable {
    /// A cell below the one at zero.
    package struct Dip: Sendable, Equatable {
        package var x: Double
        /// mean / mean at zero - 1.
        package var relative: Double
        /// Simultaneous for all cells of the group (Bonferroni).
        package var interval: Interval?
    }

    /// The lowest cell, where it lies below zero's beyond doubt.
    package var dip: Dip?
    /// Where the response comes back to its value at zero, ascending.
    package var crossings: [Crossing]

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

    var crossings: [Crossing] {
        // Differences that are rounding have no sign.
        if zero >= 0, cells.allSatisfy({ abs(data.means[$0] - data.means[zero]) <= 1e-12 * abs(data.means[zero]) }) { return [] }
        let base = zero < 0 ? Array(repeating: 0, count: data.trials) : data.responses[zero]
        return CrossingSearch(
            x: cells.map { data.x[$0] }, first: cells.map { data.responses[$0] }, second: cells.map { _ in base },
            isPaired: sample.isJoint, secondIsShared: true, confidence: confidence,
            isScattered: sample.resamples != nil && data.trials > 1
        ).crossings
    }
}
