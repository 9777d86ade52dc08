import ArgumentParser
import ClusterSubmission
import Glibc
import KernelSelection
import SweepExecution
import SweepPlanning
import TrialContract
import Wording

struct SubmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Writes the jobs that compute a sweep on a cluster, and submits them with --now.",
        discussion: """
            The output folder gets the sweep with its --set changes, its data, an array job for the shards, a job that merges and \
            fits after it, and submit.sh, which hands both to the scheduler. Submitting again is safe: only what is \
            missing is computed. Time and memory are asked for by the plan's own estimate unless they are given.
            """)

    @OptionGroup var source: SweepOptions

    @Option(help: ArgumentHelp(
        "The batch system: \(SchedulerCatalogue.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
    var scheduler: SchedulerName

    @Option(help: ArgumentHelp("Parts of equal cost, one result file each.", valueName: "n"))
    var shards: Int

    @Option(help: ArgumentHelp("The folder for scripts, logs and results, as the nodes see it, too.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp(
        "Add trials in rounds until this is reached, as exponent=0.01 or claims=decided; each round is a submission of its own.",
        valueName: "goal"))
    var until: String?

    @Flag(help: "Submit the jobs and print their ids.")
    var now = false

    @Flag(help: "Leave the sweep's data where they are, which the nodes must see, instead of copying them into the folder.")
    var inPlace = false

    @Flag(inversion: .prefixedNo, help: "Fit scaling laws to the merged result.")
    var fit = true

    @OptionGroup(title: "Options for the scheduler") var task: TaskOptions

    func validate() throws {
        guard (1...1_000_000).contains(shards) else {
            throw ValidationError("--shards \(shards) is not between 1 and 1000000")
        }
    }

    func run() throws {
        let plan = try source.planned(until: until).plan
        let isInRounds = plan.goal != nil || plan.adaptive != nil
        if isInRounds { try GoalOverride.requireParts(plan) }
        let chosen = scheduler.scheduler
        // Later rounds have more to do than the first.
        let load: (parts: Int, largestShare: Double) = isInRounds ? (shards, 1 / Double(shards)) : try ShardMap(plan: plan.stored, count: shards).load
        if load.parts < shards {
            Console.shared.message(
                "samsweep: \(NumberText.grouped(shards)) shards of this sweep have work for \(NumberText.grouped(load.parts)): "
                    + "\(counted(load.parts, "shard is", "shards are")) made")
        }
        let count = load.parts
        let largestShare = count < shards ? try ShardMap(plan: plan.stored, count: count).load.largestShare : load.largestShare
        let packing = ShardPacking(shards: count, mostTasks: task.mostTasks(chosen))
        let pilot = isInRounds ? try self.pilot(plan) : nil
        var work = try task.work(of: plan, largestShare: largestShare)
        if let pilot { work.coreSeconds = pilot.seconds }
        let folder = SubmissionFolder(output)
        let submission = try task.complete(
            Submission(
                name: plan.name, folder: folder.path, program: Self.program(for: chosen), packing: packing,
                resources: task.resources(for: work, packing: packing), fits: fit, isInRounds: isInRounds))
        let files = try chosen.files(for: submission)
        let travelling = try TravellingSweep(
            plan, stays: inPlace, reserved: files.map(\.name) + ["\(plan.name).h5", "fit.txt", "fit.json", Submission.roundName])
        try withExtendedLifetime(folder.hold(for: travelling.text, files: files)) { held in
            try held.write(travelling.companions)
            let order = isInRounds ? try begin(plan, in: folder) : nil
            SharedMinimum.layDown(try travelling.check(in: folder), in: folder, shards: count, round: order)
        }
        let growth = pilot.map { $0.trials / Double(max(1, plan.estimate.trials)) } ?? 1
        let sizes = ShardSizes(plan.estimate, parts: count, largestShare: largestShare, times: growth)
        Console.shared.message("samsweep: \(Self.summary(submission))")
        if isInRounds { tellRounds(pilot) }
        Console.shared.message(
            "samsweep: shard files: up to \(NumberText.bytes(sizes.largest)) each, \(NumberText.bytes(sizes.all)) in all; "
                + "merged: \(NumberText.bytes(sizes.merged))")
        for doubt in SubmissionDoubts.all(submission, work, sizes) { Console.shared.message("samsweep: warning: \(doubt)") }
        if now { try folder.submit() } else { try StandardOutput.print("\(folder.path)/submit.sh") }
    }

    /// The round that the folder is at: the first one, where it has none yet.
    private func begin(_ plan: PlannedSweep, in folder: SubmissionFolder) throws -> RoundOrder {
        let path = "\(folder.path)/\(Submission.roundName)"
        let order = access(path, F_OK) == 0 ? try RoundOrder.read(path) : RoundOrder.first(of: plan)
        _ = try order.plan(of: plan, path)
        if access(path, F_OK) != 0 { try order.write(to: path) }
        return order
    }

    /// What a goal is likely to take on one core; `nil` where a pilot cannot tell, and without a goal.
    private func pilot(_ plan: PlannedSweep) throws -> GoalPilot.Prediction? {
        guard let goal = plan.goal else { return nil }
        let kernel = try KernelSelection.kernel()
        let seconds = try Calibration(plan: plan, kernel: kernel, threads: 1).predictedSeconds()
        return try GoalPilot(plan: plan, goal: goal, kernel: kernel, threads: 1).prediction(firstRound: seconds, estimate: plan.estimate)
    }

    private func tellRounds(_ pilot: GoalPilot.Prediction?) {
        let all = pilot.map {
            "all of them are likely to take \(NumberText.grouped(Int($0.trials.rounded()))) trials and "
                + "\(NumberText.duration($0.seconds)) of one core"
        }
        Console.shared.message(
            "samsweep: in rounds: after each, the merge decides and submits the next one; \(all ?? "what is said here is of the first one")")
    }

    /// This very program; in a container, the one on its path.
    private static func program(for scheduler: any Scheduler) -> String {
        scheduler.runsContainers ? "samsweep" : ownProgram ?? "samsweep"
    }

    /// Where this program lies; `nil`: there is no telling.
    static var ownProgram: String? {
        guard let resolved = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func summary(_ submission: Submission) -> String {
        let (packing, resources) = (submission.packing, submission.resources)
        let each = packing.shardsPerTask > 1 ? " with up to \(counted(packing.shardsPerTask, "shard"))" : ""
        return "\(counted(packing.shards, "shard")) in \(counted(packing.tasks, "task"))\(each); each task: "
            + "\(counted(resources.cores, "core")), \(resources.time.text), \(NumberText.bytes(Double(resources.memory.mebibytes) * 0x1p20))"
    }
}

/// A scheduler by its name in the catalogue.
struct SchedulerName: ExpressibleByArgument {
    let scheduler: any Scheduler

    init?(argument: String) {
        guard let found = SchedulerCatalogue.find(argument) else { return nil }
        scheduler = found
    }

    static var allValueStrings: [String] { SchedulerCatalogue.all.map(\.name) }
}
