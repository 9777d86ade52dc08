import TrialContract

/// Which of a round's trials belong to which of N parts of equal cost, where cells are asked for different numbers of trials.
///
/// As in `ShardMap`, each part has a run of each cell's trials, whole lane groups where these are fine enough, so that cells that are
/// asked for the same trials share their noise in a part, too. What of a group would be a fraction goes where the middle of its cell
/// lies among all cells, in order of cost: a round of few trials is spread over the parts. Only exactly rounded operations are used on
/// the plan's values, so every machine cuts alike.
package struct RoundCut: Sendable {
    package let count: Int
    private let trials: [Range<Int>]
    private let width: Int
    /// Where the middle of each cell lies, 0 … 1.
    private let middles: [Double]

    /// The cost of the dearest unit, as a share of a part's, up to which units are whole lane groups.
    private static let coarsestUnit = 0.05

    /// - Parameters:
    ///   - trials: by cell, those of the round; possibly none.
    ///   - count: parts, at least 1.
    ///
    /// Throws what the plan throws.
    package init(plan: any SweepPlan, trials: [Range<Int>], count: Int) throws {
        let costs = try trials.indices.map { cell -> Double in
            guard !trials[cell].isEmpty, case .included(let trialClass, _) = try plan.cell(at: cell) else { return 0 }
            return Double(trialClass.steps) * Double(trialClass.costInCoordinates)
        }
        self.init(costs: costs, trials: trials, count: count)
    }

    init(costs: [Double], trials: [Range<Int>], count: Int) {
        precondition(count >= 1 && costs.count == trials.count)
        self.count = count
        self.trials = trials
        let weights = zip(costs, trials).map { $0 * Double($1.count) }
        let total = max(weights.reduce(0, +), .leastNormalMagnitude)
        let dearest = zip(costs, trials).reduce(0) { $1.1.isEmpty ? $0 : max($0, $1.0) }
        var width = LaneGroup.width
        while width > 1, dearest * Double(width) > Self.coarsestUnit * total / Double(count) { width /= 2 }
        self.width = width
        var before = 0.0
        middles = weights.map { weight in
            defer { before += weight }
            return min(1, (before + weight / 2) / total)
        }
    }

    /// The trial numbers of a cell that a part computes; possibly none.
    ///
    /// - Parameter part: one of `count`.
    package func trials(ofCell cell: Int, in part: Shard) -> Range<Int> {
        precondition(part.count == count)
        return boundary(part.index, cell)..<boundary(part.index + 1, cell)
    }

    /// The first trial of a cell that belongs to part `index` or a later one.
    private func boundary(_ index: Int, _ cell: Int) -> Int {
        let own = trials[cell]
        if index == 0 { return own.lowerBound }
        if index == count { return own.upperBound }
        let groups = (own.count + width - 1) / width
        let cut = Double(index) * Double(groups) / Double(count)
        let group = min(groups, max(0, Int((cut - middles[cell]).rounded(.up))))
        return min(own.upperBound, own.lowerBound + group * width)
    }
}

/// What a completion map lacks of some trials of each cell, and nothing else.
package struct PartCompletion: CompletionMap {
    private let whole: any CompletionMap
    private let own: @Sendable (_ cell: Int) -> Range<Int>

    package init(_ whole: any CompletionMap, trials: @escaping @Sendable (_ cell: Int) -> Range<Int>) {
        self.whole = whole
        own = trials
    }

    package func missingTrials(cells: Range<Int>) throws -> [[Range<Int>]] {
        zip(cells, try whole.missingTrials(cells: cells)).map { cell, runs in
            let own = own(cell)
            return runs.map { $0.clamped(to: own) }.filter { !$0.isEmpty }
        }
    }
}
