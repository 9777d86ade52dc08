import ClaimVerdicts
import KernelSelection
import ResultStore
import ScalingFits
import SweepExecution
import SweepPlanning
import Synchronization
import TrialAllocation
import TrialContract
import Wording

/// A run in rounds: trials until the sweep's goal is reached, or cannot be.
///
/// After each round the result is read back and `GoalRounds` decides; the next round goes on in a file that has room for what is
/// asked for then, as a sweep that has grown does. Nothing is remembered between runs but the result, which keeps the decisions:
/// a run that is resumed goes through them again, and decides again what another program, sweep or goal has decided.
struct GoalRun {
    let plan: PlannedSweep
    let goal: TrialGoal
    let context: RunContext
    /// What the result says of rounds before the goal's.
    var earlier: [String] = []
    /// Whether the ending has the claims as they were judged.
    var wantsVerdicts = false

    /// How the rounds ended.
    struct Ending {
        var decisions: [RoundDecision]
        /// The claims as they were judged when they were decided, where the goal is about them and they are asked for.
        var verdicts: [ClaimResult]
        /// Whether the seconds of the budget were over before the last round was decided.
        var isOutOfTime = false

        var last: RoundDecision? { decisions.last }
        var isReached: Bool { !isOutOfTime && last?.outcome == .reached }

        /// Of each kind.
        private static let told = 20

        /// What was not reached and why, a line each; empty where all was.
        var shortfalls: [String] {
            guard !isReached, let last else { return [] }
            let told = last.hopeless.prefix(Self.told) + last.open.prefix(Self.told)
            let unlisted = last.hopelessCount + last.openCount - told.count
            return told + (unlisted > 0 ? ["and \(grouped(unlisted)) more"] : [])
        }
    }

    /// Throws `CommandError.interrupted` where a signal stops it.
    func run() throws -> Ending {
        let costs = try Self.costs(plan, goal)
        let controls = try VarianceReduction.controls(plan)
        if plan.reducesVariance, controls.isEmpty {
            Console.shared.message(
                "samsweep: note: variance_reduction: no cell of SGD has a mean in closed form here (a quadratic, additive noise at double "
                    + "precision, sgd or rho = 0 without momentum and averaging): plain means are taken")
        }
        var rounds = GoalRounds<ResultColumns>(
            goal: goal, costs: costs, claims: plan.claims, controls: controls, known: keptRecords(), context: decisionContext,
            threads: context.threads)
        if let cost = rounds.tooDearFromTheStart, let budget = goal.budget {
            throw CommandError.invalidData(
                "budget: at_least, \(grouped(goal.atLeast)) trials in every cell, takes \(Figures.significant(cost, 3)) of \(budget.text): raise the budget, "
                    + "or lower trials.at_least or the number of cells")
        }
        let clock = Deadline(goal.budget)
        let first = RoundOrder.firstSentence(trials: goal.atLeast)
        let told = context.toldBefore()
        var isFirst = true
        var before = [Int](repeating: 0, count: plan.cellCount)
        while true {
            let decided = rounds.decisions.last
            let sentences = earlier + [first] + rounds.decisions.map(\.text) + (decided?.open.map(RoundSentence.open) ?? [])
            let isInTime = try compute(rounds, since: before, decided?.text ?? first, sentences, isFirst: isFirst, clock)
            isFirst = false
            guard isInTime else {
                let verdicts = wantsVerdicts ? try rounds.verdicts(ResultColumns(path: context.path, trialsFor: "a goal")) : []
                return Ending(decisions: rounds.decisions, verdicts: verdicts, isOutOfTime: true)
            }
            before = rounds.asked
            let columns = try ResultColumns(path: context.path, trialsFor: "a goal")
            let decision = try rounds.decide(columns)
            if !told.contains(decision.text) { announce(decision) }
            guard decision.isLast else { continue }
            try conclude(rounds)
            try tellGains(controls)
            return Ending(decisions: rounds.decisions, verdicts: wantsVerdicts ? try rounds.verdicts(columns) : [])
        }
    }

