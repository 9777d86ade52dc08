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
    /// Bytes of the widest variable in a stretch: some for each source, so that each is read in pieces worth a call, and few
    /// enough to stay near the processor where there are few sources.
    static func stretchBytes(sources: Int) -> Int { min(max(sources << 16, 1 << 21), 1 << 24) }

    /// - Parameters:
    ///   - plan: tells which cells are excluded.
    ///   - stretchBytes: of the widest variable; a stretch has a tile at least.
    init(_ sources: [MergeSource], into target: StoredRows, _ header: ResultHeader, plan: (any SweepPlan)?, stretchBytes: Int) {
        self.sources = sources
        self.plan = plan
        self.target = target
        table = TileTable(rows: target, header: header)
        layout = target.layout
        let widest = layout.variables.map(\.rowBytes).max() ?? 8
        rowsPerStretch = max(1, stretchBytes / widest / ResultLayout.rowsPerTile) * ResultLayout.rowsPerTile
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
        /// Rows that are stored one after the other.
        struct Group {
            let positions: Range<Int>
            /// Runs of rows that no earlier source has, and of rows that one has.
            var new: [StoredPart.Piece] = []
            var common: [StoredPart.Piece] = []
        }

        let source: MergeSource
        var groups: [Group] = []
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
        var contribution = Contribution(source: source)
        try source.header.layout.pieces(of: rows).forEachGroup { positions, pieces in
            let own = try reader.bytes(.status, positions: positions)
            var group = Contribution.Group(positions: positions)
            for piece in pieces {
                if Self.take(own, piece, positions.lowerBound, &states, rows.lowerBound) {
                    Self.extend(&group.new, piece)
                    continue
                }
                for offset in 0..<piece.count {
                    let position = piece.position + offset, row = piece.row + offset
                    let state = own[position - positions.lowerBound]
                    guard state != 0 else { continue }
                    let present = states[row - rows.lowerBound]
                    if present == 0 {
                        states[row - rows.lowerBound] = state
                        Self.extend(&group.new, StoredPart.Piece(row: row, position: position, count: 1))
                    } else {
                        guard present == state else { throw contradiction(source, TrialVariable.statusName, row) }
                        Self.extend(&group.common, StoredPart.Piece(row: row, position: position, count: 1))
                    }
                }
            }
            if !group.new.isEmpty || !group.common.isEmpty { contribution.groups.append(group) }
        }
        return contribution.groups.isEmpty ? nil : contribution
    }

    /// Takes the states of a whole piece over, where the source has all of it and nobody before has any; as a rule so.
    private static func take(
        _ own: [UInt8], _ piece: StoredPart.Piece, _ firstPosition: Int, _ states: inout [UInt8], _ firstRow: Int
    ) -> Bool {
        own.withUnsafeBytes { own in
            states.withUnsafeMutableBytes { states in
                let source = UnsafeRawBufferPointer(rebasing: own[(piece.position - firstPosition)...].prefix(piece.count))
                let target = UnsafeMutableRawBufferPointer(rebasing: states[(piece.row - firstRow)...].prefix(piece.count))
                guard source.allSatisfy({ $0 != 0 }), target.allSatisfy({ $0 == 0 }) else { return false }
                target.copyMemory(from: source)
                return true
            }
        }
    }

    private static func extend(_ runs: inout [StoredPart.Piece], _ piece: StoredPart.Piece) {
        if let last = runs.last, last.row + last.count == piece.row, last.position + last.count == piece.position {
            runs[runs.count - 1].count += piece.count
        } else {
            runs.append(piece)
        }
    }

    /// The values of a variable in some rows, from all who have them.
    private func values(
        _ variable: TrialVariable, _ rows: Range<Int>, _ contributions: [Contribution]
    ) throws -> [UInt8] {
        let size = variable.rowBytes
        let given = contributions.reduce(0) { $0 + $1.groups.reduce(0) { $0 + $1.new.reduce(0) { $0 + $1.count } } }
        // Where every row is somebody's, all of it is written below.
        var merged = given < rows.count
            ? variable.notComputed(rows.count)
            : [UInt8](unsafeUninitializedCapacity: rows.count * size) { $1 = rows.count * size }
        for contribution in contributions {
            let reader = try contribution.source.reader()
            for group in contribution.groups {
                let stored = try reader.bytes(variable, positions: group.positions)
                for run in group.common {
                    let from = (run.position - group.positions.lowerBound) * size, to = (run.row - rows.lowerBound) * size
                    let length = run.count * size
                    guard stored[from..<from + length] != merged[to..<to + length] else { continue }
                    let byte = (0..<length).first { stored[from + $0] != merged[to + $0] }!
                    throw contradiction(contribution.source, variable.name, run.row + byte / size)
                }
                merged.withUnsafeMutableBytes {
                    [StoredPart.Piece].scatter(
                        stored, at: group.positions.lowerBound, of: group.new[...], rowBytes: size, firstRow: rows.lowerBound,
                        into: $0)
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
