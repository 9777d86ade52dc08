import AxisRefinement
import KernelSelection
import ResultStore
import ScalingFits
import SweepExecution
import SweepPlanning
import TrialAllocation
import TrialContract
import Wording

/// A run that chooses the values of an axis: cells at a few at first, and after each round at more where the answer needs them.
///
/// Every round's cells have the same number of trials, with a goal its `at_least`; the goal's own rounds follow over the axis that
/// comes out. Nothing is remembered between runs but the result: a run that is resumed goes through the decisions again, over
/// the same values and trials. Values that the result has besides are kept and filled up.
struct AdaptiveRun {
    let plan: PlannedSweep
    let axis: AdaptiveAxis
    let context: RunContext

    /// What came out.
    struct Ending {
        /// The sweep over the values that were chosen, all of whose trials are stored.
        var plan: PlannedSweep
        var decisions: [AxisDecision]
        /// What a result file says of the rounds.
        var sentences: [String]
    }

    /// Throws `CommandError.interrupted` where a signal stops it.
    func run() throws -> Ending {
        var refinement = AxisRefinement(axis, trials: plan.stored.trials)
        let first = RoundOrder.firstSentence(axis)
        let kept = axis.given + (context.mode == .fresh ? [] : storedPositions())
        let told = context.toldBefore()
        var isFirst = true
        var before: [Int]?
        while true {
            let sentences = [first] + refinement.decisions.map(\.text)
            let round = try plan.taking(kept + refinement.positions)
            try compute(round, since: before, sentences, mode: isFirst ? context.mode : .resume)
            isFirst = false
            before = kept + refinement.positions
            let decision = try refinement.decide(ResultColumns(path: context.path, trialsFor: nil)) { positions in
                try affords(plan.taking(kept + positions))
            }
            if !told.contains(decision.text) { announce(decision) }
            guard decision.isLast else { continue }
            return Ending(plan: round, decisions: refinement.decisions, sentences: sentences + [decision.text])
        }
    }

    /// Whether a goal's budget has room for its first round over a plan's cells.
    private func affords(_ plan: PlannedSweep) throws -> Bool {
        guard let goal = plan.goal else { return true }
        return try GoalRounds<ResultColumns>(goal: goal, costs: GoalRun.costs(plan, goal)).tooDearFromTheStart == nil
    }

    /// Positions that the result has; none where there is no result of this sweep.
    private func storedPositions() -> [Int] {
        // What cannot be read is for the writer to say.
        guard let there = try? ResultReader.open(context.path), there.sweepFingerprint == plan.sweepFingerprint,
            let dimension = there.dimensions.first(where: { $0.name == axis.name }), case .numbers(let values) = dimension.values
        else { return [] }
        return values.compactMap { axis.range.position(of: $0) }
    }

    /// Returns when all trials of a round are stored.
    ///
    /// - Parameter before: the positions of the round before; `nil` in the first.
    private func compute(_ round: PlannedSweep, since before: [Int]?, _ sentences: [String], mode: ResultWriter.Mode) throws {
        if mode == .resume, try isStored(round) { return }
        guard context.source == .kernel else {
            let order = RoundOrder(
                sentence: sentences.last ?? "", positions: round.adaptive?.given, trials: trials(of: round, since: before),
                sweepFingerprint: plan.sweepFingerprint)
            return try context.collect(order, round) { try open(round, sentences, mode) }
        }
        let writer = try open(round, sentences, mode)
        let whole = round.goal == nil ? round : round.asking(trials: writer.trials)
        let completion = ResultCompletion(plan: whole, kernel: context.kernel, writer: writer, threads: context.threads, progress: context.progress)
        try completion.run(stop: context.stop, isLast: false) { before in
            guard before.done > 0 else { return }
            completion.tell("\(counted(before.done, round.rowNoun)) reused, \(NumberText.grouped(before.missing)) to run")
        }
    }

    /// By cell, the trials that the round before did not ask for: all at its new values, none at the others.
    private func trials(of round: PlannedSweep, since before: [Int]?) -> [Range<Int>] {
        let trials = round.stored.trials
        guard let before, let place = round.dimensions.firstIndex(where: { $0.name == axis.name }),
            case .numbers(let values) = round.dimensions[place].values
        else { return [Range<Int>](repeating: 0..<trials, count: round.cellCount) }
        let old = Set(axis.values(at: before)), inner = round.dimensions[(place + 1)...].reduce(1) { $0 * $1.count }
        return (0..<round.cellCount).map { old.contains(values[$0 / inner % values.count]) ? trials..<trials : 0..<trials }
    }

    /// With a goal, cells may have more trials than a round of values asks for: those of the goal's own rounds are kept.
    private func open(_ round: PlannedSweep, _ sentences: [String], _ mode: ResultWriter.Mode) throws -> ResultWriter {
        let hasGoal = round.goal != nil
        let there = mode == .fresh || !hasGoal ? nil : try? ResultReader.open(context.path)
        let trials = max(round.trials, there.flatMap { $0.sweepFingerprint == round.sweepFingerprint ? $0.trials : nil } ?? 0)
        return try ResultWriter.open(
            path: context.path, plan: hasGoal ? round.asking(trials: trials) : round.stored, mode: mode, allowDrop: context.allowDrop,
            provenance: context.provenance,
            shard: hasGoal ? ShardPart(asked: [Int](repeating: round.trials, count: round.cellCount)) : nil, rounds: sentences)
    }

    /// Whether the result has the round's cells with all of their first trials.
    private func isStored(_ round: PlannedSweep) throws -> Bool {
        guard let reader = try? ResultReader.open(context.path), reader.kernelRevision == context.provenance.kernelRevision else { return false }
        let same = round.goal == nil ? round : round.asking(trials: reader.trials)
        let trials = round.stored.trials
        guard reader.planFingerprint == same.planFingerprint, reader.trials >= trials else { return false }
        for cell in 0..<round.cellCount {
            let first = cell * reader.trials
            let states = try reader.status(rows: first..<first + trials)
            let open: Set<UInt8> = [TrialStatus.missing.rawValue, TrialStatus.notAsked.rawValue]
            if states.contains(where: { open.contains($0) }) { return false }
        }
        return true
    }

    private func announce(_ decision: AxisDecision) {
        switch context.progress {
        case .none: return
        case .json: Console.shared.message(decision.json.line)
        default: Console.shared.message("samsweep: \(decision.text)")
        }
    }
}
