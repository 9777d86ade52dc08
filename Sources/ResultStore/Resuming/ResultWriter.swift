import Synchronization
import TrialContract

/// Writes the outcomes of a sweep to its result file and knows what is already there.
///
/// Every instant of a run leaves a valid file: see `FileCreation` for what stands there before the first trial and
/// `Publisher` for the order in which outcomes appear.
public final class ResultWriter: OutcomeSink, CompletionMap {
    /// How a file that is already there is treated.
    public enum Mode: Sendable {
        /// Goes on with it.
        case resume
        /// Goes on with it, and computes damaged trials again instead of refusing them.
        case repair
        /// Starts over.
        case fresh
    }

    /// The result's path, as given.
    public let path: String
    /// The trials' states when the file was opened; of a shard's own trials where the file is a shard's.
    public let summary: CompletionCounts
    /// What the user should know though nothing failed, as a file system without locks.
    public let warnings: [String]

    private let header: ResultHeader
    /// `nil` where the file is compressed and complete.
    private let session: Session?
    private let lock: LockFile
    /// Where the sweep has grown: the older result, whose place the file takes in the end.
    private let extending: ResultExtension?
    let unfinished: TrialStateFile

    init(
        header: ResultHeader, file: RawFile, lock: LockFile, shard: ShardPart?, path: String,
        extending: ResultExtension?, plan: any SweepPlan, warnings: [String]
    ) throws {
        self.path = path
        self.header = header
        self.extending = extending
        self.lock = lock
        let unfinished = try TrialStateFile(result: path, planFingerprint: header.planFingerprint)
        self.unfinished = unfinished
        let rows = try StoredRows(file: file, header: header)
        let curves = try StoredCurves(file: file, header: header).map {
            try CurveSession(curves: $0, rows: rows, kept: unfinished.outcomes, plan: plan)
        }
        session = Session(
            rows: rows, publisher: try Publisher(rows: rows, table: TileTable(rows: rows, header: header)),
            curves: curves)
        self.warnings = [lock.warning].compactMap { $0 } + warnings
        var counts = try shard.map { try rows.countStatus(of: $0) } ?? rows.countStatus()
        counts.move(curves?.kept ?? 0)
        summary = counts
    }

    /// A result with nothing to write.
    init(finished header: ResultHeader, lock: LockFile) throws {
        path = header.path
        self.header = header
        self.lock = lock
        unfinished = try TrialStateFile(result: path, planFingerprint: header.planFingerprint)
        session = nil
        extending = nil
        warnings = [lock.warning].compactMap { $0 }
        summary = try ResultReader(header).counts()
    }

    private struct Session {
        let rows: StoredRows
        let publisher: Publisher
        /// `nil` where no trajectories are recorded.
        let curves: CurveSession?
    }

    /// Where the file lies that a run extends a result in: beside it, until the run has ended.
    public static func extensionPath(of path: String) -> String { BesideFile.extended(of: path) }

    /// Whether the file that is written is an extended copy of the result, which is still as it was.
    public var isExtension: Bool { extending != nil }

    /// Opens the result of a sweep for writing: creates it with its folders, or goes on with what is there.
    ///
    /// Where the sweep has grown (more trials, values or statistics), everything that can be reused is first copied to
    /// a file beside the result, and that is written.
    ///
    /// - Parameters:
    ///   - allowDrop: whether trials may go that the sweep no longer asks for; otherwise they are an error.
    ///   - shard: the part of the sweep that this file is for; `nil` for the whole.
    ///   - rounds: what a new file says of the rounds that decided its numbers of trials.
    ///   - log: the same for programs, where rounds go on.
    /// - Throws: `cannotCreate` where the path is a folder, cannot be written, is no result file or another sweep's;
    ///   `damaged` where the result is damaged; `inputOutput` where another run writes it or the disk fails.
    public static func open(
        path: String, plan: any SweepPlan, mode: Mode = .resume, allowDrop: Bool = false, provenance: Provenance,
        shard: ShardPart? = nil, rounds: [String] = [], log: RoundLog? = nil
    ) throws -> ResultWriter {
        try ResultOpening(
            path: try Paths.resolved(path), plan: plan, mode: mode, allowDrop: allowDrop, provenance: provenance, shard: shard,
            rounds: rounds, log: log
        ).open()
    }

    /// Throws `cannotCreate` where `open` would: for a file that is no result or another sweep's. Nothing is made, locked or changed.
    public static func look(at path: String, plan: any SweepPlan, provenance: Provenance) throws {
        try ResultOpening(
            path: Paths.resolved(path), plan: plan, mode: .resume, allowDrop: false, provenance: provenance, shard: nil
        ).look()
    }

