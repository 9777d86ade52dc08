import ExpressionSyntax
import TrialContract
import Wording

/// What a goal in the place of a number of trials asks of the rest of the sweep.
struct GoalChecks {
    let layout: Layout
    let diagnostics: Diagnostics

    /// Trials on the axes of a result file; more are taken for damage.
    private static let mostTrials = 1 << 40

    /// Reports what no number of trials could reach.
    func run() {
        let spec = layout.spec
        guard let goal = spec.goal else { return }
        if spec.curve != nil {
            diagnostics.report(
                spec.curvePlace, "curves", "are summaries over a cell's trials, all the same number of them, and trials is a goal",
                remedy: "give a number of trials, or leave out curves")
        }
        let question = QuestionChecks(layout: layout, diagnostics: diagnostics, place: spec.goalPlace, field: "trials.until")
        switch goal.target {
        case .relativeError(_, let response), .absoluteError(_, let response): question.requireRecorded(response)
        case .exponent(_, let response, let against):
            question.requireRecorded(response)
            requireAxis(against)
        case .crossing(_, let pair, let response, let against):
            question.requireRecorded(response, key: "response")
            requireAxis(against, fewest: 2)
            question.require(pair, against: against)
        case .claimsDecided:
            guard spec.claims.isEmpty else { return }
            diagnostics.report(
                spec.goalPlace, "trials.until.claims", "waits for claims, and the sweep has none",
                remedy: "add claims, or give another goal")
        }
        let cells = layout.grid.combinations(Array(layout.grid.dimensions.indices)) ?? 0
        if goal.atMost.multipliedReportingOverflow(by: cells).overflow || goal.atMost * cells > Self.mostTrials {
            diagnostics.report(
                spec.goalPlace, "trials.at_most", "is more than a result file holds", value: "\(counted(goal.atMost, "trial")) in each of \(counted(cells, "cell"))",
                remedy: "lower at_most, or use fewer values")
        }
        if let budget = goal.budget, case .trials(let most) = budget {
            let least = Double(goal.atLeast) * Double(cells)
            guard most < least, layout.condition == nil else { return }
            diagnostics.report(
                spec.goalPlace, "budget.trials", "is below at_least in every cell", value: "\(brief(most)) < \(brief(least))",
                remedy: "raise it, or lower trials.at_least")
        }
    }

    private func requireAxis(_ name: String, fewest: Int = 3) {
        let dimension = layout.grid.dimensions.first { $0.name == name }
        if let dimension, dimension.count >= fewest, !dimension.values.areNames { return }
        let others = layout.grid.dimensions.filter { $0.count >= fewest && !$0.values.areNames }.map(\.name)
        diagnostics.report(
            layout.spec.goalPlace, "trials.until.against",
            dimension == nil ? "is no axis of the sweep" : "has no \(fewest == 3 ? "three" : "two") values along which a "
                + "\(fewest == 3 ? "law" : "crossing") could be seen", value: name,
            remedy: others.isEmpty ? "sweep it, or give another goal" : "axes of \(fewest == 3 ? "three" : "two") values or more: \(others.joined(separator: ", "))")
    }
}
