/// How many trials each cell of a group needs for its exponent's interval to reach no further than asked for.
package struct PrecisionNeed: Sendable, Equatable {
    package var by: GroupKey
    /// The half width that is asked for.
    package var target: Double
    /// What the wider arm of the interval is now; `nil` where the group has no exponent with an interval. In a window that was found it
    /// is that of the trials' scatter alone: what neighbouring windows add does not fall with more trials.
    package var halfWidth: Double?
    /// Finished trials of the cell that has most.
    package var present: Int
    /// Finished trials of each of the group's cells.
    package var finished: [Int]
    /// Cells of the group.
    package var cells: Int { finished.count }

    /// Of each cell: half widths fall with the square root of the trials, and below `Acceptance.fewestTrials` there are none.
    package var trials: Int? {
        halfWidth.flatMap { width in
            let ratio = width / target
            let needed = (Double(present) * ratio * ratio).rounded(.up)
            return needed < 1e15 ? max(Acceptance.fewestTrials, Int(needed)) : nil
        }
    }
    /// Of the group.
    package var total: Int? { trials.map { $0 * cells } }
    /// What is to be run beyond what there is.
    package var further: Int? { trials.map { needed in finished.reduce(0) { $0 + max(0, needed - $1) } } }

    /// One per fitted group, in their order.
    ///
    /// - Parameter target: positive.
    package static func of(_ outcomes: [FitOutcome], target: Double) -> [PrecisionNeed] {
        outcomes.compactMap { outcome in
            guard case .fit(let fit) = outcome else { return nil }
            let width = fit.exponent.flatMap { exponent in
                fit.exponentInterval.map { max($0.upper - exponent, exponent - $0.lower) }
            }.map { whole in
                guard fit.windowOrigin == .found, let scatter = fit.exponentScatter else { return whole }
                return min(whole, StudentT(freedom: max(1, scatter.freedom)).quantile(confidence: fit.confidence) * scatter.standardError)
            }
            return PrecisionNeed(
                by: fit.by, target: target, halfWidth: width, present: fit.tally.map(\.finished).max() ?? 0, finished: fit.tally.map(\.finished))
        }
    }
}