    /// Writes a block's values and hands its states over to be published. A trial is stored once.
    ///
    /// Where trajectories are recorded, a cell is written when its last trial has come, its trajectories first.
    public func store(_ block: OutcomeBlock) throws {
        guard let session else { preconditionFailure("a complete result has no missing trials to store") }
        guard let curves = session.curves else { return try write(block, session) }
        BlockPlacement(block, trials: trialsPerCell).runs.forEach { unfinished.forget($0.row..<$0.row + $0.count) }
        for cell in curves.gatherer.add(block) {
            try curves.write(cell)
            try write(cell, session)
            curves.gatherer.remove(cell.cellIndices[0])
        }
    }

    private func write(_ block: OutcomeBlock, _ session: Session) throws {
        let placement = BlockPlacement(block, trials: session.rows.layout.trials)
        try session.rows.writeValues(block, placement)
        try session.publisher.add(placement.runs, block.columns.status)
        for run in placement.runs { unfinished.forget(run.row..<run.row + run.count) }
    }

    /// The length of the file's trial axis.
    public var trials: Int { header.layout.trials }

    var trialsPerCell: Int { header.layout.trials }

    public func missingTrials(cells: Range<Int>) throws -> [[Range<Int>]] {
        guard let session else { return cells.map { _ in [] } }
        let trials = header.layout.trials
        let range = cells.lowerBound * trials..<cells.upperBound * trials
        // First what is on its way, then the file: a trial between the two is then seen in one of them.
        let held = session.curves.map { curves in cells.map { curves.gatherer.held(cell: $0) } }
        let unpublished = session.publisher.unpublished(in: range)
        var states = try session.rows.readStatus(rows: range)
        for (place, cell) in (held ?? []).enumerated() {
            for (trial, isHeld) in (cell ?? []).enumerated() where isHeld {
                states[place * trials + trial] = TrialStatus.finished.rawValue
            }
        }
        for (rows, values) in unpublished {
            for (row, value) in zip(rows, values) { states[row - range.lowerBound] = value }
        }
        return states.withUnsafeBufferPointer { states in
            (0..<cells.count).map { cell in
                StatusScan.missingRuns(UnsafeBufferPointer(rebasing: states[cell * trials..<(cell + 1) * trials]))
            }
        }
    }

    /// Returns when every trial stored before is marked as finished, and all of that is on disk.
    public func synchronise() throws {
        try session?.publisher.synchronise()
    }

    /// How long a text `keep(roundLog:)` takes; `nil` where the file has no place for one.
    public var mostRoundLog: Int? { session == nil ? nil : header.mostRoundLog }

    /// Writes the log of rounds anew. Nothing is done where the file has no place for it.
    public func keep(roundLog text: String) throws {
        guard let session, let place = header.roundLog, let bytes = RoundLog.bytes(text, count: place.count) else { return }
        try session.rows.file.write(bytes, at: place.lowerBound, ResultLayout.roundLogPath)
        try session.rows.file.synchronise()
    }

    /// Brings everything to disk, marks the result complete if no trial of the whole sweep is missing, and ends the
    /// lock. The writer cannot be used afterwards.
    ///
    /// An extended copy takes the place of the result, unless trials of it that are finished are not yet so in the copy
    /// (a statistic was added and they are computed again): then it waits beside it for the next run.
    ///
    /// - Parameter isLast: `false` where another round of trials may follow: the result is then not yet marked complete.
    /// - Returns: the states of all trials.
    @discardableResult
    public func finish(isLast: Bool = true) throws -> CompletionCounts {
        defer { lock.release() }
        guard let session else { return summary }
        try session.publisher.sealAll()
        if let curves = session.curves { unfinished.keep(outcomes: curves.gatherer.outcomes()) }
        try unfinished.save()
        let counts = try session.rows.countStatus()
        if counts.missing == 0 && isLast && !header.isComplete { try markComplete(session.rows.file) }
        if let extending, try extending.isCovered(by: session.rows) {
            try Paths.replace(path, extending.old.header.identity, with: header.path)
        }
        return counts
    }

    private func markComplete(_ file: RawFile) throws {
        try CompletionMark.set(1, in: file)
        try file.synchronise()
    }
}

extension ResultWriter: TrialStateKeeper {
    public func states(cellIndices: [Int], trials: Range<Int>) -> [TrialState?] {
        rows(cellIndices, trials).map { unfinished.state(row: $0) }
    }

    public func keep(_ states: [TrialState?], cellIndices: [Int], trials: Range<Int>) {
        for (row, state) in zip(rows(cellIndices, trials), states) {
            state.map { unfinished.keep($0, row: row) }
        }
    }

    private func rows(_ cellIndices: [Int], _ trials: Range<Int>) -> [Int] {
        cellIndices.flatMap { cell in trials.map { cell * trialsPerCell + $0 } }
    }
}
