import ArgumentParser
import KernelSelection
import PortableMath
import ResultStore
import SweepPlanning
import Synchronization
import TrialContract
import Wording
import WorkerThreads

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Computes some trials of a result again and compares the bits.",
        discussion: """
            The sweep is taken from the result file itself. Trials are drawn at random from those that are done, by \
            their own seed. Exit code 2 where a stored value is not what the kernels give.
            """)

    /// Their numbers are held in memory.
    private static let mostTrials = 10_000_000

    @Argument(help: ArgumentHelp("A result file.", valueName: "result.h5"))
    var result: String

    @Option(help: ArgumentHelp("How many trials to compute again.", valueName: "n"))
    var sample = 100

    @Option(help: ArgumentHelp("Seed of the choice.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var machine: MachineOptions

    func validate() throws {
        guard sample >= 1 else { throw ValidationError("--sample \(sample) is less than 1") }
        guard sample <= Self.mostTrials else {
            throw ValidationError(
                "--sample \(sample) is more than \(Self.mostTrials), the most that one audit takes: audit others with --seed")
        }
    }

    func run() throws {
        let reader = try ResultReader.open(result)
        let plan = try SweepLoading.plan(of: reader, result)
        guard plan.planFingerprint == reader.planFingerprint else {
            throw CommandError.checkFailed(
                "\(result) was made by other kernels (revision \(reader.kernelRevision), these are "
                    + "\(KernelSelection.catalogue.kernelRevision)) or its sweep or the file of its data has changed: audit "
                    + "it with the program that made it, commit \(reader.gitCommit), and with those data")
        }
        let rows = try AuditSample(reader: reader, seed: seed).rows(sample)
        guard !rows.isEmpty else { throw CommandError.invalidData("\(result) has no finished \(plan.rowNoun) to audit") }
        let audit = TrialAudit(reader: reader, plan: plan.stored, kernel: plan.storing(try machine.kernel()))
        let differences = try audit.differences(rows: rows, threads: machine.threadCount)
        guard differences.isEmpty else {
            let list = differences.prefix(10).joined(separator: "\n  ")
            throw CommandError.checkFailed(
                "\(differences.count) of \(counted(rows.count, "audited \(plan.rowNoun)")) of \(result) \(differences.count == 1 ? "differs" : "differ") from what the kernels give:\n  \(list)")
        }
        try StandardOutput.print("\(counted(rows.count, plan.rowNoun)) of \(result) computed again: all bits agree")
    }
}

/// Random trials of a result that are done.
private struct AuditSample {
    let reader: ResultReader
    let seed: UInt64

    /// Up to `count` different rows, ascending; all that are done where there are no more. Draws and looks, so that a
    /// large result is not read; only where few trials are done are all looked at.
    func rows(_ count: Int) throws -> [Int] {
        let total = reader.cellCount * reader.trials
        var rows = Set<Int>()
        for draw in 0..<20 * min(count, total) where rows.count < count {
            let row = randomNumber(draw, below: total)
            if !rows.contains(row), try isDone(row) { rows.insert(row) }
        }
        if rows.count < count { try addAll(to: &rows, upTo: count, total: total) }
        return rows.sorted()
    }

    private func addAll(to rows: inout Set<Int>, upTo count: Int, total: Int) throws {
        let piece = 1 << 20
        for first in stride(from: 0, to: total, by: piece) {
            let states = try reader.status(rows: first..<min(first + piece, total))
            for (offset, state) in states.enumerated() where Self.isDone(state) {
                rows.insert(first + offset)
                if rows.count == count { return }
            }
        }
    }

    private func isDone(_ row: Int) throws -> Bool { Self.isDone(try reader.status(rows: row..<row + 1)[0]) }

    private static func isDone(_ state: UInt8) -> Bool {
        state == TrialStatus.finished.rawValue || state == TrialStatus.diverged.rawValue
    }

    private func randomNumber(_ draw: Int, below bound: Int) -> Int {
        let words = Philox4x32.block(
            counter: [UInt32(truncatingIfNeeded: draw), 0, 0, 0x6175_6469],
            key: [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)])
        let word = UInt64(words[0]) | UInt64(words[1]) << 32
        return Int(word.multipliedFullWidth(by: UInt64(bound)).high)
    }
}

/// Computes stored trials again.
private struct TrialAudit {
    let reader: ResultReader
    let plan: any SweepPlan
    let kernel: any TrialKernel

    /// A line for each trial whose stored bits are not the kernel's, in the order of the rows.
    func differences(rows: [Int], threads: Int) throws -> [String] {
        let found = Mutex([Int: String]())
        let failure = Mutex<(any Error)?>(nil)
        WorkerThreads.perform(threads, threads: threads) { worker in
            do {
                for index in stride(from: worker, to: rows.count, by: threads) {
                    if let text = try difference(row: rows[index]) { found.withLock { $0[rows[index]] = text } }
                }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return found.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    }

    private func difference(row: Int) throws -> String? {
        let (cell, trial) = row.quotientAndRemainder(dividingBy: plan.trials)
        guard case .included(let trialClass, let parameters) = try plan.cell(at: cell),
            let columns = kernel.run(
                BlockRequest(trialClass: trialClass, cells: [parameters], trials: trial..<trial + 1), stop: StopFlag())
        else { return "cell \(cell), \(reader.rowNoun) \(trial): the sweep drops this cell" }
        let rows = row..<row + 1
        var differing: [String] = []
        if try reader.status(rows: rows) != columns.status { differing.append("status") }
        if try reader.stepsTaken(rows: rows) != columns.stepsTaken { differing.append("steps_taken") }
        for (statistic, values) in zip(plan.statistics, columns.values) {
            let stored = try reader.values(of: statistic.name, rows: rows)
            if !Self.agree(stored, values, storage: statistic.storage) { differing.append(statistic.name) }
        }
        guard !differing.isEmpty else { return nil }
        return "\(reader.describe(cell: cell)), \(reader.rowNoun) \(trial): \(differing.joined(separator: ", "))"
    }

    /// Bit for bit; NaN is NaN. A vector shorter than the file's `coordinate` is followed by NaN.
    private static func agree(_ stored: [Double], _ computed: [Double], storage: StatisticStorage) -> Bool {
        guard stored.count >= computed.count else { return false }
        for (index, value) in stored.enumerated() {
            let expected = index < computed.count ? computed[index] : .nan
            if value.isNaN && expected.isNaN { continue }
            if value.bitPattern != expected.bitPattern { return false }
        }
        return true
    }
}

extension ResultReader {
    /// Where a cell stands, as "optimizer m-sam, rho 0.1"; dimensions of one value are left out, and a zip is told by the
    /// values that it pairs.
    func describe(cell: Int) -> String {
        var parts: [String] = []
        for (dimension, place) in zip(dimensions, RowMajor(dimensions.map(\.count)).places(of: cell)) where dimension.count > 1 {
            let paired = dimension.kind == .positions
                ? auxiliaryCoordinates.filter { $0.dimensions == [dimension.name] && $0.name != GradientCount.name } : []
            let told = paired.isEmpty
                ? ["\(dimension.name) \(dimension.values.text(at: place))"]
                : paired.map { "\($0.name) \($0.values.text(at: place))" }
            parts.append(told.joined(separator: ", "))
        }
        return parts.isEmpty ? "the only cell" : parts.joined(separator: ", ")
    }
}
