import ArgumentParser
import ClusterSubmission
import KernelSelection
import ResultStore
import SweepExecution
import SweepPlanning
import TrialContract
import Wording

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs what is missing of a sweep, on all cores.",
        discussion: """
            Started again, the same command goes on where it was stopped, and when nothing is missing it says so. A \
            sweep that has grown reuses what is there. \
            INT, TERM, HUP, USR1 and USR2 stop it with exit code 75. Prints the path of the result file.
            """)

    @OptionGroup var source: SweepOptions

    @Option(help: ArgumentHelp("The result file (default: Results/NAME.h5).", valueName: "result.h5"))
    var output: String?

    @Option(help: ArgumentHelp("Compute one of N parts of equal cost, counted from 0.", valueName: "i/n"))
    var shard: Shard?

    @Option(help: ArgumentHelp(
        "With a goal or an adaptive axis: the file of a round. With --shard, the round to compute a part of; else the round that is to be "
            + "computed next is written there, after all that --collect gives.", valueName: "round.txt"))
    var round: String?

    @Option(parsing: .upToNextOption, help: ArgumentHelp(
        "Compute nothing: take the trials from these files of a round's parts, and decide.", valueName: "shard.h5"))
    var collect: [String] = []

    @Option(help: ArgumentHelp(
        "Add trials in rounds until this is reached, as exponent=0.01 or relative_error=0.01,of=distance.", valueName: "goal"))
    var until: String?

    @Flag(help: "Start over; what the result file holds is lost.")
    var fresh = false

    @Flag(help: "Compute damaged trials again instead of refusing the file.")
    var repair = false

    @Flag(help: "Let results go that the sweep file no longer asks for.")
    var drop = false

    @Flag(help: "Run also where an own objective's stochastic gradients do not mean its exact ones.")
    var unchecked = false

    @Option(help: "How to tell the progress: auto, bar, json or none.")
    var progress: ProgressStyle = .auto

    @OptionGroup var compression: CompressionOptions

    @OptionGroup var machine: MachineOptions

    func validate() throws {
        if compression.compress != nil, shard != nil {
            throw ValidationError("a shard is not a complete result: give --compress to merge instead")
        }
        if !collect.isEmpty, shard != nil {
            throw ValidationError("--collect and --shard do not go together: a shard is computed, then collected")
        }
        if !collect.isEmpty, round == nil {
            throw ValidationError("--collect needs --round FILE, where the round that is to be computed next is written")
        }
        if round != nil, shard == nil, fresh || repair {
            throw ValidationError("--fresh and --repair do not go with --collect: they are for the files of the shards")
        }
    }

    func run() throws {
        let stop = StopFlag()
        try StopSignals.watch(stop) { Console.shared.message("samsweep: \($0): stopping") }
        let (plan, overrides) = try source.planned(until: until, result: output)
        plan.notes.forEach { Console.shared.message("samsweep: note: \($0)") }
        try requireMemory(plan)
        let kernel = try machine.kernel()
        if !unchecked, let doubt = try SweepCheck.doubt(plan, kernel) { throw CommandError.invalidData(doubt) }
        let path = output ?? ResultPath.standard(plan.name, shard: shard)
        if plan.goal != nil || plan.adaptive != nil { return try pursue(plan, overrides, path, kernel, stop) }
        if round != nil { throw CommandError.usage("--round: the sweep has neither a goal nor an adaptive axis: leave --round out") }
        let writer = try open(path, plan)
        let completion = ResultCompletion(
            plan: plan, kernel: kernel, writer: writer, threads: machine.threadCount, progress: progress, shard: shard)
        let counts = try completion.run(stop: stop) { before in
            guard before.done > 0 else { return }
            tell("\(counted(before.done, plan.rowNoun)) reused, \(NumberText.grouped(before.missing)) to run")
        }
        tell(Self.verdict(counts.after, before: counts.before, shard: shard, noun: plan.rowNoun))
        if let gain = try compression.run(path, threads: machine.threadCount) { tell(gain) }
        try StandardOutput.print(path)
    }

    /// Runs in rounds.
    private func pursue(
        _ plan: PlannedSweep, _ overrides: [String], _ path: String, _ kernel: any TrialKernel, _ stop: StopFlag
    ) throws {
        if shard != nil, round == nil { try GoalOverride.requireWhole(plan, option: "--shard") }
        if let round {
            try GoalOverride.requireParts(plan)
            try requireApart(round, path)
        }
        if plan.goal != nil, compression.compress != nil {
            throw CommandError.usage("--compress: cells of a goal's result have different numbers of trials: leave it out")
        }
        var context = RunContext(
            path: path, mode: fresh ? .fresh : repair ? .repair : .resume, allowDrop: drop,
            provenance: .current(SweepLoading.source(source.sweep, overrides: overrides)), kernel: kernel,
            threads: machine.threadCount, progress: progress, stop: stop)
        if let round, let shard {
            let order = try RoundOrder.read(round)
            try RoundPart(shard: shard, order: order, plan: order.plan(of: plan, round), context: context).run()
            return try StandardOutput.print(path)
        }
        if let round {
            // The round is written before the result is opened.
            try ResultWriter.look(at: path, plan: plan.stored, provenance: context.provenance)
            context.source = .parts(collect, order: round)
        }
        let outcome = try SweepRounds(plan: plan, context: context).run()
        guard let goal = plan.goal, let ending = outcome.goal else {
            if let gain = try compression.run(path, threads: machine.threadCount) { tell(gain) }
            return try StandardOutput.print(path)
        }
        if ending.isOutOfTime { tell("the budget's time is over in round \(ending.decisions.count + 1); the same command goes on") }
        for shortfall in ending.shortfalls { tell("not reached: \(shortfall)") }
        if ending.isReached { tell("reached: \(goal.text)") }
        try StandardOutput.print(path)
    }

    /// A round is a file of its own.
    private func requireApart(_ round: String, _ path: String) throws {
        guard !AbsolutePath.isFolder(round) else {
            throw CommandError.usage("--round: \(round) is a folder: give the path of a file, as \(round)/round.txt")
        }
        for other in [path] + collect where AbsolutePath.isSame(round, other) {
            throw CommandError.usage(
                "--round and \(other == path ? "--output" : "--collect") name the same file, \(round): a round is a file of its own, as round.txt")
        }
    }

    /// Eight trials of each worker lie in memory, with their noise and gradients. What cannot fit is refused before the
    /// result file is made.
    private func requireMemory(_ plan: PlannedSweep) throws {
        let state = plan.largestState
        guard state > 1 << 20, let memory = MachineMemory.bytes else { return }
        let threads = machine.threadCount
        let needed = Forecast.workingBytes(state: state) * Double(threads)
        guard needed > memory else { return }
        throw CommandError.invalidData(
            "trials of \(counted(state, "number")) need about \(NumberText.bytes(needed)) of memory on "
                + "\(counted(threads, "thread")), and this machine has \(NumberText.bytes(memory)): give fewer --threads, a smaller "
                + "dimension, or where the problem allows it method: reduced")
    }

    private func open(_ path: String, _ plan: PlannedSweep) throws -> ResultWriter {
        try ResultWriter.open(
            path: path, plan: plan.stored, mode: fresh ? .fresh : repair ? .repair : .resume, allowDrop: drop,
            provenance: .current(SweepLoading.source(source.sweep, overrides: source.overrides)),
            shard: shard.map { try ShardPart($0, of: plan) })
    }

    private static func verdict(_ counts: CompletionCounts, before: CompletionCounts, shard: Shard?, noun: String) -> String {
        if before.missing == 0 { return "nothing is missing: \(counted(before.done, "\(noun) is", "\(noun)s are")) done" }
        let own = counted(before.total, "\(noun) is", "\(noun)s are")
        let diverged = counts.diverged > 0 ? ", \(NumberText.grouped(counts.diverged)) of them diverged" : ""
        return shard.map { "shard \($0): \(own) done\(diverged)" } ?? "\(own) done\(diverged)"
    }

    private func tell(_ text: String) {
        if progress != .none, progress != .json { Console.shared.message("samsweep: \(text)") }
    }
}

extension Shard: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// Where results go when no one says otherwise.
enum ResultPath {
    static let folder = "Results"

    static func standard(_ name: String, shard: Shard?) -> String {
        "\(folder)/\(name)" + (shard.map { "-shard-\($0.index)-of-\($0.count)" } ?? "") + ".h5"
    }
}

extension Provenance {
    /// This program, started as it was, at work on a sweep from here.
    static func current(_ source: SweepSource? = nil) -> Provenance {
        Provenance(
            version: Version.number, gitCommit: Version.gitCommit, commandLine: CommandLine.arguments.shellQuoted,
            references: "Si & Yun, Practical Sharpness-Aware Minimization Cannot Converge All the Way to Optima, "
                + "NeurIPS 2023, arXiv:2306.09850",
            kernelRevision: KernelSelection.catalogue.kernelRevision, sweepSource: source)
    }
}
