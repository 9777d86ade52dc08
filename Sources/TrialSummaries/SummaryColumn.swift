import TrialContract

/// What a summary keeps of a recorded quantity in each block, over the block's finished trials.
package enum SummaryColumn: String, CaseIterable, Sendable {
    case mean, variance
    case thirdMoment = "third_central_moment"
    case fourthMoment = "fourth_central_moment"
    case minimum, maximum

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
        }
    }

    /// Numbers of trials in a block, by what became of them.
    package static let finishedName = "finished", divergedName = "diverged"

    /// The variables of a summary: the counts, and these columns of every quantity, quantity by quantity.
    package static func descriptions(of quantities: [ComponentDescription]) -> [ComponentDescription] {
        let counts = [(finishedName, "finished trials of the block"), (divergedName, "diverged trials of the block")].map {
            ComponentDescription(kind: .statistic, name: $0, summary: $1, formula: $1, storage: .int32)
        }
        return counts + quantities.flatMap { quantity in
            allCases.map { column in
                let text = "\(column.words) over the finished trials of the block: \(quantity.summary)"
                return ComponentDescription(
                    kind: .statistic, name: column.name(of: quantity.name), summary: text,
                    formula: quantity.isOwn ? "\(column.rawValue) of \(quantity.formula)" : text, isOwn: quantity.isOwn)
            }
        }
    }

    /// What keeps a quantity out of summaries; `nil` where nothing does.
    package static func obstacle(_ quantity: ComponentDescription) -> String? {
        quantity.storage == .float64PerCoordinate ? "has a value for each coordinate" : nil
    }
}
