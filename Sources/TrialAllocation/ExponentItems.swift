import ScalingFits
import Wording

/// The goal of every group's exponent: a group's cells get what its own interval asks for, each by its influence on the exponent.
///
/// A group has enough when neither arm of its interval is longer than asked for and the variance that this is by is known well enough
/// (`ScatterKnowledge`). The half-width goes with one over the square root of the trials; how much of it is a cell's is seen by moving its mean a little
/// and fitting again (`InfluenceAllocation`). A group whose response does not change along the axis, or
/// that no law describes, has no exponent; it is given up when sixteen times the first round's trials have not brought one.
struct ExponentItems {
    let request: FitRequest
    /// The longest arm that an interval may have.
    let target: Double
    let atLeast: Int
    /// By cell.
    let costs: [Double]
    let atMost: Int
    let threads: Int?

    /// Rounds of four times the trials after which a group without a law has none.
    private static let patience = 16

    /// What a decision has found and what it looked at: a group that had enough and whose cells have the same trials still has enough, and
    /// is not fitted again.
    struct Look {
        /// By group.
        var reached: [Bool]
        /// By cell.
        var asked: [Int]
    }

    /// - Parameter before: the look before; `nil` at the first.
    func items(_ columns: some TrialColumns, asked: [Int], before: Look? = nil) throws -> [GoalItem] {
        let session = try FitSession(columns, request: request)
        let fitter = try ScalingFitter(options: request.options)
        var items: [GoalItem] = []
        try session.forEachBatch { tables in
            let groups = tables.map { (table: $0, cells: $0.points.compactMap(\.cell)) }.filter { !$0.cells.isEmpty }
            let isKnown = groups.indices.map { place in
                guard let before, before.reached.indices.contains(items.count + place) else { return false }
                return before.reached[items.count + place] && groups[place].cells.allSatisfy { before.asked[$0] == asked[$0] }
            }
            var outcomes = fitter.fit(zip(groups, isKnown).filter { !$0.1 }.map(\.0.table), threads: threads)[...]
            for ((table, cells), isKnown) in zip(groups, isKnown) {
                let label = columns.label(of: table.group)
                guard !isKnown, let outcome = outcomes.popFirst() else {
                    items.append(GoalItem(cells: cells, label: label, figure: "", state: .reached))
                    continue
                }
                var item = item(outcome, label.isEmpty ? "the only group" : label, cells, asked)
                if case .fit(let fit) = outcome, fit.exponentInterval != nil {
                    switch item.state {
                    case .needs(let trials): item.wishes = wishes(table, fit, asked, equal: trials)
                    case .reached: item = settled(item, table, fit, asked)
                    case .hopeless: break
                    }
                }
                items.append(item)
            }
        }
        return items
    }

