import ArgumentParser
import ClusterSubmission
import KernelSelection
import SweepPlanning

/// What is asked of a scheduler for each task, and where the site differs from others.
struct TaskOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Time limit of a task, as Slurm writes it: minutes, h:m:s, d-h:m:s (default: three times the estimate).",
        valueName: "time"))
    var time: TimeLimit?

    @Option(help: ArgumentHelp("Cores of a task.", valueName: "n"))
    var cpusPerTask = 1

    @Option(help: ArgumentHelp("Memory of a task, as 512M or 4G (default: by the estimate).", valueName: "size"))
    var mem: MemorySize?

    @Option(help: ArgumentHelp("Partition or queue.", valueName: "name"))
    var partition: String?

    @Option(help: ArgumentHelp("Account or project.", valueName: "name"))
    var account: String?

    @Option(help: ArgumentHelp("Seconds before the time limit at which Slurm or Grid Engine tells a task to stop.", valueName: "seconds"))
    var signal: Int?

    @Option(help: ArgumentHelp("How often a task that was stopped is started again.", valueName: "n"))
    var requeues = 20

    @Option(help: ArgumentHelp("Tasks that may run side by side (default: any number).", valueName: "n"))
    var concurrent: Int?

    @Option(help: ArgumentHelp(
        "Tasks that one array may have (default: what the scheduler says, else a number that most sites allow); above it, "
            + "tasks compute several shards.", valueName: "n"))
    var maxArraySize: Int?

    @Option(parsing: .singleValue, help: ArgumentHelp(
        "Another option for the scheduler, as in its scripts: --directive=--qos=long. May be given several times.",
        valueName: "text"))
    var directive: [String] = []

    @Option(help: ArgumentHelp("The program on the nodes (default: this one).", valueName: "path"))
    var program: String?

    @Option(help: ArgumentHelp("Kubernetes: a container image with samsweep and bash.", valueName: "image"))
    var image: String?

    @Option(help: ArgumentHelp(
        "Kubernetes: the volume claim that holds the output folder, and where it is mounted.", valueName: "claim:path"))
    var volume: String?

    func validate() throws {
        let atLeastOne = [
            ("--cpus-per-task", cpusPerTask), ("--concurrent", concurrent ?? 1), ("--max-array-size", maxArraySize ?? 1),
            ("--signal", signal ?? 1),
        ]
        for (option, value) in atLeastOne where value < 1 {
            throw ValidationError("\(option) \(value) is less than 1")
        }
        guard cpusPerTask <= 65_536 else { throw ValidationError("--cpus-per-task \(cpusPerTask) is more than 65536") }
        guard requeues >= 0 else { throw ValidationError("--requeues \(requeues) is less than 0") }
        guard (image == nil) == (volume == nil) else {
            throw ValidationError("--image and --volume belong together: give both, or neither")
        }
        guard volume.map({ $0.contains(":") }) ?? true else {
            throw ValidationError("--volume \(volume ?? "") is not of the form CLAIM:PATH, as results:/mnt/results")
        }
    }

    func mostTasks(_ scheduler: any Scheduler) -> Int {
        maxArraySize ?? scheduler.arrayLimit() ?? scheduler.usualArrayLimit
    }

    /// What the plan is expected to need, measured here.
    ///
    /// - Parameter largestShare: of the whole, what the largest shard has.
    func work(of plan: PlannedSweep, largestShare: Double) throws -> WorkEstimate {
        let calibration = Calibration(plan: plan, kernel: try KernelSelection.kernel(), threads: 1)
        return WorkEstimate(
            coreSeconds: try calibration.predictedSeconds(),
            memoryBytes: Forecast.memory(plan, plan.estimate, threads: cpusPerTask), largestShare: largestShare)
    }

    /// Given values where there are some, the plan's estimate elsewhere.
    func resources(for work: WorkEstimate, packing: ShardPacking) -> TaskResources {
        let estimated = TaskResources(for: work, packing: packing, cores: cpusPerTask)
        return TaskResources(time: time ?? estimated.time, cores: cpusPerTask, memory: mem ?? estimated.memory)
    }

    func complete(_ submission: Submission) throws -> Submission {
        var complete = submission
        // Jobs start in the folder: a path is to mean there what it means here.
        complete.program = program.map { $0.contains("/") && image == nil ? AbsolutePath.of($0) : $0 } ?? submission.program
        complete.partition = partition
        complete.account = account
        complete.signalSeconds = signal
        complete.requeues = requeues
        complete.concurrentTasks = concurrent
        complete.directives = directive
        if let image, let volume, let colon = volume.firstIndex(of: ":") {
            let path = volume[volume.index(after: colon)...]
            complete.container = .init(
                image: image, volumeClaim: String(volume[..<colon]),
                mountPath: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : String(path))
        }
        return complete
    }
}

extension TimeLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension MemorySize: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
