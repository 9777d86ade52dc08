/// How many trials each cell gets in the next round, from what is wanted and what may be spent.
///
/// Pure arithmetic on the plan's values and on wishes that follow from stored ones: every machine and every resumed run comes to
/// the same numbers. Trials are always a cell's first ones, in blocks of `block`, so that all cells have the same trials up to
/// the shorter's number, and differences between cells that share their random numbers stay differences of the same trials.
package struct Allocation: Sendable {
    /// Trials that are computed together.
    package static let block = 8
    /// Cells are asked for at most so many different runs of numbers: a result file lists them.
    package static let mostRuns = 1000

    /// By cell; what a trial costs in the budget's units, 0 for cells that are dropped.
    package let costs: [Double]
    /// In the same units; infinite without a budget.
    package let budget: Double
    package let atMost: Int

    package init(costs: [Double], budget: Double, atMost: Int) {
        self.costs = costs
        self.budget = budget
        self.atMost = atMost
    }

    package func spent(_ asked: [Int]) -> Double { zip(asked, costs).reduce(0) { $0 + Double($1.0) * $1.1 } }

    /// The next round's numbers: what is wanted, or, where that is more than may be spent, the same share of every cell's wish.
    ///
    /// - Parameters:
    ///   - asked: by cell, what there is.
    ///   - wanted: by cell, not below `asked`.
    package func next(_ asked: [Int], wanted: [Int]) -> [Int] {
        guard zip(asked, wanted).contains(where: { $0 < $1 }) else { return asked }
        let whole = levelled(zip(asked, wanted).map { $1 > $0 ? up($1) : $0 })
        guard spent(whole) > budget else { return whole }
        // The largest share, in 1024ths, with which all fits; 0 gives what there is.
        var (low, high) = (0, 1024)
        while high - low > 1 {
            let middle = (low + high) / 2
            if spent(share(middle, asked, wanted)) <= budget { low = middle } else { high = middle }
        }
        return share(low, asked, wanted)
    }

    private func share(_ part: Int, _ asked: [Int], _ wanted: [Int]) -> [Int] {
        guard part > 0 else { return asked }
        return levelled(zip(asked, wanted).map { asked, wanted in
            // Down to whole blocks: a cell whose share is less than one waits.
            asked + max(0, wanted - asked) * part / 1024 / Self.block * Self.block
        })
    }

    /// To whole blocks, and no further than a cell may go.
    private func up(_ trials: Int) -> Int {
        guard trials < atMost else { return max(trials, atMost) }
        return min(atMost, (trials + Self.block - 1) / Self.block * Self.block)
    }

    /// Where cells would have too many different numbers, these are rounded up to fewer, and at last to those of neighbours.
    func levelled(_ numbers: [Int]) -> [Int] {
        var numbers = numbers
        // Dropped cells have no trials of their own: they take their neighbour's number, so that they cut no run.
        for cell in numbers.indices where costs[cell] == 0 { numbers[cell] = cell > 0 ? numbers[cell - 1] : numbers[cell] }
        guard Self.runs(numbers) > Self.mostRuns else { return numbers }
        var levels = numbers.map { number in
            var level = 1
            while level < number { level *= 2 }
            return max(number, min(level, atMost))
        }
        var width = 2
        while Self.runs(levels) > Self.mostRuns {
            for first in stride(from: 0, to: levels.count, by: width) {
                let cells = first..<min(first + width, levels.count)
                let most = levels[cells].max() ?? 0
                for cell in cells { levels[cell] = most }
            }
            width *= 2
        }
        return levels
    }

    /// Stretches of neighbouring cells with the same number.
    private static func runs(_ numbers: [Int]) -> Int {
        zip(numbers, numbers.dropFirst()).reduce(1) { $0 + ($1.0 == $1.1 ? 0 : 1) }
    }
}
