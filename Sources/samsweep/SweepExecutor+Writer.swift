import ResultStore
import SweepExecution
import SweepPlanning
import TrialContract

extension SweepExecutor {
    /// Computes what a result file lacks.
    init(
        _ plan: PlannedSweep, _ kernel: any TrialKernel, _ writer: ResultWriter, _ before: CompletionCounts,
        threads: Int, shard: Shard? = nil
    ) {
        let share = before.total > 0 ? Double(before.missing) / Double(before.total) : 0
        let part = shard.map { 1 / Double($0.count) } ?? 1
        let expected = ExpectedWork(
            alreadyDone: before.done, alreadyDiverged: before.diverged, missing: before.missing,
            coordinateSteps: plan.estimate.coordinateSteps * part * share)
        self.init(
            plan: plan, kernel: kernel, sink: writer, completion: writer,
            options: ExecutionOptions(
                threads: threads, shard: shard, expected: expected, stateKeeper: writer,
                synchronise: { try writer.synchronise() }))
    }
}
