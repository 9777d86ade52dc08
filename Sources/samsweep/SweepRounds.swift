import ResultStore
import SweepExecution
import SweepPlanning
import TrialContract

/// A run in rounds: first of an axis' values, where the run chooses them, then of trials, where there is a goal.
struct SweepRounds {
    let plan: PlannedSweep
    let path: String
    let mode: ResultWriter.Mode
    let allowDrop: Bool
    let provenance: Provenance
    let kernel: any TrialKernel
    let threads: Int
    let progress: ProgressStyle
    let stop: StopFlag

    struct Outcome {
        /// Over the values that were chosen.
        var plan: PlannedSweep
        /// How the goal's rounds ended; `nil` without a goal.
        var goal: GoalRun.Ending?
    }

    /// Throws `CommandError.interrupted` where a signal stops it.
    func run() throws -> Outcome {
        var outcome = Outcome(plan: plan)
        var sentences: [String] = []
        if let axis = plan.adaptive {
            let ending = try AdaptiveRun(
                plan: plan, axis: axis, path: path, mode: mode, allowDrop: allowDrop, provenance: provenance, kernel: kernel,
                threads: threads, progress: progress, stop: stop).run()
            (outcome.plan, sentences) = (ending.plan, ending.sentences)
            if plan.goal == nil { try conclude(ending) }
        }
        if let goal = plan.goal {
            outcome.goal = try GoalRun(
                plan: outcome.plan, goal: goal, path: path, mode: plan.adaptive == nil ? mode : .resume, allowDrop: allowDrop,
                provenance: provenance, kernel: kernel, threads: threads, progress: progress, stop: stop, earlier: sentences).run()
        }
        return outcome
    }

    /// Marks the result complete.
    private func conclude(_ ending: AdaptiveRun.Ending) throws {
        guard try !ResultReader.open(path).isMarkedComplete else { return }
        try ResultWriter.open(path: path, plan: ending.plan.stored, provenance: provenance).finish()
    }
}
