import Synchronization
import TrialContract
import WorkerThreads

/// Brings the trials of several results of one sweep together in a new file, which nobody has yet.
///
/// The new file is made stretch by stretch: what the results have of a stretch is read (each of them in one go, since its
/// rows are stored in the sweep's order), checked against its checksums, compared where several have it, and written at
/// once with its own checksums. So every byte is read once and written once, from front to back, and memory holds a
/// stretch for each thread.
struct RowMerge {
    private let sources: [MergeSource]
    private let target: StoredRows
    private let table: TileTable
    private let layout: ResultLayout
    private let plan: (any SweepPlan)?
    private let rowsPerStretch: Int
    /// Bytes of the widest variable in a stretch.
    private static let stretchBytes = 1 << 24

    /// - Parameter plan: tells which cells are excluded.
    init(_ sources: [MergeSource], into target: StoredRows, _ header: ResultHeader, plan: (any SweepPlan)?) {
        self.sources = sources
        self.plan = plan
        self.target = target
        table = TileTable(rows: target, header: header)
        layout = target.layout
        let widest = layout.variables.map(\.rowBytes).max() ?? 8
        rowsPerStretch = max(1, Self.stretchBytes / widest / ResultLayout.rowsPerTile) * ResultLayout.rowsPerTile
    }

    /// - Returns: the states of all trials.
    /// - Throws: `damaged` where a source is damaged, or has another outcome of a trial than one before it.
    func run() throws -> CompletionCounts {
        let stretches = stride(from: 0, to: layout.rowCount, by: rowsPerStretch).map {
            $0..<min($0 + rowsPerStretch, layout.rowCount)
        }
        // The first failure in the order of the rows is told, whichever thread comes first.
        let failure = Mutex<(stretch: Int, error: any Error)?>(nil)
        let counts = Mutex(CompletionCounts())
        WorkerThreads.perform(stretches.count) { index in
            if failure.withLock({ $0.map { $0.stretch < index } ?? false }) { return }
            do {
                let own = try merge(stretches[index])
                counts.withLock { $0.add(own) }
            } catch {
                failure.withLock { if $0.map({ index < $0.stretch }) ?? true { $0 = (index, error) } }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure.error }
        return counts.withLock { $0 }
    }

    /// A source's trials of a stretch.
    private struct Contribution {
        let source: MergeSource
        let pieces: [StoredPart.Piece]
        /// Rows that no earlier source has, and rows that one has.
        var new: [Range<Int>] = []
        var common: [Range<Int>] = []
    }

    private func merge(_ rows: Range<Int>) throws -> CompletionCounts {
        var states = [UInt8](repeating: 0, count: rows.count)
        let contributions = try sources.compactMap { try contribution(of: $0, rows, &states) }
        try markExcluded(rows, &states)
        let tiles = TileTable.tiles(rows)
        let isClaimed = tiles.map { tile in
            let first = tile * ResultLayout.rowsPerTile - rows.lowerBound
            return states[first..<min(first + ResultLayout.rowsPerTile, rows.count)].contains { $0 != 0 }
        }
        for (index, variable) in layout.variables.enumerated() {
            let bytes = variable == .status ? states : try values(variable, rows, contributions)
            try bytes.withUnsafeBytes { bytes in
                try target.writeBytes(bytes, index, position: rows.lowerBound)
                let checksums = zip(isClaimed, TileTable.checksums(bytes, variable)).map { $0 ? $1 : 0 }
                try table.write(checksums, index, firstTile: tiles.lowerBound)
            }
        }
        return states.withUnsafeBufferPointer { StatusScan.count($0) }
    }

    /// What a source has of some rows; `nil` for nothing. Its states are added to those of the sources before it.
    private func contribution(of source: MergeSource, _ rows: Range<Int>, _ states: inout [UInt8]) throws -> Contribution? {
        let reader = try source.reader()
        var contribution = Contribution(source: source, pieces: source.header.layout.pieces(of: rows))
        func note(_ row: Int, _ runs: inout [Range<Int>]) {
            if let last = runs.last, last.upperBound == row {
                runs[runs.count - 1] = last.lowerBound..<row + 1
            } else {
                runs.append(row..<row + 1)
            }
        }
        try contribution.pieces.forEachGroup { positions, pieces in
            let own = try reader.bytes(.status, positions: positions)
            for piece in pieces {
                for offset in 0..<piece.count {
                    let state = own[piece.position - positions.lowerBound + offset], row = piece.row + offset
                    guard state != 0 else { continue }
                    let present = states[row - rows.lowerBound]
                    if present == 0 {
                        states[row - rows.lowerBound] = state
                        note(row, &contribution.new)
                    } else {
                        guard present == state else { throw contradiction(source, TrialVariable.statusName, row) }
                        note(row, &contribution.common)
                    }
                }
            }
        }
        return contribution.new.isEmpty && contribution.common.isEmpty ? nil : contribution
    }

    /// The values of a variable in some rows, from all who have them.
    private func values(
        _ variable: TrialVariable, _ rows: Range<Int>, _ contributions: [Contribution]
    ) throws -> [UInt8] {
        let size = variable.rowBytes
        var merged = variable.notComputed(rows.count)
        for contribution in contributions {
            let reader = try contribution.source.reader()
            var own = [UInt8](repeating: 0, count: contribution.pieces.isEmpty ? 0 : rows.count * size)
            try own.withUnsafeMutableBytes { own in
                try contribution.pieces.forEachGroup { positions, pieces in
                    let stored = try reader.bytes(variable, positions: positions)
                    [StoredPart.Piece].scatter(stored, of: pieces, rowBytes: size, firstRow: rows.lowerBound, into: own)
                }
            }
            for run in contribution.common {
                let place = (run.lowerBound - rows.lowerBound) * size..<(run.upperBound - rows.lowerBound) * size
                guard own[place] != merged[place] else { continue }
                let byte = place.first { own[$0] != merged[$0] }!
                throw contradiction(contribution.source, variable.name, rows.lowerBound + byte / size)
            }
            merged.withUnsafeMutableBytes { merged in
                own.withUnsafeBytes { own in
                    for run in contribution.new {
                        let place = (run.lowerBound - rows.lowerBound) * size..<(run.upperBound - rows.lowerBound) * size
                        UnsafeMutableRawBufferPointer(rebasing: merged[place])
                            .copyMemory(from: UnsafeRawBufferPointer(rebasing: own[place]))
                    }
                }
            }
        }
        return merged
    }

    /// Marks the trials of excluded cells that no source has: those of parts that are not there.
    private func markExcluded(_ rows: Range<Int>, _ states: inout [UInt8]) throws {
        guard let plan, plan.mayExcludeCells else { return }
        let trials = layout.trials
        for cell in rows.lowerBound / trials...(rows.upperBound - 1) / trials where try plan.excludes(cell) {
            for row in (cell * trials..<(cell + 1) * trials).clamped(to: rows) where states[row - rows.lowerBound] == 0 {
                states[row - rows.lowerBound] = TrialStatus.excluded.rawValue
            }
        }
    }

    private func contradiction(_ source: MergeSource, _ name: String, _ row: Int) -> ResultStoreError {
        let cell = DamageReport.coordinates(row / layout.trials, layout.dimensions)
        return ResultStoreError(
            .damaged, "merge", object: name, path: source.header.path,
            reason: "trial \(row % layout.trials) of \(cell) has another outcome than in the files before it",
            remedy: "find out which is right with samsweep audit, and leave the other out")
    }
}
