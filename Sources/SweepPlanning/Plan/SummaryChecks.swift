import TrialContract
import TrialSummaries
import Wording

/// What a result without rows asks of the rest of the sweep.
struct SummaryChecks {
    let layout: Layout
    let diagnostics: Diagnostics

    /// Reports what needs trials, and a number of trials that cannot be cut into blocks.
    func run() {
        let spec = layout.spec
        guard spec.keep == .summary else { return }
        let remedy = "leave it out, or write keep: trials"
        if spec.goal != nil {
            diagnostics.report(
                spec.goalPlace, "trials", "is a goal, which is decided by rows of trials, and keep: summary stores none",
                remedy: "give a number of trials, or write keep: trials")
        } else if layout.summaryBlocks == nil {
            diagnostics.report(
                spec.keepPlace, "keep",
                "needs a number of trials that falls into \(SummaryBlocks.fewest) to \(SummaryBlocks.most) equal blocks",
                value: counted(spec.trials, "trial"), remedy: "give \(SummaryBlocks.nextNumber(from: spec.trials)) trials")
        }
        if let axis = spec.adaptive {
            diagnostics.report(
                spec.adaptivePlace, "axes.\(axis.name).\(SweepDecoder.adaptiveKey)",
                "chooses values by rows of trials, and keep: summary stores none", remedy: "give its values, or write keep: trials")
        }
        if spec.curve != nil {
            diagnostics.report(
                spec.curvePlace, "curves", "are summaries over a cell's trials, which keep: summary does not hold together",
                remedy: remedy)
        }
        for statistic in spec.record {
            guard let obstacle = SummaryColumn.obstacle(statistic) else { continue }
            diagnostics.report(
                spec.recordPlace, "record", "\(statistic.name) \(obstacle), and keep: summary keeps moments of single numbers",
                remedy: "remove it from record, or write keep: trials")
        }
        requireOwnNames()
    }

    /// Variables of a quantity must not be named as those of another are, and no dimension as either.
    private func requireOwnNames() {
        var seen = Set(SummaryColumn.descriptions(of: []).map(\.name) + [SummarizedSweep.dimensionName])
        for name in layout.grid.dimensions.map(\.name) where !seen.insert(name).inserted {
            diagnostics.report(
                layout.spec.keepPlace, "keep", "summary has a variable of its own named like a dimension", value: name,
                remedy: "rename the zip \(name)")
        }
        for statistic in layout.spec.record {
            for name in SummaryColumn.names(of: statistic.name) where !seen.insert(name).inserted {
                diagnostics.report(
                    layout.spec.recordPlace, "record", "keep: summary has two variables of this name", value: name,
                    remedy: "rename the quantity \(statistic.name)")
            }
        }
    }
}

extension Layout {
    /// How trials are cut where the result keeps summaries; `nil` where it keeps trials, or where they cannot be cut.
    var summaryBlocks: SummaryBlocks? { spec.keep == .summary ? SummaryBlocks(trials: spec.trials) : nil }
}
