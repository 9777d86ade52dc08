import TrialContract

/// Makes damaged trials missing, so that a run computes them again. Possible where a file's fixed part is intact.
struct DamageRepair {
    let rows: StoredRows
    let table: TileTable
    let plan: any SweepPlan

    /// Resets all trials of some tiles. At every instant the file claims nothing that is not there: first it is no
    /// longer complete, then the trials are missing, then their values go.
    ///
    /// - Returns: how many trials are missing now.
    func reset(_ tiles: [Int]) throws -> Int {
        try CompletionMark.set(0, in: rows.file)
        try rows.file.synchronise()
        var missing = 0
        for run in TileTable.runs(tiles) {
            let states = try freshStates(TileTable.rows(run, of: rows.layout))
            try rows.writeBytes(states, rows.layout.statistics.count, firstRow: run.lowerBound * ResultLayout.rowsPerTile)
            missing += states.count { $0 == 0 }
        }
        try table.unseal(tiles)
        try rows.file.synchronise()
        for run in TileTable.runs(tiles) { try clearValues(TileTable.rows(run, of: rows.layout)) }
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
            let bytes: [UInt8] = variable.element == .float64
                ? [Double](repeating: .nan, count: range.count * variable.width).withUnsafeBytes { Array($0) }
                : [UInt8](repeating: 0, count: range.count * variable.rowBytes)
            try rows.writeBytes(bytes, index, firstRow: range.lowerBound)
        }
    }
}
