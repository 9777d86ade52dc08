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
        switch goal.target {
        case .relativeError(_, let response), .absoluteError(_, let response): requireRecorded(response)
        case .exponent(_, let response, let against):
            requireRecorded(response)
            requireAxis(against)
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

    /// The recorded statistics with one value per trial, and the square of the distance.
    private var responses: [String] {
        let recorded = layout.spec.record.filter { $0.storage != .float64PerCoordinate }.map(\.name)
        let square = SweepDecoder.usualResponse
        return recorded + (recorded.contains("distance") && !recorded.contains(square) ? [square] : [])
    }

    private func requireRecorded(_ response: String) {
        guard !responses.contains(response) else { return }
        diagnostics.report(
            layout.spec.goalPlace, "trials.until.of", "is not recorded", value: response,
            remedy: "add it to record; recorded are \(responses.joined(separator: ", "))")
    }

    private func requireAxis(_ name: String) {
        let dimension = layout.grid.dimensions.first { $0.name == name }
        if let dimension, dimension.count >= 3, !dimension.values.areNames { return }
        let others = layout.grid.dimensions.filter { $0.count >= 3 && !$0.values.areNames }.map(\.name)
        diagnostics.report(
            layout.spec.goalPlace, "trials.until.against",
            dimension == nil ? "is no axis of the sweep" : "has no three values along which a law could be seen", value: name,
            remedy: others.isEmpty ? "sweep it, or give another goal" : "axes of three values or more: \(others.joined(separator: ", "))")
    }
}

extension AxisValues {
    fileprivate var areNames: Bool {
        if case .names = self { true } else { false }
    }
}
