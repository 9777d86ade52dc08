import ScalingFits
import TrialContract
import TrialSummaries

/// Reads what claims need of a result, in runs of neighbouring cells; keeps one number per trial.
struct SampleReader<Columns: TrialColumns> {
    /// Trials that are read at a time, unless one cell has more.
    private static var batchTrials: Int { 1 << 20 }

    let columns: Columns
    /// Where the result keeps blocks of trials in the place of trials.
    let blocks: (any StoredBlocks)?

    /// Which cells are part of the sweep: those that `where` drops have the status excluded.
    func included() throws -> [Bool] {
        var included: [Bool] = []
        try forEachBatch(cells: Array(0..<columns.cellCount)) { range in
            let status = try columns.status(cells: range)
            for start in stride(from: 0, to: status.count, by: columns.trials) {
                included.append(status[start] != TrialStatus.excluded.rawValue)
            }
        }
        return included
    }

    /// The expression's values in each of the cells; none of a cell where what is kept does not tell them.
    ///
    /// - Parameter cells: ascending.
    func samples(of expression: any CellExpression, cells: [Int]) throws -> [Int: CellSample] {
        if let blocks {
            return try BlockSamples(blocks: blocks).samples(of: expression, cells: cells, stepsTaken: columns.stepsTaken)
        }
        var samples: [Int: CellSample] = [:]
        try forEachBatch(cells: cells) { range in
            let status = try columns.status(cells: range)
            let values = try expression.statistics.map { try column($0, range, status) }
            for cell in range {
                samples[cell] = sample(
                    expression.bound(to: cell), values, status, first: (cell - range.lowerBound) * columns.trials)
            }
        }
        return samples
    }

    private func sample(
        _ function: CellFunction, _ columns: [[Double]], _ status: [UInt8], first: Int
    ) -> CellSample {
        var values: [Double] = []
        values.reserveCapacity(self.columns.trials)
        var missing = 0
        for row in first..<first + self.columns.trials where status[row] != TrialStatus.notAsked.rawValue {
            let isMissing = status[row] == TrialStatus.missing.rawValue
            missing += isMissing ? 1 : 0
            values.append(isMissing ? .nan : function(columns.map { $0[row] }))
        }
        let known = values.lazy.filter { !$0.isNaN }
        let range = known.min().flatMap { least in known.max().map { Interval(least, $0) } }
        return CellSample(
            values: values, missing: missing, valueless: values.count(where: \.isNaN) - missing, range: range)
    }

    private func column(_ name: String, _ cells: Range<Int>, _ status: [UInt8]) throws -> [Double] {
        switch name {
        case "diverged": status.map { $0 == TrialStatus.diverged.rawValue ? 1 : 0 }
        case "steps_taken": try columns.stepsTaken(cells: cells).map(Double.init)
        default: try columns.values(of: name, cells: cells)
        }
    }

    private func forEachBatch(cells: [Int], _ body: (Range<Int>) throws -> Void) throws {
        let most = max(1, Self.batchTrials / max(1, columns.trials))
        var start = 0
        for end in 1...max(1, cells.count)
        where end >= cells.count || cells[end] != cells[end - 1] + 1 || end - start >= most {
            guard start < cells.count else { return }
            try body(cells[start]..<cells[end - 1] + 1)
            start = end
        }
    }
}
