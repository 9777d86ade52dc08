import ArgumentParser
import ClaimVerdicts
import KernelSelection
import ResultStore
import ScalingFits
import SweepExecution
import SweepPlanning
import SweepReports
import TrialContract
import Wording

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Runs sweeps that carry claims and prints a verdict for each.",
        discussion: """
            Every sweep is run like 'samsweep run' does it: what its result file holds is not computed again, also \
            where claims have changed. A claim passes where the measured interval lies in what theory allows, fails where it \
            lies beside it, and is undecided between; then the report says how many trials are needed. Exit code 2 if \
            a claim fails.
            """)

    @Argument(help: ArgumentHelp("Sweep files with claims.", valueName: "sweep.yaml"))
    var sweeps: [String]

    @Option(name: .customLong("set"), parsing: .singleValue, help: ArgumentHelp(
        "Replaces a field in all of them, as claims.NAME.at_most=0.1; the value is YAML. May be given several times.",
        valueName: "field=value"))
    var overrides: [String] = []

    @Option(help: ArgumentHelp("Folder of the result files.", valueName: "folder"))
    var output = "Results/verify"

    @Flag(help: "Give undecided claims more trials, in rounds, until each passes or fails or has all that its sweep allows.")
    var decide = false

    @Flag(help: "Exit code 2 also where a claim is undecided.")
    var strict = false

    @Flag(help: "Start over; what the result files hold is lost.")
    var fresh = false

    @Flag(help: "Let results go that a sweep file no longer asks for.")
    var drop = false

    @Flag(help: "List every cell, not only the one that decides.")
    var cells = false

    @OptionGroup var report: ReportOptions

    @Option(help: "How to tell the progress: auto, bar, json or none.")
    var progress: ProgressStyle = .auto

    @OptionGroup var machine: MachineOptions

    func run() throws {
        let stop = StopFlag()
        try StopSignals.watch(stop) { Console.shared.message("samsweep: \($0): stopping") }
        let plans = try plans()
        let kernel = try machine.kernel()
        var document = VerdictDocument(sweeps: [], showsCells: cells)
        for (file, plan) in zip(sweeps, plans) {
            let claims = try verdicts(plan, file, kernel, stop)
            document.sweeps.append(.init(file: file, name: plan.name, title: plan.title.visible, claims: claims))
        }
        try report.print { $0.render(document, style: $1) }
        let failed = document.names(.fail), undecided = strict ? document.names(.undecided) : []
        guard failed.isEmpty, undecided.isEmpty else {
            let parts = [("failed", failed), ("undecided", undecided)].filter { !$0.1.isEmpty }
            throw CommandError.checkFailed(parts.map { "\($0.0): \($0.1.joined(separator: ", "))" }.joined(separator: "; "))
        }
    }

    /// All files are checked before anything is run.
    private func plans() throws -> [PlannedSweep] {
        let plans = try sweeps.map {
            let plan = try SweepLoading.load($0, overrides: overrides, goalFollows: decide, known: { KnownMinima.inFolder(output) + KnownMinima.inFolder(ResultPath.folder) })
            guard decide, !plan.claims.isEmpty else { return plan }
            return try SweepLoading.load($0, overrides: overrides + decision(plan), known: KnownMinima.of(plan))
        }
        for (index, plan) in plans.enumerated() {
            guard !plan.claims.isEmpty else {
                throw CommandError.invalidData("\(sweeps[index]): has no claims; add some, or use samsweep run")
            }
            if let other = plans[..<index].firstIndex(where: { $0.name == plan.name }) {
                throw CommandError.usage(
                    "\(sweeps[other]) and \(sweeps[index]) are both named \(plan.name), and so would be their results; "
                        + "rename one")
            }
        }
        return plans
    }

    /// `--set` arguments that have the sweep's trials go on until its claims are decided.
    private func decision(_ plan: PlannedSweep) -> [String] {
        if plan.goal?.target == .claimsDecided { return [] }
        return GoalOverride.arguments("{claims: decided}", plan: plan, atLeast: plan.trials)
    }

    /// Trials and values in rounds; where the goal is the claims, each is as it was judged when it was decided.
    private func pursue(
        _ plan: PlannedSweep, _ file: String, _ path: String, _ kernel: any TrialKernel, _ stop: StopFlag
    ) throws -> [ClaimResult] {
        let own = overrides + (decide ? decision(try SweepLoading.load(file, overrides: overrides, goalFollows: true, known: KnownMinima.of(plan))) : [])
        let context = RunContext(
            path: path, mode: fresh ? .fresh : .resume, allowDrop: drop,
            provenance: .current(SweepLoading.source(file, overrides: own)), kernel: kernel, threads: machine.threadCount,
            progress: progress, stop: stop)
        let outcome = try SweepRounds(plan: plan, context: context, wantsVerdicts: true).run()
        for shortfall in outcome.goal?.shortfalls ?? [] where progress != .none && progress != .json {
            Console.shared.message("samsweep: \(file): not reached: \(shortfall)")
        }
        if plan.goal?.target == .claimsDecided, let verdicts = outcome.goal?.verdicts, !verdicts.isEmpty { return verdicts }
        return try verdicts(outcome.plan, path)
    }

    private func verdicts(_ plan: PlannedSweep, _ path: String) throws -> [ClaimResult] {
        let columns = try ResultColumns(path: path, trialsFor: nil)
        let controlled = ControlledColumns(columns, controls: try VarianceReduction.controls(plan))
        let judge = try ClaimJudge(controlled, blocks: columns.blocks, threads: machine.threadCount)
        return try plan.claims.map { try judge.judge($0) }
    }

    /// Of a result to which rounds have given more trials than the sweep's number: all of them are judged, as if they had been asked for.
    /// `nil` where there is none, or something is missing.
    private func verdictsOfRounds(_ plan: PlannedSweep, _ path: String) throws -> [ClaimResult]? {
        guard !fresh, !drop, let there = try? ResultReader.open(path), !there.rounds.isEmpty, there.shard == nil,
            there.planFingerprint == plan.asking(trials: there.trials).planFingerprint,
            there.kernelRevision == KernelSelection.catalogue.kernelRevision, there.askedTrials.allSatisfy({ $0 >= plan.trials }),
            try there.counts().missing == 0
        else { return nil }
        return try verdicts(plan, path)
    }

    private func verdicts(
        _ plan: PlannedSweep, _ file: String, _ kernel: any TrialKernel, _ stop: StopFlag
    ) throws -> [ClaimResult] {
        let path = "\(output)/\(plan.name).h5"
        if plan.goal != nil || plan.adaptive != nil { return try pursue(plan, file, path, kernel, stop) }
        if let decided = try verdictsOfRounds(plan, path) { return decided }
        let writer = try ResultWriter.open(
            path: path, plan: plan.stored, mode: fresh ? .fresh : .resume, allowDrop: drop,
            provenance: .current(SweepLoading.source(file, overrides: overrides)))
        let completion = ResultCompletion(
            plan: plan, kernel: kernel, writer: writer, threads: machine.threadCount, progress: progress)
        try completion.run(stop: stop, named: file) { before in
            completion.tell("\(file): \(counted(before.missing, plan.rowNoun)) to run")
        }
        return try verdicts(plan, path)
    }
}
