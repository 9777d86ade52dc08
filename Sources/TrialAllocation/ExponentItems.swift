import ScalingFits
import Wording

/// The goal of every group's exponent: a group's cells get what its own interval asks for, each by its influence on the exponent.
///
/// The half-width goes with one over the square root of the trials; how much of it is a cell's is seen by moving its mean a little
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

    func items(_ columns: some TrialColumns, asked: [Int]) throws -> [GoalItem] {
        let session = try FitSession(columns, request: request)
        let fitter = try ScalingFitter(options: request.options)
        var items: [GoalItem] = []
        try session.forEachBatch { tables in
            for (table, outcome) in zip(tables, fitter.fit(tables, threads: threads)) {
                let cells = table.points.compactMap(\.cell)
                guard !cells.isEmpty else { continue }
                var item = item(outcome, cells, asked)
                if case .needs(let trials) = item.state, case .fit(let fit) = outcome, fit.exponentInterval != nil {
                    item.wishes = wishes(table, fit, asked, equal: trials)
                }
                items.append(item)
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

    /// What each cell needs, by its influence on the exponent; the same number for all where that is not known.
    private func wishes(_ table: ResponseTable, _ fit: ScalingFit, _ asked: [Int], equal: Int) -> [(cells: [Int], trials: Int)] {
        let points = table.points.filter { $0.cell != nil && $0.x >= fit.window.lower && $0.x <= fit.window.upper }
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
        func exponent(moving cell: Int?, by shift: Double) -> Double? {
            var moved = table
            for place in moved.points.indices where moved.points[place].cell == cell {
                moved.points[place].responses = moved.points[place].responses.map { $0 + shift }
            }
            guard case .fit(let fit)? = try? ScalingFitter.fit(moved, options: options) else { return nil }
            return fit.exponent
        }
        var influences: [Double] = []
        for point in points {
            let moments = CellMoments(point.responses)
            let step = 0.5 * (moments.variance / Double(max(1, moments.count))).squareRoot()
            guard step > 0 else {
                influences.append(0)
                continue
            }
            guard let up = exponent(moving: point.cell, by: step), let down = exponent(moving: point.cell, by: -step) else { return nil }
            influences.append((up - down) / (2 * step))
        }
        return influences.contains { $0 != 0 } ? influences : nil
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
