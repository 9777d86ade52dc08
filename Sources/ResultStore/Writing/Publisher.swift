import Glibc
import Synchronization
import WorkerThreads

/// Makes finished trials visible: their status is written after their values, with the values on disk in between.
///
/// Workers hand over the states of blocks whose values they have written. Every now and then all states that have come
/// together are published: (1) the file is synchronised, which brings those values and the states published before to
/// disk, (2) the states are written, and the checksums of tiles that states of the round before have filled. So a power
/// loss at any instant leaves no state on disk whose values are not there and no checksum of a tile that is not, and a
/// kill at any instant leaves all that was published. The pause between two rounds is ten times what a round takes, so
/// that a slow file system is not kept busy.
final class Publisher: Sendable {
    struct Pending {
        var runs: [RowRun] = []
        var states: [UInt8] = []
    }

    private struct State {
        var pending = Pending()
        /// Taken, but not yet written.
        var inPublication = Pending()
        /// States are written that may not be on disk.
        var isUnsynchronised = false
        /// A thread is at work that makes the next round.
        var isScheduled = false
        /// When the last round ended.
        var lastRound = ContinuousClock.now
        var failure: (any Error)?
        var pause = Publisher.shortestPause
        var ledger: TileLedger
    }

    private static let shortestPause = 0.02
    private static let longestPause = 2.0

    private let rows: StoredRows
    private let table: TileTable
    private let state: Mutex<State>
    /// Held during a round.
    private let turn = Mutex(())

    /// Withdraws the claims of tiles that may be written, before anything is.
    init(rows: StoredRows, table: TileTable) throws {
        self.rows = rows
        self.table = table
        var ledger = try TileLedger(rows, table)
        let claimed = ledger.sealedButOpen
        if !claimed.isEmpty {
            try table.unseal(claimed)
            try rows.file.synchronise()
            ledger.noteUnsealed(claimed)
        }
        state = Mutex(State(ledger: ledger))
    }

    /// Takes the states of a block whose values are written.
    ///
    /// Throws what an earlier round threw: nothing is published after a failure.
    func add(_ runs: [RowRun], _ states: [UInt8]) throws {
        let mustSchedule = try state.withLock { state -> Bool in
            if let failure = state.failure { throw failure }
            let base = state.pending.states.count
            for run in runs {
                state.pending.runs.append(RowRun(row: run.row, count: run.count, source: base + run.source))
            }
            state.pending.states += states
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { schedule() }
    }

    /// Returns when everything handed over before is published and on disk.
    func synchronise() throws {
        try turn.withLock { _ in
            try round()
            try round()
        }
    }

    /// Claims every tile that holds results, once there will be no more, and brings that to disk.
    func sealAll() throws {
        try synchronise()
        try turn.withLock { _ in
            try table.seal(state.withLock { $0.ledger.takeOpen() })
            try rows.file.synchronise()
        }
    }

    /// The states handed over but perhaps not yet written, for rows of a range.
    func unpublished(in range: Range<Int>) -> [(rows: Range<Int>, states: ArraySlice<UInt8>)] {
        state.withLock { state in
            [state.inPublication, state.pending].flatMap { pending in
                pending.runs.compactMap { run in
                    let rows = (run.row..<run.row + run.count).clamped(to: range)
                    guard !rows.isEmpty else { return nil }
                    let first = run.source + rows.lowerBound - run.row
                    return (rows, pending.states[first..<first + rows.count])
                }
            }
        }
    }

    /// Makes rounds on a thread of its own until there is nothing to publish; where no thread can be had, whoever hands
    /// over states makes a round when the pause is over.
    private func schedule() {
        let failure = WorkerThreads.start { [self] in
            repeat { usleep(useconds_t(state.withLock { $0.pause } * 1e6)) } while goOn()
        }
        guard failure != 0 else { return }
        let isDue = state.withLock { state in
            state.isScheduled = false
            return (ContinuousClock.now - state.lastRound) / .seconds(1) >= state.pause
        }
        if isDue { turn.withLock { _ in try? round() } }
    }

    /// - Returns: whether there is more to do.
    private func goOn() -> Bool {
        turn.withLock { _ in try? round() }
        return state.withLock { state in
            state.isScheduled = state.failure == nil && (state.isUnsynchronised || !state.pending.runs.isEmpty)
            return state.isScheduled
        }
    }

    /// One round; `turn` is held.
    private func round() throws {
        let taken: (pending: Pending, full: [Int])? = try state.withLock { state in
            if let failure = state.failure { throw failure }
            let full = state.ledger.takeFull()
            if state.pending.runs.isEmpty && full.isEmpty && !state.isUnsynchronised { return nil }
            swap(&state.pending, &state.inPublication)
            return (state.inPublication, full)
        }
        guard let taken else { return }
        let began = ContinuousClock.now
        do {
            try rows.file.synchronise()
            try rows.file.requireInPlace(length: rows.endOffset)
            try write(taken.pending)
            try table.seal(taken.full)
        } catch {
            state.withLock { $0.failure = error }
            throw error
        }
        let took = (ContinuousClock.now - began) / .seconds(1)
        state.withLock { state in
            for run in taken.pending.runs { state.ledger.note(run) }
            state.inPublication = Pending()
            state.isUnsynchronised = !taken.pending.runs.isEmpty || !taken.full.isEmpty
            state.lastRound = .now
            state.pause = min(max(10 * took, Self.shortestPause), Self.longestPause)
        }
    }

    /// Writes states in as few pieces as there can be.
    private func write(_ taken: Pending) throws {
        let runs = taken.runs.sorted { $0.row < $1.row }
        var states: [UInt8] = []
        states.reserveCapacity(taken.states.count)
        var merged: [RowRun] = []
        for run in runs {
            merged.extend(by: RowRun(row: run.row, count: run.count, source: states.count))
            states += taken.states[run.source..<run.source + run.count]
        }
        try rows.writeStatus(states, merged)
    }
}
