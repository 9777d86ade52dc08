import ScalingFits
import TrialContract
import Wording

/// The goal of where two settings cross: the two cells at a place along the axis get trials together, each place by its influence
/// on the crossing.
///
/// A crossing is known when its interval is short enough and the variance that this is by is known well enough (`ScatterKnowledge`).
/// The half-width goes with one over the square root of the trials. A place's influence is known in closed form, since the
/// difference between places is linear in their means (`InfluenceAllocation`); but no place that counts is asked for less than half of what
/// another is, so that the interval's length hangs little on where the crossing is found to be: with numbers by influence alone a
/// crossing that is found where most trials are looks precise, and trials end on it (scripts/crossing-replica.py measures both).
///
/// Where the two differ beyond doubt at every place and always in one direction, they do not cross; where no crossing is seen with
/// sixteen times the first round's trials, it is given up.
struct CrossingItems {
    /// The longest arm of a crossing's interval, over the crossing.
    let target: Double
    let pair: TrialGoal.Pair
    let response: String
    let against: String
    let confidence: Double
    let atLeast: Int
    /// By cell.
    let costs: [Double]
    let atMost: Int

    private static let patience = 16

    func items(_ columns: some TrialColumns, asked: [Int]) throws -> [GoalItem] {
        try PairSearch(
            columns, over: pair.over, pair: (pair.first, pair.second), response: response, against: against, confidence: confidence
        ).alongAxis().map { item($0, columns.label(of: $0.by), asked) }
    }

    private func item(_ group: PairAlongAxis, _ by: String, _ asked: [Int]) -> GoalItem {
        let cells = group.places.flatMap(\.cells)
        let present = cells.map { asked[$0] }.max() ?? 1
        let setting = by.isEmpty ? "" : ", \(by)"
        var item = GoalItem(
            cells: cells, label: "\(pair.first) and \(pair.second)\(setting)", figure: "", state: .needs(4 * present))
        guard !group.signs.isEmpty else {
            item.state = .hopeless("trials that diverged in one place and not in another are no pairs: no crossing is looked for")
            return item
        }
        guard !group.crossings.isEmpty else {
            let signs = Set(group.signs)
            item.figure = ": no crossing is seen yet"
            if signs == [1] || signs == [-1] {
                item.state = .hopeless("do not cross: \(signs == [1] ? pair.second : pair.first) has the smaller \(response) everywhere")
            } else if present >= Self.patience * atLeast {
                item.state = .hopeless("no crossing is seen in \(present) trials")
            }
            return item
        }
        let arms = group.crossings.map { Self.arm($0.crossing) }
        guard let farthest = arms.indices.max(by: { arms[$0] < arms[$1] }) else { return item }
        let place = Figures.significant(group.crossings[farthest].crossing.x, 3)
        item.figure = " cross at \(place) to \(Figures.significant(100 * arms[farthest], 2)) %, "
            + "\(Figures.significant(100 * target, 2)) % is asked for"
        guard arms[farthest] > target else { return settled(item, group, asked) }
        item.wishes = zip(group.crossings, arms).flatMap { $1 > target ? wishes(group, $0.influences, arm: $1, asked) : [] }
        item.state = .needs(item.wishes.map(\.trials).max() ?? 4 * present)
        return item
    }

    /// A crossing whose interval is short enough, once the variance that this is by is known well enough, too.
    private func settled(_ item: GoalItem, _ group: PairAlongAxis, _ asked: [Int]) -> GoalItem {
        var item = item
        item.state = .reached
        for (_, influences) in group.crossings {
            let places = group.places.indices.filter { influences[$0] != 0 }
            let unknown = ScatterKnowledge.relativeVariance(
                parts: places.map { place in
                    let trials = Double(group.places[place].cells.map { asked[$0] }.min() ?? 1)
                    return influences[place] * influences[place] * group.covariances[place][place] / trials
                }, freedoms: places.map { group.freedoms[$0] })
            guard unknown > ScatterKnowledge.most else { continue }
            item.figure += ", and \(ScatterKnowledge.figure(unknown))"
            item.wishes += places.map { place in
                let cells = group.places[place].cells, trials = cells.map { asked[$0] }.max() ?? 1
                return (cells: cells, trials: Int((Double(trials) * unknown / ScatterKnowledge.most).rounded(.up)))
            }
            item.state = .needs(item.wishes.map(\.trials).max() ?? 0)
        }
        return item
    }

    /// The longer arm over the crossing; 0 where there is no scatter.
    private static func arm(_ crossing: Crossing) -> Double {
        guard let interval = crossing.interval else { return 0 }
        return max(interval.upper - crossing.x, crossing.x - interval.lower) / crossing.x
    }

    private func wishes(
        _ group: PairAlongAxis, _ influences: [Double], arm: Double, _ asked: [Int]
    ) -> [(cells: [Int], trials: Int)] {
        let places = group.places.indices.filter { influences[$0] != 0 }
        let allocation = InfluenceAllocation(
            influences: places.map { influences[$0] },
            covariances: places.map { row in places.map { group.covariances[row][$0] } },
            costs: places.map { group.places[$0].cells.reduce(0) { $0 + costs[$1] } })
        let present = places.map { place in Double(group.places[place].cells.map { asked[$0] }.min() ?? 1) }
        let ratio = target / arm
        let numbers = allocation.numbers(
            from: present, target: allocation.variance(present) * ratio * ratio, most: Double(atMost))
            ?? present.map { min(Double(atMost), $0 / (ratio * ratio)) }
        let least = (numbers.max() ?? 0) / 2
        return zip(places, numbers).map { (cells: group.places[$0].cells, trials: Int(max($1, least).rounded(.up))) }
    }
}