    private func item(_ outcome: FitOutcome, _ label: String, _ cells: [Int], _ asked: [Int]) -> GoalItem {
        let present = cells.map { asked[$0] }.max() ?? 1
        let isLong = present >= Self.patience * atLeast
        var item = GoalItem(cells: cells, label: label, figure: "", state: .needs(4 * present))
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

    /// An exponent whose interval is short enough, once the variance that this is by is known well enough, too.
    private func settled(_ item: GoalItem, _ table: ResponseTable, _ fit: ScalingFit, _ asked: [Int]) -> GoalItem {
        let points = points(table, fit)
        // Of cells that see noise of their own, no influences make it less known than that of a single cell: mostly nothing is to be fitted.
        let isClear = !table.sharesRandomNumbers && points.allSatisfy {
            ScatterKnowledge.relativeVariance([$0.responses], influences: [1], areShared: false) <= ScatterKnowledge.most
        }
        guard !isClear, let model = fit.model, let influences = influences(table, points, model, fit.window) else { return item }
        let unknown = ScatterKnowledge.relativeVariance(
            points.map(\.responses), influences: influences, areShared: table.sharesRandomNumbers)
        guard unknown > ScatterKnowledge.most else { return item }
        var item = item
        item.figure += ", and \(ScatterKnowledge.figure(unknown))"
        item.wishes = points.compactMap(\.cell).map { cell in
            (cells: [cell], trials: Int((Double(asked[cell]) * unknown / ScatterKnowledge.most).rounded(.up)))
        }
        item.state = .needs(item.wishes.map(\.trials).max() ?? 0)
        return item
    }

    /// Those that the law is fitted to.
    private func points(_ table: ResponseTable, _ fit: ScalingFit) -> [ResponsePoint] {
        table.points.filter { $0.cell != nil && $0.x >= fit.window.lower && $0.x <= fit.window.upper }
    }

    /// What each cell needs, by its influence on the exponent; the same number for all where that is not known.
    private func wishes(_ table: ResponseTable, _ fit: ScalingFit, _ asked: [Int], equal: Int) -> [(cells: [Int], trials: Int)] {
        let points = points(table, fit)
        let cells = points.compactMap(\.cell)
        let all = [(cells: table.points.compactMap(\.cell), trials: equal)]
        guard let interval = fit.exponentInterval, let exponent = fit.exponent, let model = fit.model, cells.count >= 3,
            let influences = influences(table, points, model, fit.window)
        else { return all }
        let allocation = InfluenceAllocation(
            influences: influences, covariances: Self.covariances(points, areShared: table.sharesRandomNumbers),
            costs: cells.map { costs[$0] })
        let present = cells.map { Double(asked[$0]) }
        let ratio = target / max(interval.upper - exponent, exponent - interval.lower)
        // The interval knows more than the first order: its square is to fall by as much as the variance.
        guard let numbers = allocation.numbers(
            from: present, target: allocation.variance(present) * ratio * ratio, most: Double(atMost)),
            allocation.cost(numbers) < allocation.cost(cells.map { max(Double(asked[$0]), Double(equal)) })
        else { return all }
        return zip(cells, numbers).map { (cells: [$0], trials: Int($1.rounded(.up))) }
    }

    /// How the exponent moves with each point's mean: by half a standard error to either side. `nil` where a fit has none.
    private func influences(
        _ table: ResponseTable, _ points: [ResponsePoint], _ model: String, _ window: Interval
    ) -> [Double]? {
        let options = FitOptions(
            model: model, bootstrapResamples: 0, confidence: request.options.confidence, window: .range(window.lower...window.upper))
        let table = table.sharesRandomNumbers ? table : Self.condensed(table)
        // One for all: what it draws of resamples is the same for every fit.
        guard let fitter = try? ScalingFitter(options: options) else { return nil }
        /// To either side.
        func exponents(moving cell: Int?, by step: Double) -> [Double] {
            let moved = [step, -step].map { shift in
                var moved = table
                for place in moved.points.indices where moved.points[place].cell == cell {
                    moved.points[place].responses = moved.points[place].responses.map { $0 + shift }
                }
                return moved
            }
            return fitter.fit(moved, threads: threads).compactMap { if case .fit(let fit) = $0 { fit.exponent } else { nil } }
        }
        var influences: [Double] = []
        for point in points {
            let moments = CellMoments(point.responses)
            let step = 0.5 * (moments.variance / Double(max(1, moments.count))).squareRoot()
            guard step > 0 else {
                influences.append(0)
                continue
            }
            let moved = exponents(moving: point.cell, by: step)
            guard moved.count == 2 else { return nil }
            influences.append((moved[0] - moved[1]) / (2 * step))
        }
        return influences.contains { $0 != 0 } ? influences : nil
    }

    /// A table of few values with the means and standard errors of another whose cells are independent: to a fit without intervals they are
    /// the same, and it takes a fraction of the time.
    private static func condensed(_ table: ResponseTable) -> ResponseTable {
        let half = 32
        var condensed = table
        for place in condensed.points.indices {
            let moments = CellMoments(table.points[place].responses)
            guard moments.count > 2 * half else { continue }
            let error = (moments.variance / Double(moments.count)).squareRoot()
            let reach = error * Double(2 * half - 1).squareRoot()
            condensed.points[place].responses = (0..<2 * half).map { moments.mean + ($0 % 2 == 0 ? reach : -reach) }
        }
        return condensed
    }

    /// Of single trials, over those that both points have.
    private static func covariances(_ points: [ResponsePoint], areShared: Bool) -> [[Double]] {
        let means = points.map { CellMoments($0.responses).mean }
        return points.indices.map { i in
            points.indices.map { j in
                guard i == j || areShared else { return 0 }
                var sum = 0.0, count = 0
                for (a, b) in zip(points[i].responses, points[j].responses) where a.isFinite && b.isFinite {
                    sum += (a - means[i]) * (b - means[j])
                    count += 1
                }
                return count > 1 ? sum / Double(count - 1) : 0
            }
        }
    }
}