    /// By cell, what a trial costs in the budget's units; 0 for cells that `where` drops.
    static func costs(_ plan: PlannedSweep, _ goal: TrialGoal) throws -> [Double] {
        try (0..<plan.cellCount).map { index in
            guard case .included(let trialClass, _) = try plan.cell(at: index) else { return 0 }
            guard case .gradients? = goal.budget else { return 1 }
            let gradients = trialClass.definedAlgorithm.map { Double($0.gradientsPerStep) }
                ?? KernelSelection.catalogue.gradientsPerStep[trialClass.optimizer.name] ?? 1
            return Double(trialClass.steps) * gradients
        }
    }

    /// Returns when all trials that are asked for are stored; `false` where time was over before.
    ///
    /// - Parameters:
    ///   - before: by cell, the trials that the round before asked for.
    ///   - decision: what led to the round.
    ///   - sentences: what a result says of it.
    private func compute(
        _ rounds: GoalRounds<ResultColumns>, since before: [Int], _ decision: String, _ sentences: [String], isFirst: Bool, _ deadline: Deadline
    ) throws -> Bool {
        let asked = rounds.asked, isComputed = context.source == .kernel
        let there = isFirst && (isComputed || (try? ResultReader.open(context.path)) == nil) ? nil : try storedTrials()
        // A later round's trials may all be there already: a resumed run goes through the rounds again.
        if let there, try isStored(asked, there) { return true }
        if !isComputed {
            let order = RoundOrder(
                sentence: decision, positions: plan.adaptive?.given, trials: zip(before, asked).map { $0..<$1 },
                sweepFingerprint: plan.sweepFingerprint)
            try context.collect(order, plan) { try open(asked, sentences, .resume, rounds.records) }
            return true
        }
        let writer = try open(asked, sentences, isFirst ? context.mode : .resume, rounds.records)
        if isFirst { writer.warnings.forEach { Console.shared.message("samsweep: warning: \($0)") } }
        let before = writer.summary
        guard before.missing > 0 else {
            try writer.finish(isLast: false)
            return true
        }
        let display = ProgressDisplay(style: context.progress, console: .shared, goal: rounds.decisions.last)
        let executor = SweepExecutor(
            plan: plan.asking(trials: writer.trials), kernel: context.kernel, sink: writer, completion: writer,
            options: ExecutionOptions(
                threads: context.threads, expected: expected(before), stateKeeper: writer,
                synchronise: { try writer.synchronise() }))
        let summary = try executor.run(stop: context.stop, observer: DeadlineObserver(display, deadline, context.stop))
        try writer.finish(isLast: false)
        guard summary.wasInterrupted else { return true }
        if deadline.hasPassed { return false }
        throw CommandError.interrupted(
            "stopped in round \(rounds.decisions.count + 1) with \(NumberText.grouped(before.done + summary.trials)) of "
                + "\(counted(before.total, "trial")) of it done; the same command goes on from there")
    }

    /// The mean cost of a step is near enough for a display.
    private func expected(_ before: CompletionCounts) -> ExpectedWork {
        let estimate = plan.estimate
        let each = estimate.coordinateSteps / Double(max(1, estimate.trials))
        return ExpectedWork(
            alreadyDone: before.done, alreadyDiverged: before.diverged, missing: before.missing,
            coordinateSteps: each * Double(before.missing))
    }

    private func open(
        _ asked: [Int], _ sentences: [String], _ mode: ResultWriter.Mode, _ records: [RoundRecord]
    ) throws -> ResultWriter {
        try ResultWriter.open(
            path: context.path, plan: plan.asking(trials: largest(asked, mode)), mode: mode, allowDrop: context.allowDrop, provenance: context.provenance,
            shard: ShardPart(asked: asked), rounds: sentences,
            log: RoundLog(text: RoundRecord.text(records), room: Self.roomForALast + Self.roomForAnItem * min(RoundDecision.listed, items)))
    }

    /// What the last decision may take in the result, beside its items.
    private static let roomForALast = 1 << 15
    private static let roomForAnItem = 256
    /// No fewer than the goal is counted in.
    private var items: Int { max(plan.cellCount, plan.claims.count) }

