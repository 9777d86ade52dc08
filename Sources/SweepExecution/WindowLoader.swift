import TrialContract

/// Finds out what is missing in a window of cells and cuts it into blocks.
struct WindowLoader: Sendable {
    let plan: any SweepPlan
    let completion: any CompletionMap
    let options: ExecutionOptions
    /// `nil`: all trials are wanted.
    let shards: ShardMap?
    /// Bounds what a completion map has to read at once.
    static let trialsPerWindow = 1 << 24

    /// Below this cost a block is not worth its hand-over.
    private static let smallestTarget = 32_768.0

    /// Throws what the plan throws where it is to be cut into shards.
    init(plan: any SweepPlan, completion: any CompletionMap, options: ExecutionOptions) throws {
        self.plan = plan
        self.completion = completion
        self.options = options
        shards = try options.shard.map { try ShardMap(plan: plan, count: $0.count) }
    }

    /// Where trajectories are recorded, the sink holds those of a window's trials until each cell is whole: few cells.
    var cellsPerWindow: Int {
        let gathered = plan.curve?.gatheredBytes(trials: plan.trials, dimension: plan.largestDimension) ?? 0
        let holdable = gathered > 0 ? Int(min(ExecutionOptions.gatheredBytesPerWindow / gathered, 1e9)) : .max
        return max(1, min(options.windowCells, Self.trialsPerWindow / max(1, plan.trials), holdable))
    }

    /// The work of a window; empty where nothing is missing.
    ///
    /// - Parameter following: windows that come after this one; the last ones are cut finer.
    func regions(of window: Range<Int>, following: Int) throws -> [WorkRegion] {
        var regions = try collect(window)
        cut(&regions, following: following)
        return regions
    }

    private struct Key: Hashable {
        let trialClass: TrialClass
        let trials: Range<Int>
    }

    private func collect(_ window: Range<Int>) throws -> [WorkRegion] {
        let missing = try completion.missingTrials(cells: window)
        precondition(missing.count == window.count, "a completion map must answer for every cell")
        var regions: [WorkRegion] = []
        var places: [Key: Int] = [:]
        var latest = 0
        for (cell, runs) in zip(window, missing) {
            let wanted = ownRuns(runs, cell: cell)
            guard !wanted.isEmpty, case .included(let trialClass, let parameters) = try plan.cell(at: cell) else {
                continue
            }
            for run in wanted {
                // Neighbours are mostly alike; looking at the latest region first saves hashing the class.
                if regions.isEmpty || regions[latest].trials != run || regions[latest].trialClass != trialClass {
                    latest = places[Key(trialClass: trialClass, trials: run)] ?? regions.count
                    if latest == regions.count {
                        regions.append(WorkRegion(trialClass: trialClass, trials: run))
                        places[Key(trialClass: trialClass, trials: run)] = latest
                    }
                }
                regions[latest].cellIndices.append(cell)
                regions[latest].cells.append(parameters)
            }
        }
        return regions
    }

    private func ownRuns(_ runs: [Range<Int>], cell: Int) -> [Range<Int>] {
        guard let shard = options.shard, let shards else { return runs }
        let own = shards.trials(ofCell: cell, in: shard)
        return runs.map { $0.clamped(to: own) }.filter { !$0.isEmpty }
    }

    /// Full-sized blocks where there are plenty; smaller ones where workers would run dry.
    private func cut(_ regions: inout [WorkRegion], following: Int) {
        let windows = following + 1
        let plenty = (4 * options.threads + windows - 1) / windows
        let enough = (2 * options.threads + windows - 1) / windows
        let perRow = Double(options.trialsPerRow), target = options.targetBlockCost / perRow
        var limits = BlockLimits(target: target, longest: 16 * target, sharedCells: 64)
        while apply(limits, to: &regions) < plenty, limits.target > Self.smallestTarget / perRow { limits.target /= 2 }
        while apply(limits, to: &regions) < enough, limits.sharedCells > 8 { limits.sharedCells /= 2 }
    }

    /// Returns the number of blocks.
    private func apply(_ limits: BlockLimits, to regions: inout [WorkRegion]) -> Int {
        var blocks = 0
        for index in regions.indices {
            let region = regions[index]
            let cost = BlockCost(
                steps: region.trialClass.steps, dimension: region.trialClass.costInCoordinates,
                sharesNoise: plan.usesCommonRandomNumbers, unit: options.trialsPerRow > 1 ? 1 : LaneGroup.width)
            regions[index].cut = cost.cut(cells: region.cells.count, trials: region.trials.count, limits: limits)
            blocks += regions[index].blockCount
        }
        return blocks
    }
}
