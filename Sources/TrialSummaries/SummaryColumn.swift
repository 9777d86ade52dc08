import TrialContract

/// What a summary keeps of a recorded quantity in each block, over the block's finished trials.
package enum SummaryColumn: String, CaseIterable, Sendable {
    case mean, variance
    case thirdMoment = "third_central_moment"
    case fourthMoment = "fourth_central_moment"
    case minimum, maximum
    case quantile01 = "quantile_01", quantile05 = "quantile_05", quantile10 = "quantile_10", quantile25 = "quantile_25"
    case median
    case quantile75 = "quantile_75", quantile90 = "quantile_90", quantile95 = "quantile_95", quantile99 = "quantile_99"

    /// Those of the percentiles that have a column of their own, in the columns' order.
    static let percents = [1, 5, 10, 25, 50, 75, 90, 95, 99]

    /// The variables of a quantity: a column each, and the vector of percentiles.
    package static func names(of quantity: String) -> [String] {
        allCases.map { $0.name(of: quantity) } + [Percentiles.name(of: quantity)]
    }

    /// The variable of a quantity, as `distance_mean`.
    package func name(of quantity: String) -> String { "\(quantity)_\(rawValue)" }

    private var words: String {
        switch self {
        case .mean: "mean"
        case .variance: "variance (sum of squared deviations over their number)"
        case .thirdMoment: "mean cubed deviation from the mean"
        case .fourthMoment: "mean fourth power of the deviation from the mean"
        case .minimum: "least value"
        case .maximum: "largest value"
        case .median: "median, to 1 in 2048,"
        default: "value below which lie \(rawValue.suffix(2)) %, to 1 in 2048,"
        }
    }

    /// Statistics of which a block tells the mean alone, since it counts them.
    package static let divergedStatistic = "diverged", stepsStatistic = "steps_taken"

    /// Numbers of trials in a block, by what became of them.
    package static let finishedName = "finished", divergedName = "diverged"

    /// The variables of a summary: the counts, and these columns of every quantity, quantity by quantity.
    package static func descriptions(of quantities: [ComponentDescription]) -> [ComponentDescription] {
        let counts = [(finishedName, "finished trials of the block"), (divergedName, "diverged trials of the block")].map {
            ComponentDescription(kind: .statistic, name: $0, summary: $1, formula: $1, storage: .int32)
        }
        return counts + quantities.flatMap { quantity in
            let columns = allCases.map { column in
                let text = "\(column.words) over the finished trials of the block: \(quantity.summary)"
                return ComponentDescription(
                    kind: .statistic, name: column.name(of: quantity.name), summary: text,
                    formula: quantity.isOwn ? "\(column.rawValue) of \(quantity.formula)" : text, isOwn: quantity.isOwn)
            }
            return columns + [Percentiles.description(of: quantity)]
        }
    }

    /// The numbers that each of these variables has in a block.
    static func widths(quantities: Int) -> [Int] {
        [1, 1] + (0..<quantities).flatMap { _ in allCases.map { _ in 1 } + [Percentiles.count] }
    }

    /// What keeps a quantity out of summaries; `nil` where nothing does.
    package static func obstacle(_ quantity: ComponentDescription) -> String? {
        switch quantity.storage {
        case .float64, .int32: nil
        case .float64PerCoordinate: "has a value for each coordinate"
        case .float64Vector(let count): "is a vector of \(count) numbers"
        }
    }
}
