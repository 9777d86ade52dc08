import TrialContract

/// Makes damaged trials missing, so that a run computes them again. Possible where a file's fixed part is intact.
struct DamageRepair {
    private let rows: StoredRows
    private let table: TileTable
    private let curves: StoredCurves?
    private let plan: any SweepPlan

    init(file: RawFile, header: ResultHeader, plan: any SweepPlan) throws {
        rows = try StoredRows(file: file, header: header)
        table = TileTable(rows: rows, header: header)
        curves = StoredCurves(file: file, header: header)
        self.plan = plan
    }

    /// Cells of which some trials are done and some are missing, where trajectories need all of them.
    func brokenCells() throws -> [Range<Int>] {
        guard curves != nil else { return [] }
        let trials = rows.layout.trials
        return try rows.cells { states in
            let counts = StatusScan.count(states)
            return counts.missing > 0 && counts.done > 0
        }.map { $0 * trials..<($0 + 1) * trials }
    }

    /// Resets trials. At every instant the file claims nothing that is not there: first it is no longer complete, then
    /// the trials are missing and the tiles they lie in claim nothing, then their values go.
    ///
    /// - Returns: how many trials are missing now.
    @discardableResult
    func reset(rows ranges: [Range<Int>]) throws -> Int {
        guard !ranges.isEmpty else { return 0 }
        try CompletionMark.set(0, in: rows.file)
        try rows.file.synchronise()
        var missing = 0
        for range in ranges {
            let states = try freshStates(range)
            try rows.writeBytes(states, rows.layout.statistics.count, firstRow: range.lowerBound)
            missing += states.count { $0 == 0 }
        }
        try table.unseal(Array(Set(ranges.flatMap { TileTable.tiles(ofRows: $0, rows.layout) })))
        try rows.file.synchronise()
        for range in ranges { try clearValues(range) }
        return missing
    }

    private func freshStates(_ range: Range<Int>) throws -> [UInt8] {
        var states = [UInt8](repeating: 0, count: range.count)
        guard plan.mayExcludeCells else { return states }
        let trials = rows.layout.trials
        for cell in range.lowerBound / trials...(range.upperBound - 1) / trials where try plan.excludes(cell) {
            for row in (cell * trials..<(cell + 1) * trials).clamped(to: range) {
                states[row - range.lowerBound] = TrialStatus.excluded.rawValue
            }
        }
        return states
    }

    private func clearValues(_ range: Range<Int>) throws {
        for (index, variable) in rows.layout.variables.enumerated() where variable != .status {
            try rows.writeBytes(variable.notComputed(range.count), index, firstRow: range.lowerBound)
        }
        guard let curves else { return }
        // Ranges are of whole cells here.
        let trials = rows.layout.trials
        for cell in range.lowerBound / trials..<range.upperBound / trials { try curves.clear(cell: cell) }
    }
}
