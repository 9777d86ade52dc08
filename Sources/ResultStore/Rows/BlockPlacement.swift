import TrialContract

/// Rows that follow each other both in the file and in what is written to it.
struct RowRun: Sendable, Equatable {
    /// The first row in the file.
    var row: Int
    var count: Int
    /// The first row in the block.
    var source: Int
}

extension [RowRun] {
    /// Appends a run; where it follows the last one in the file and in what is written, that one grows instead.
    mutating func extend(by next: RowRun) {
        if let last, last.row + last.count == next.row, last.source + last.count == next.source {
            self[count - 1].count += next.count
        } else {
            append(next)
        }
    }
}

/// Where the rows of a block lie in the file: as few runs as there can be.
struct BlockPlacement {
    private(set) var runs: [RowRun] = []

    /// - Parameter trials: trials per cell in the file.
    init(_ block: OutcomeBlock, trials: Int) {
        var source = 0
        for cell in block.cellIndices {
            let row = cell * trials + block.trials.lowerBound
            runs.extend(by: RowRun(row: row, count: block.trials.count, source: source))
            source += block.trials.count
        }
    }
}
