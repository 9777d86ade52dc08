import ScalingFits
import TrialContract

/// What a goal is likely to take, from a pilot's trials.
package struct GoalForecast: Sendable, Equatable {
    /// What the goal is counted in, as "cell".
    package var unit: String
    package var total: Int
    /// Those that more trials do not seem to help, or that `at_most` does not reach.
    package var unreached: Int
    /// By cell; 0 for cells that are dropped.
    package var trials: [Int]
}

extension GoalRounds {
    /// What a pilot's trials, as many as `asked` in each cell or fewer, say of the goal: the half-width goes with one over the root
    /// of the trials. What a few trials say of a variance is off by a third and more.
    package mutating func forecast(_ pilot: Columns) throws -> GoalForecast {
        // What there is to look at, which may be less than the first round asks for.
        let own = asked.map { min($0, pilot.trials) }
        let view = ControlledColumns(PrefixColumns(pilot, asked: own), controls: controls)
        let (items, unit, _) = try items(view, asked: own, round: 1)
        var trials = zip(asked, allocation.costs).map { $1 > 0 ? $0 : 0 }
        var unreached = 0
        for item in items {
            switch item.state {
            case .reached: continue
            case .hopeless: unreached += 1
            case .needs(let needed):
                let wishes = item.wishes.isEmpty ? [(item.cells, needed)] : item.wishes.map { ($0.cells, $0.trials) }
                if wishes.contains(where: { $0.1 > goal.atMost }) { unreached += 1 }
                for (cells, wish) in wishes {
                    for cell in cells { trials[cell] = max(trials[cell], min(wish, goal.atMost)) }
                }
            }
        }
        for (cell, control) in controls.enumerated() where trials[cell] > 0 {
            if let own = control?.cell { trials[own] = max(trials[own], trials[cell]) }
        }
        return GoalForecast(unit: unit, total: items.count, unreached: unreached, trials: trials)
    }
}
