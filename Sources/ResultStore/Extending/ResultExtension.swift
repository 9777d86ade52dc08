import TrialContract

/// Carries what an older result and a newer sweep have in common into a new file.
struct ResultExtension {
    let old: ResultReader
    let map: CellMap
    let layout: ResultLayout
    let plan: any SweepPlan
    /// Rows of the older result that are damaged: they are computed again. Ascending.
    let lost: [Range<Int>]

    /// Whether the older result has every statistic of the sweep, and its trajectories over the same trials; without,
    /// its trials are computed again.
    var isReusable: Bool {
        let hasCurves = layout.curve == nil
            || layout.curve == old.header.layout.curve && layout.trials == old.header.layout.trials
        return hasCurves && layout.statistics.allSatisfy { old.header.layout.records($0) }
    }

    /// The run of trials of a cell from the first to the last one that is carried over.
    func carriedTrials(of cell: Int) throws -> Range<Int> {
        guard isReusable, let oldCell = map.oldCell(of: cell), try !plan.excludes(cell) else { return 0..<0 }
        let first = oldCell * old.trials
        let states = try old.status(rows: first..<first + min(old.trials, layout.trials))
        guard let start = states.firstIndex(where: { !Self.isOpen($0) }),
            let end = states.lastIndex(where: { !Self.isOpen($0) }) else { return 0..<0 }
        return layout.curve == nil ? start..<end + 1 : 0..<layout.trials
    }

    /// Whether a file with this layout has room for all that is carried over.
    func fits(into target: ResultLayout) throws -> Bool {
        guard target.part != nil else { return true }
        return try (0..<layout.cellCount).allSatisfy { cell in
            let carried = try carriedTrials(of: cell), first = cell * layout.trials
            return carried.isEmpty || target.pieces(of: first + carried.lowerBound..<first + carried.upperBound)
                .reduce(0) { $0 + $1.count } == carried.count
        }
    }

    /// Copies finished trials.
    ///
    /// - Returns: how many.
    func copy(to target: StoredRows, _ header: ResultHeader) throws -> Int {
        guard isReusable else { return 0 }
        let transfer = RowTransfer(from: old, to: target, copiesExcluded: false)
        var copied = 0
        let curves = CurveTransfer(from: old, to: target, header)
        try forEachCommonRun { from, to in
            copied += try transfer.copy(from, to: to)
            guard let curves else { return }
            for cell in 0..<from.count / layout.trials {
                try curves.copy(from.lowerBound / layout.trials + cell, to: to / layout.trials + cell)
            }
        }
        return copied
    }

    /// Whether every finished trial of the older result that the sweep still has is finished in the new file, too.
    func isCovered(by target: StoredRows) throws -> Bool {
        var isCovered = true
        try forEachCommonRun { from, to in
            for start in stride(from: 0, to: from.count, by: 1 << 20) where isCovered {
                let count = min(1 << 20, from.count - start)
                let states = try old.status(rows: from.lowerBound + start..<from.lowerBound + start + count)
                let present = try target.readStatus(rows: to + start..<to + start + count)
                isCovered = zip(states, present).allSatisfy { Self.isOpen($0) || $1 != 0 }
            }
        }
        return isCovered
    }

    /// What is left of a range.
    private static func subtract(_ lost: [Range<Int>], from rows: Range<Int>) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var position = rows.lowerBound
        for range in lost where range.overlaps(rows) {
            if range.lowerBound > position { parts.append(position..<range.lowerBound) }
            position = max(position, range.upperBound)
        }
        if position < rows.upperBound { parts.append(position..<rows.upperBound) }
        return parts
    }

    private static func isOpen(_ state: UInt8) -> Bool {
        state != TrialStatus.finished.rawValue && state != TrialStatus.diverged.rawValue
    }

    /// Calls `body` with rows of the older result and the first row of the new file for each stretch they share.
    private func forEachCommonRun(_ body: (Range<Int>, Int) throws -> Void) throws {
        let oldTrials = old.trials, newTrials = layout.trials, common = min(oldTrials, newTrials)
        var run: (from: Range<Int>, to: Int)?
        func hand(_ from: Range<Int>, _ to: Int) throws {
            for part in Self.subtract(lost, from: from) { try body(part, to + part.lowerBound - from.lowerBound) }
        }
        for cell in 0..<layout.cellCount {
            guard let oldCell = map.oldCell(of: cell), try !plan.excludes(cell) else { continue }
            let from = oldCell * oldTrials..<oldCell * oldTrials + common, to = cell * newTrials
            if let last = run, last.from.upperBound == from.lowerBound, last.to + last.from.count == to {
                run = (last.from.lowerBound..<from.upperBound, last.to)
            } else {
                if let run { try hand(run.from, run.to) }
                run = (from, to)
            }
        }
        if let run { try hand(run.from, run.to) }
    }
}
