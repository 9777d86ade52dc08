import ResultStore
import SweepExecution
import SweepPlanning
import TrialContract
import Wording

/// Computes what an open result lacks of its sweep: the way of `run` and of `verify`.
struct ResultCompletion {
    let plan: PlannedSweep
    let kernel: any TrialKernel
    let writer: ResultWriter
    let threads: Int
    let progress: ProgressStyle
    var shard: Shard?
    /// What of the writer's missing trials is to be computed; `nil`: all, or those of the shard.
    var part: PartCompletion?

    /// Gives what was there before and what is there now, and closes the file.
    ///
    /// - Parameters:
    ///   - named: what an interruption names; `nil`: there is one sweep.
    ///   - isLast: `false` where another round may follow: the result is then not yet marked complete.
    ///   - begin: told what there is before something is computed; not called where nothing is missing.
    /// - Throws: `CommandError.interrupted` where it was stopped.
    @discardableResult
    func run(
        stop: StopFlag, named: String? = nil, isLast: Bool = true, begin: (CompletionCounts) -> Void
    ) throws -> (before: CompletionCounts, after: CompletionCounts) {
        writer.warnings.forEach { Console.shared.message("samsweep: warning: \($0)") }
        let before = writer.summary
        guard before.missing > 0 else { return (before, try writer.finish(isLast: isLast)) }
        begin(before)
        let display = ProgressDisplay(style: progress, console: .shared, trialsPerRow: trialsPerRow)
        let summary = try executor(before).run(stop: stop, observer: display)
        let after = try writer.finish(isLast: isLast)
        guard !summary.wasInterrupted else {
            throw CommandError.interrupted(
                "stopped\(named.map { " in \($0)" } ?? "") with \(NumberText.grouped(before.done + summary.trials)) of "
                    + "\(counted(before.total, plan.rowNoun)) done; the same command goes on from there")
        }
        return (before, after)
    }

    /// Says something beside the progress, where people read it.
    func tell(_ text: String) {
        if progress != .none, progress != .json { Console.shared.message("samsweep: \(text)") }
    }

    private var trialsPerRow: Int { plan.summaryBlocks?.trialsPerBlock ?? 1 }

    private func executor(_ before: CompletionCounts) -> SweepExecutor {
        let estimate = plan.estimate, rows = Double(max(1, estimate.trials)) / Double(trialsPerRow)
        // Of a round's part the mean cost of a trial is near enough.
        let share = part == nil ? Double(before.missing) / Double(before.total) / Double(shard?.count ?? 1) : Double(before.missing) / rows
        let expected = ExpectedWork(
            alreadyDone: before.done, alreadyDiverged: before.diverged, missing: before.missing,
            coordinateSteps: estimate.coordinateSteps * share)
        return SweepExecutor(
            plan: plan.stored, kernel: plan.storing(kernel), sink: writer, completion: part ?? writer,
            options: ExecutionOptions(
                threads: threads, shard: shard, expected: expected, trialsPerRow: trialsPerRow,
                // Blocks of a summary begin anew.
                stateKeeper: plan.summaryBlocks == nil ? writer : nil,
                synchronise: { try writer.synchronise() }))
    }
}
