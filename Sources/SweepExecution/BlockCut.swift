import TrialContract

/// How a rectangle of cells times trials is cut into blocks.
struct BlockCut: Equatable {
    var cellsPerBlock: Int
    var trialsPerBlock: Int
}

/// How far blocks may grow.
struct BlockLimits {
    /// The cost of a full block.
    var target: Double
    /// The cost up to which cells are kept together to share their noise.
    var longest: Double
    /// Cells that may share their noise even where that makes a block dearer than `target`.
    var sharedCells: Int
}

/// What a block costs, in coordinate-steps that draw their own noise.
///
/// Drawing is some five sixths of a coordinate-step. With common random numbers it is done once for all cells of a
/// block, so a block then takes as many cells as stay in the cache, and few trials.
struct BlockCost {
    static let drawShare = 0.85
    /// Doubles of state that stay in a second-level cache.
    static let residentValues = 32_768

    let steps: Int
    let dimension: Int
    let sharesNoise: Bool
    /// Trials that come together: those of a kernel's lanes, or one where each stands for many.
    var unit = LaneGroup.width

    func cost(cells: Int, trials: Int) -> Double {
        let paths = Double(steps) * Double(dimension) * Double(trials)
        return sharesNoise
            ? paths * (Self.drawShare + (1 - Self.drawShare) * Double(cells))
            : paths * Double(cells)
    }

    /// Cuts `cells` times `trials` into blocks within the limits, but never below `unit` trials.
    func cut(cells: Int, trials: Int, limits: BlockLimits) -> BlockCut {
        let lanes = min(trials, unit)
        let fewest = min(cells, (unit + lanes - 1) / lanes)
        let most = sharesNoise
            ? sharingWidth(cells: cells, lanes: lanes, fewest: fewest, limits: limits)
            : affordableWidth(cells: cells, trials: trials, fewest: fewest, target: limits.target)
        let width = max(fewest, evenly(cells, by: most))
        let groups = max(1, (limits.target / cost(cells: width, trials: unit)).rounded(.down))
        let length = groups * Double(unit) < Double(trials) ? Int(groups) * unit : trials
        return BlockCut(cellsPerBlock: width, trialsPerBlock: evenly(trials, by: length, multiple: unit))
    }

    /// As many cells as share their noise with profit: halved down to what `limits` allow.
    private func sharingWidth(cells: Int, lanes: Int, fewest: Int, limits: BlockLimits) -> Int {
        let kept = min(cells, max(limits.sharedCells, fewest))
        var width = min(cells, max(kept, Self.residentValues / ((unit == LaneGroup.width ? lanes : LaneGroup.width) * dimension)))
        while width > kept, cost(cells: width, trials: lanes) > limits.target { width = max(kept, width / 2) }
        let least = max(4, fewest)
        while width > least, cost(cells: width, trials: lanes) > limits.longest { width = max(least, width / 2) }
        return width
    }

    /// Cells with all their trials, where they are cheap; else one.
    private func affordableWidth(cells: Int, trials: Int, fewest: Int, target: Double) -> Int {
        let affordable = target / cost(cells: 1, trials: trials)
        return affordable < Double(cells) ? max(fewest, Int(affordable)) : cells
    }

    /// The smallest part, a multiple of `multiple`, with which `count` falls into no more parts than with `part`.
    private func evenly(_ count: Int, by part: Int, multiple: Int = 1) -> Int {
        let parts = (count + part - 1) / part
        let even = (count + parts - 1) / parts
        return min(count, (even + multiple - 1) / multiple * multiple)
    }
}
