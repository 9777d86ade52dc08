import ResultStore
import SweepExecution
import SweepPlanning
import TrialContract
import Wording

/// One of N parts of a round, computed into a file of its own.
///
/// Started again it goes on where it was stopped. A file of the same part of an earlier round gives way: what it held was collected
/// before the round was decided.
struct RoundPart {
    let shard: Shard
    let order: RoundOrder
    /// The sweep as the round has it.
    let plan: PlannedSweep
    let context: RunContext

    /// Throws `CommandError.interrupted` where a signal stops it.
    func run() throws {
        let part = try order.part(shard, plan), own = part.trials
        guard (0..<plan.cellCount).contains(where: { !own($0).isEmpty }) else {
            return tell("nothing of this round is shard \(shard)'s: \(order.sentence)")
        }
        let writer = try ResultWriter.open(
            path: context.path, plan: plan.stored, mode: isOfEarlierRound() ? .fresh : context.mode, allowDrop: context.allowDrop,
            provenance: context.provenance, shard: part, rounds: [order.sentence])
        let completion = ResultCompletion(
            plan: plan, kernel: context.kernel, writer: writer, threads: context.threads, progress: context.progress,
            part: PartCompletion(writer, trials: own))
        let counts = try completion.run(stop: context.stop, isLast: false) { before in
            guard before.done > 0 else { return }
            tell("\(counted(before.done, plan.rowNoun)) reused, \(NumberText.grouped(before.missing)) to run")
        }
        let done = counted(counts.after.done, "\(plan.rowNoun) is", "\(plan.rowNoun)s are")
        tell(counts.before.missing == 0 ? "nothing is missing: shard \(shard): \(done) done" : "shard \(shard): \(done) done; \(order.sentence)")
    }

    /// Whether the file is this part's, of this sweep, from another round. Anything else is for the writer to judge.
    private func isOfEarlierRound() -> Bool {
        guard let there = try? ResultReader.open(context.path) else { return false }
        return there.shard == shard && there.sweepFingerprint == plan.sweepFingerprint && !there.rounds.isEmpty
            && there.rounds != [order.sentence]
    }

    private func tell(_ text: String) {
        if context.progress != .none, context.progress != .json { Console.shared.message("samsweep: \(text)") }
    }
}