    /// What the result has of decisions.
    private func keptRecords() -> [RoundRecord] {
        guard context.mode != .fresh, let reader = try? ResultReader.open(context.path), let log = try? reader.roundLog() else { return [] }
        return RoundRecord.read(log, cells: plan.cellCount)
    }

    /// What a decision depends on besides the trials that its round asked for.
    private var decisionContext: String {
        let program = [context.provenance.version, context.provenance.gitCommit, "\(context.provenance.kernelRevision)"]
        let sweep = [plan.asking(trials: 1).planFingerprint, plan.sourceText] + (context.provenance.sweepSource?.overrides ?? [])
        return (program + sweep + ["\(goal)"]).joined(separator: "\n")
    }

    /// The length of the result's trial axis: what is there is kept, unless the run starts over.
    private func largest(_ asked: [Int], _ mode: ResultWriter.Mode) -> Int {
        let own = asked.max() ?? 1
        // What cannot be read is for the writer to say.
        guard mode != .fresh, let there = try? ResultReader.open(context.path), there.sweepFingerprint == plan.sweepFingerprint else {
            return own
        }
        return max(own, there.trials)
    }

    /// The result where it has the sweep's cells.
    private func storedTrials() throws -> ResultReader? {
        let reader = try ResultReader.open(context.path)
        return reader.planFingerprint == plan.asking(trials: reader.trials).planFingerprint ? reader : nil
    }

    private func isStored(_ asked: [Int], _ reader: ResultReader) throws -> Bool {
        let there = reader.askedTrials
        guard zip(asked, there).allSatisfy({ $0 <= $1 }) else { return false }
        for cell in asked.indices {
            let first = cell * reader.trials
            if try reader.status(rows: first..<first + asked[cell]).contains(TrialStatus.missing.rawValue) { return false }
        }
        return true
    }

    /// Marks the result complete, with all decisions.
    private func conclude(_ rounds: GoalRounds<ResultColumns>) throws {
        let there = try ResultReader.open(context.path)
        let log = there.mostRoundLog.map { RoundRecord.text(rounds.records, atMost: $0) }
        if there.isMarkedComplete, try log == nil || there.roundLog() == log { return }
        let writer = try open(rounds.asked, [], .resume, rounds.records)
        if let most = writer.mostRoundLog { try writer.keep(roundLog: RoundRecord.text(rounds.records, atMost: most)) }
        try writer.finish()
    }

    /// What a trial was worth.
    private func tellGains(_ controls: [ControlCell?]) throws {
        guard !controls.isEmpty, context.progress != .none else { return }
        let columns = ControlledColumns(try ResultColumns(path: context.path, trialsFor: nil), controls: controls)
        let response = goal.response ?? "distance_squared"
        if context.progress == .json { return Console.shared.message(try VarianceReduction.json(columns, of: response).line) }
        let lines = try VarianceReduction.lines(columns, of: response, atMost: 20)
        for line in lines.isEmpty ? ["helps in no cell"] : lines { Console.shared.message("samsweep: variance reduction: \(line)") }
    }

    private func announce(_ decision: RoundDecision) {
        switch context.progress {
        case .none: return
        case .json: Console.shared.message(decision.json.line)
        default: Console.shared.message("samsweep: \(decision.text)")
        }
    }
}

/// What a result says of the rounds that led to its trials: decisions, and behind the last one what it left open.
enum RoundSentence {
    private static let mark = "open: "

    static func open(_ text: String) -> String { mark + text }

    static func split(_ sentences: [String]) -> (decisions: [String], open: [String]) {
        (sentences.filter { !$0.hasPrefix(mark) }, sentences.filter { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) })
    }
}

/// When a run's time is over.
private final class Deadline: Sendable {
    private let end: ContinuousClock.Instant?
    private let passed = Atomic(false)

    init(_ budget: TrialGoal.Budget?) {
        if case .seconds(let seconds)? = budget { end = .now + .seconds(seconds) } else { end = nil }
    }

