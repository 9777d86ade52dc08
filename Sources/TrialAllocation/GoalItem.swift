import ScalingFits
import TrialContract

/// Something that a goal asks for: a cell's mean, a group's exponent, a crossing, a claim.
struct GoalItem {
    enum State {
        case reached
        /// So many trials in each of its cells.
        case needs(Int)
        /// More trials would not help; why.
        case hopeless(String)
    }

    var cells: [Int]
    /// Where it is, as "optimizer n-sam, rho 0.1".
    var label: String
    /// What is known of it, in words that follow the label.
    var figure: String
    var state: State
    /// Numbers for some of its cells, as a claim's findings have; empty where all of `cells` need the same.
    var wishes: [(cells: [Int], trials: Int)] = []

    var isReached: Bool {
        if case .reached = state { true } else { false }
    }
}

/// How much trials may grow in a round: less would look too often, and more go too far beyond what is needed.
struct Growth {
    let least: Double
    let most: Double

    func next(_ present: Int, needed: Int, atMost: Int) -> Int {
        let fewest = Int((Double(present) * least).rounded(.up)) + 1
        let farthest = Int(min(9e15, Double(present) * most))
        let block = Allocation.block
        return min(atMost, (min(max(needed, fewest), farthest) + block - 1) / block * block)
    }

    static let means = Growth(least: 1.1, most: 4)
    static let claims = Growth(least: 1.25, most: 4)
}

/// The goal of every cell's mean.
struct MeanItems {
    let rule: MeanPrecision
    /// A recorded statistic, or `distance_squared`.
    let response: String

    func items(_ columns: some TrialColumns, asked: [Int], included: [Bool]) throws -> [GoalItem] {
        let derived = try DerivedStatistics(columns, names: [response], against: "rho")
        let trials = columns.trials
        // As many neighbours at a time as fit into some megabytes.
        let batch = max(1, (1 << 21) / max(1, trials))
        var items: [GoalItem] = []
        for first in stride(from: 0, to: columns.cellCount, by: batch) {
            let cells = first..<min(first + batch, columns.cellCount)
            guard cells.contains(where: { included[$0] }) else { continue }
            let values = try derived.values(of: response, cells: cells), status = try derived.status(cells: cells)
            for cell in cells where included[cell] {
                let rows = (cell - first) * trials..<(cell - first) * trials + asked[cell]
                let moments = CellMoments(zip(values[rows], status[rows]).map { value, state in
                    state == TrialStatus.diverged.rawValue ? .infinity : value
                })
                items.append(item(cell, moments, columns))
            }
        }
        return items
    }

    private func item(_ cell: Int, _ moments: CellMoments, _ columns: some TrialColumns) -> GoalItem {
        let half = moments.halfWidth(confidence: rule.confidence)
        let figure: String = switch rule.bound {
        case .relative(let share):
            "at \(Figures.significant(100 * half / abs(moments.mean), 2)) %, \(Figures.significant(100 * share, 2)) % is asked for"
        case .absolute(let width): "at \(Figures.significant(half, 2)), \(Figures.significant(width, 2)) is asked for"
        }
        let state: GoalItem.State = switch rule.state(moments) {
        case .reached: .reached
        case .needs(let trials): .needs(trials)
        case .hopeless(let reason): .hopeless(reason)
        }
        let doubt = rule.isPrecise(moments) ? ", by too few trials of a skewed law to trust it" : ""
        return GoalItem(cells: [cell], label: columns.label(ofCell: cell), figure: " is \(figure)\(doubt)", state: state)
    }
}

extension TrialColumns {
    /// What a group has of dimensions of several values, as "optimizer n-sam, dimension 100"; empty where it is the only one.
    func label(of group: GroupKey) -> String {
        let single = Set(dimensions.filter { $0.count == 1 }.map(\.name))
        return group.entries.filter { !single.contains($0.name) }.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    }

    /// Coordinates along dimensions of several values, as "optimizer n-sam, rho 0.1"; "the only cell" where there are none.
    package func label(ofCell cell: Int) -> String {
        let parts = zip(dimensions, coordinates(ofCell: cell)).filter { $0.0.count > 1 }.map { "\($0.0.name) \($0.1)" }
        return parts.isEmpty ? "the only cell" : parts.joined(separator: ", ")
    }
}
