import ScalingFits
import Wording

/// The goal of every group's exponent: a group of cells gets what its own interval asks for.
///
/// The half-width goes with one over the square root of the trials. A group whose response does not change along the axis, or
/// that no law describes, has no exponent; it is given up when sixteen times the first round's trials have not brought one.
struct ExponentItems {
    let request: FitRequest
    /// The longest arm that an interval may have.
    let target: Double
    let atLeast: Int
    let threads: Int?

    /// Rounds of four times the trials after which a group without a law has none.
    private static let patience = 16

    func items(_ columns: some TrialColumns, asked: [Int]) throws -> [GoalItem] {
        let session = try FitSession(columns, request: request)
        let fitter = try ScalingFitter(options: request.options)
        var items: [GoalItem] = []
        try session.forEachBatch { tables in
            for (table, outcome) in zip(tables, fitter.fit(tables, threads: threads)) {
                let cells = table.points.compactMap(\.cell)
                guard !cells.isEmpty else { continue }
                items.append(item(outcome, cells, asked))
            }
        }
        return items
    }

    private func item(_ outcome: FitOutcome, _ cells: [Int], _ asked: [Int]) -> GoalItem {
        let present = cells.map { asked[$0] }.max() ?? 1
        let isLong = present >= Self.patience * atLeast
        var item = GoalItem(cells: cells, label: "\(outcome.by)", figure: "", state: .needs(4 * present))
        switch outcome {
        case .unfit(let group): item.state = .hopeless(group.objection)
        case .fit(let fit):
            if let exponent = fit.exponent, let interval = fit.exponentInterval {
                let arm = max(interval.upper - exponent, exponent - interval.lower)
                item.figure = " is at ± \(Figures.significant(arm, 2)), \(Figures.significant(target, 2)) is asked for"
                let ratio = arm / target
                item.state = ratio <= 1 ? .reached : .needs(Int(min(9e15, (Double(present) * ratio * ratio).rounded(.up))))
            } else if fit.reducedChiSquared == nil, fit.exponent != nil {
                // Trials that agree to the bit leave no doubt.
                item.state = .reached
            } else {
                let reason = fit.outcome == .constant ? "does not change along \(fit.against): there is no exponent"
                    : "no law describes it: there is no exponent"
                item.figure = " has no exponent yet"
                if isLong { item.state = .hopeless(reason) }
            }
        }
        return item
    }
}
