import TrialContract

/// Which trials belong to which of N shards of a sweep: parts of equal cost.
///
/// All trials are laid on a line, slice of trials after slice, and within a slice cell after cell, each as long as its
/// cost; the line is cut into N equal pieces, and a unit (a slice of one cell) goes where its middle lies. With N no
/// larger than the number of slices a shard therefore has the same trials of all cells, which share their noise.
///
/// Where trajectories are recorded, whose summaries are over all trials of a cell, a cell lies whole in one shard.
///
/// The cost is a fixed function of the plan's values, steps times dimension, and never of a measurement; only exactly
/// rounded operations are used, so every machine cuts alike.
package struct ShardMap: Sendable {
    /// Above this number of cells, costs are told apart by the chunk only.
    private static let finestCells = 1 << 22
    /// The cost of the dearest unit, as a share of a shard's, up to which slices are whole lane groups.
    private static let coarsestUnit = 0.05

    package let count: Int
    private let trials: Int
    private let width: Int
    private let slices: Int
    private let cellsPerChunk: Int
    /// Where the middle of each chunk lies within a slice, 0 … 1.
    private let middles: [Double]
    /// What share of the whole cost each chunk has.
    private let shares: [Double]

    /// Looks at every cell once, at every k-th of more than four million. Throws what the plan throws.
    package init(plan: any SweepPlan, count: Int) throws {
        precondition(count >= 1)
        let cellCount = plan.cellCount
        let chunk = max(1, (cellCount + Self.finestCells - 1) / Self.finestCells)
        var costs: [Double] = []
        costs.reserveCapacity((cellCount + chunk - 1) / chunk)
        for first in stride(from: 0, to: cellCount, by: chunk) {
            costs.append(try Self.cost(of: plan.cell(at: first)))
        }
        self.init(
            costs: costs, cellsPerChunk: chunk, trials: plan.trials, count: count, keepsCellsWhole: plan.curve != nil)
    }

    init(costs: [Double], cellsPerChunk: Int, trials: Int, count: Int, keepsCellsWhole: Bool = false) {
        self.count = count
        self.trials = trials
        self.cellsPerChunk = cellsPerChunk
        let total = max(costs.reduce(0, +), .leastNormalMagnitude)
        let perShard = total * Double(trials) / Double(count)
        var width = keepsCellsWhole ? trials : LaneGroup.width
        while !keepsCellsWhole, width > 1, (costs.max() ?? 0) * Double(width) > Self.coarsestUnit * perShard { width /= 2 }
        self.width = width
        slices = (trials + width - 1) / width
        var before = 0.0
        shares = costs.map { $0 / total }
        middles = costs.map { cost in
            defer { before += cost }
            return (before + cost / 2) / total
        }
    }

    private static func cost(of cell: PlannedCell) -> Double {
        switch cell {
        case .included(let trialClass, _): Double(trialClass.steps) * Double(trialClass.costInCoordinates)
        case .excluded: 0
        }
    }

    /// The trial numbers of a cell that a shard computes; possibly none.
    ///
    /// - Parameter shard: one of `count` parts.
    package func trials(ofCell cell: Int, in shard: Shard) -> Range<Int> {
        precondition(shard.count == count)
        let middle = middles[cell / cellsPerChunk]
        return boundary(shard.index, middle)..<boundary(shard.index + 1, middle)
    }

    /// Above this number of units, shards are taken to be of equal cost.
    private static let mostCountedUnits = 1 << 23

    /// How many shards hold any trials, and the largest share of the whole cost that one of them has, above 0 and at most 1.
    ///
    /// A sweep of few units (cells with trajectories, trials) has no more parts than that.
    package var load: (parts: Int, largestShare: Double) {
        guard slices * middles.count <= Self.mostCountedUnits else { return (count, 1 / Double(count)) }
        var loads: [Int: Double] = [:]
        for (share, middle) in zip(shares, middles) where share > 0 {
            for slice in 0..<slices {
                let (first, last) = (slice * width, min((slice + 1) * width, trials))
                loads[shard(holding: first, middle), default: 0] += share * Double(last - first) / Double(trials)
            }
        }
        return (max(1, loads.count), min(1, loads.values.max() ?? 1))
    }

    /// The shard that has a cell's trial.
    private func shard(holding trial: Int, _ middle: Double) -> Int {
        var (low, high) = (0, count)
        while high - low > 1 {
            let index = (low + high) / 2
            if boundary(index, middle) <= trial { low = index } else { high = index }
        }
        return low
    }

    /// The first trial of a cell that belongs to shard `index` or a later one.
    private func boundary(_ index: Int, _ middle: Double) -> Int {
        let cut = Double(index) * Double(trials) / Double(count)
        let slice = max(0, Int((cut / Double(width) - middle).rounded(.up)))
        if slice + 1 < slices { return slice * width }
        // The last slice may be shorter than the others.
        let last = (slices - 1) * width
        return Double(last) + Double(trials - last) * middle < cut ? trials : last
    }
}