    /// Whether a run was stopped because of it.
    var hasPassed: Bool { passed.load(ordering: .relaxed) }

    func stopIfOver(_ stop: StopFlag) {
        guard let end, ContinuousClock.now >= end, !stop.isRaised else { return }
        passed.store(true, ordering: .relaxed)
        stop.raise()
    }
}

/// Looks at the clock as often as progress is told.
private final class DeadlineObserver: ProgressObserver {
    private let display: ProgressDisplay
    private let deadline: Deadline
    private let stop: StopFlag

    init(_ display: ProgressDisplay, _ deadline: Deadline, _ stop: StopFlag) {
        (self.display, self.deadline, self.stop) = (display, deadline, stop)
    }

    func update(_ snapshot: ProgressSnapshot) {
        display.update(snapshot)
        if !snapshot.isFinal { deadline.stopIfOver(stop) }
    }
}

extension TrialGoal.Budget {
    /// As "1e+12 gradients".
    var text: String {
        switch self {
        case .gradients(let most): "\(brief(most)) gradients"
        case .trials(let most): "\(brief(most)) trials"
        case .seconds(let most): "\(brief(most)) s"
        }
    }
}

extension TrialGoal {
    /// For people, as "each cell's mean of distance_squared within 1 %".
    var text: String {
        switch target {
        case .relativeError(let share, let of): "each cell's mean of \(of) within \(Figures.significant(100 * share, 3)) %"
        case .absoluteError(let width, let of): "each cell's mean of \(of) within \(Figures.significant(width, 3))"
        case .exponent(let width, let of, let against):
            "each exponent of \(of) against \(against) within \(Figures.significant(width, 3))"
        case .crossing(let share, let pair, let of, let against):
            "each crossing of \(pair.first) and \(pair.second) in \(against), by \(of), within \(Figures.significant(100 * share, 3)) %"
        case .claimsDecided: "every claim decided"
        }
    }
}

/// Goals that a command line gives.
enum GoalOverride {
    /// `--set` arguments that put `until` in the place of the file's.
    ///
    /// - Parameters:
    ///   - until: as the sweep file has it, or in short as `relative_error=0.01,of=distance`.
    ///   - atLeast: the trials of the first round where the file has none of its own; `nil`: the usual number.
    static func arguments(_ until: String, plan: PlannedSweep, atLeast: Int? = nil) -> [String] {
        let isLong = until.contains("{")
        let parts = until.split(separator: ",").map { $0.replacing("=", with: ": ", maxReplacements: 1) }
        let map = isLong ? until : "{\(parts.joined(separator: ", "))}"
        if plan.goal != nil { return ["trials.until=\(map)"] }
        let least = atLeast.map { "at_least: \(max(2, $0)), " } ?? ""
        return ["trials={\(least)until: \(map)}"]
    }

    /// A goal, or an axis whose values are chosen, is decided on the trials of all cells: parts of it are parts of a round.
    static func requireWhole(_ plan: PlannedSweep, option: String) throws {
        let rounds = "give --round FILE, the round that the shard is a part of, or let 'samsweep submit' write jobs that do so"
        if let axis = plan.adaptive {
            throw CommandError.usage(
                "\(option): the values of \(axis.name) are chosen in rounds, which need the trials of all cells: \(rounds), "
                    + "or give \(axis.name) a list of values")
        }
        guard plan.goal != nil else { return }
        throw CommandError.usage(
            "\(option): the sweep asks for a goal, whose rounds need the trials of all cells: \(rounds), or give a number of "
                + "trials, as --set trials=256")
    }

    /// Throws `CommandError.usage` for what parts of rounds cannot have.
    static func requireParts(_ plan: PlannedSweep) throws {
        if case .seconds? = plan.goal?.budget {
            throw CommandError.usage(
                "budget: seconds are those of one run, and in parts a round is many: give a budget of gradients or trials")
        }
        if plan.curve != nil {
            throw CommandError.usage("curves: rounds in parts have no trajectories: leave curves out, or run the sweep in one piece")
        }
    }
}
