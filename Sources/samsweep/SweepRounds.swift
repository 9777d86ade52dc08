import ResultStore
import SweepExecution
import SweepPlanning
import TrialContract

/// A run in rounds: first of an axis' values, where the run chooses them, then of trials, where there is a goal.
struct SweepRounds {
    let plan: PlannedSweep
    let context: RunContext
    /// Whether the goal's ending has the claims as they were judged.
    var wantsVerdicts = false

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
            let ending = try AdaptiveRun(plan: plan, axis: axis, context: context).run()
            (outcome.plan, sentences) = (ending.plan, ending.sentences)
            if plan.goal == nil { try conclude(ending) }
        }
        if let goal = plan.goal {
            var own = context
            if plan.adaptive != nil { own.mode = .resume }
            outcome.goal = try GoalRun(plan: outcome.plan, goal: goal, context: own, earlier: sentences, wantsVerdicts: wantsVerdicts).run()
        }
        return outcome
    }

    /// Marks the result complete.
    private func conclude(_ ending: AdaptiveRun.Ending) throws {
        guard try !ResultReader.open(context.path).isMarkedComplete else { return }
        try ResultWriter.open(path: context.path, plan: ending.plan.stored, provenance: context.provenance).finish()
    }
}
