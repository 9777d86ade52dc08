import ResultStore
import SweepExecution
import SweepPlanning
import TrialContract
import Wording

/// The files in which parts of a round were computed, and the way of their trials into the result.
///
/// A trial is a function of its identity: what the result has is left alone, and whatever else the files have of the round is stored as
/// if it had just been computed. So it may be stopped anywhere and done again.
struct CollectedRound {
    private let order: RoundOrder
    private let plan: PlannedSweep
    private let parts: [ResultReader]
    /// Files of other rounds, and which these are.
    private(set) var others: [(path: String, sentence: String)] = []

    /// Cells that are looked at together.
    private static let window = 1024

    /// Files of other rounds of the sweep are passed over.
    ///
    /// - Parameter plan: the sweep as the round has it.
    /// - Throws: `ResultStoreError`; `CommandError.invalidData` for a file of another sweep, or that is no part of a round.
    init(_ paths: [String], order: RoundOrder, plan: PlannedSweep) throws {
        self.order = order
        self.plan = plan
        var (parts, others): ([ResultReader], [(path: String, sentence: String)]) = ([], [])
        for path in paths {
            let reader = try ResultReader.open(path)
            guard reader.shard != nil, !reader.rounds.isEmpty else {
                throw CommandError.invalidData("--collect: \(path) is no part of a round: leave it out")
            }
            guard reader.sweepFingerprint == plan.sweepFingerprint else {
                throw CommandError.invalidData("--collect: \(path) is of another sweep: leave it out")
            }
            guard reader.rounds == [order.sentence] else {
                others.append((path, reader.rounds.joined(separator: "; ")))
                continue
            }
            guard reader.planFingerprint == plan.stored.planFingerprint else {
                throw CommandError.invalidData("--collect: \(path) has other cells or trials than this round: compute it again")
            }
            parts.append(reader)
        }
        (self.parts, self.others) = (parts, others)
    }

    /// Whether any file may have something of the round.
    var isEmpty: Bool { parts.isEmpty }

    /// Stores what the files have and a result lacks.
    func store(in writer: ResultWriter) throws {
        for reader in parts {
            guard let shard = reader.shard else { continue }
            let cut = try order.cut(plan, count: shard.count)
            for first in stride(from: 0, to: plan.cellCount, by: Self.window) {
                let cells = first..<min(first + Self.window, plan.cellCount)
                for (cell, missing) in zip(cells, try writer.missingTrials(cells: cells)) {
                    let own = cut.trials(ofCell: cell, in: shard)
                    for run in missing {
                        let wanted = run.clamped(to: own)
                        if !wanted.isEmpty { try store(wanted, ofCell: cell, from: reader, in: writer) }
                    }
                }
            }
        }
        try writer.synchronise()
    }

    /// Those that are done among some trials of a cell, run by run.
    private func store(_ trials: Range<Int>, ofCell cell: Int, from reader: ResultReader, in writer: ResultWriter) throws {
        let base = cell * reader.trials
        let states = try reader.status(rows: base + trials.lowerBound..<base + trials.upperBound)
        let done: Set<UInt8> = [TrialStatus.finished.rawValue, TrialStatus.diverged.rawValue]
        var first = 0
        while let start = states[first...].firstIndex(where: { done.contains($0) }) {
            let end = states[start...].firstIndex { !done.contains($0) } ?? states.count
            let own = trials.lowerBound + start..<trials.lowerBound + end
            let rows = base + own.lowerBound..<base + own.upperBound
            try writer.store(OutcomeBlock(
                cellIndices: [cell], trials: own, statistics: reader.statistics.map(\.name),
                columns: OutcomeColumns(
                    status: Array(states[start..<end]), stepsTaken: try reader.stepsTaken(rows: rows),
                    values: try reader.statistics.map { try reader.values(of: $0.name, rows: rows) })))
            first = end
        }
    }
}

extension RunContext {
    /// Returns when all trials of a round are stored, taken from the files of its parts. The round is written for those who compute it.
    ///
    /// - Parameters:
    ///   - plan: the sweep as the round has it.
    ///   - open: opens the result for the round.
    /// - Throws: `CommandError.interrupted` where some of them are nowhere yet.
    func collect(_ order: RoundOrder, _ plan: PlannedSweep, open: () throws -> ResultWriter) throws {
        guard case .parts(let files, let path) = source else { return }
        try order.write(to: path)
        let parts = try CollectedRound(files, order: order, plan: order.plan(of: plan, path))
        // What earlier rounds computed is in the result.
        let collected = Set((try? ResultReader.open(self.path))?.rounds ?? [])
        for other in parts.others where !collected.contains(other.sentence) {
            Console.shared.message(
                "samsweep: warning: \(other.path) does not fit and is passed over: it is a part of another round (\(other.sentence)) than "
                    + "the one that is asked for (\(order.sentence)): compute it again with --round \([path].shellQuoted)")
        }
        guard !parts.isEmpty else {
            let trials = order.trials.reduce(0) { $0 + $1.count }
            throw CommandError.interrupted(
                "\(counted(trials, plan.rowNoun)) of the next round are to be computed, with --shard I/N --round \([path].shellQuoted) for each part, "
                    + "and collected")
        }
        let writer = try open()
        try parts.store(in: writer)
        let counts = try writer.finish(isLast: false)
        guard counts.missing == 0 else {
            throw CommandError.interrupted(
                "\(counted(counts.missing, plan.rowNoun)) of the round are missing in its parts; what they have is in \(self.path)")
        }
    }
}
