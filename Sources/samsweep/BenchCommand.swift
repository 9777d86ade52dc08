import ArgumentParser
import JSONText
import KernelSelection
import SweepExecution
import SweepPlanning
import TrialContract

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the speed of the kernels on this machine.",
        discussion: """
            One line of JSON per workload, or with --sweep per cell of a sweep file: nothing is stored, and with the \
            steps and trials of a cell goes what is recorded of them. All threads work at the same time, each on blocks of \
            its own. \
            Workloads: \(BenchWorkload.all.map(\.name).joined(separator: ", ")).
            """)

    @Option(help: ArgumentHelp("A workload to measure; may be given several times.", valueName: "name"))
    var workload: [String] = []

    @Option(help: ArgumentHelp(
        "A sweep file whose cells are measured in the place of workloads, its first \(Self.mostCells); each piece of work is a "
            + "cell's trials with other random numbers.", valueName: "sweep.yaml"))
    var sweep: String?

    @Option(help: "Resolution of the noise of workloads: double or single.")
    var precision: PrecisionChoice = .double

    @Option(help: "Seconds for each workload.")
    var seconds: Double = 1

    @Option(help: "Output format: json (one line per workload).")
    var format: BenchFormat = .json

    @OptionGroup var machine: MachineOptions

    private static let mostCells = 100

    enum BenchFormat: String, ExpressibleByArgument, CaseIterable { case json }
    enum PrecisionChoice: String, ExpressibleByArgument, CaseIterable { case double, single }

    func validate() throws {
        guard seconds > 0, seconds <= 3600 else {
            throw ValidationError("--seconds \(seconds) is not in (0, 3600]")
        }
        guard sweep == nil || workload.isEmpty else { throw ValidationError("--sweep and --workload exclude each other") }
        for name in workload where !BenchWorkload.all.contains(where: { $0.name == name }) {
            let known = BenchWorkload.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--workload '\(name)' is not known; there are \(known)")
        }
    }

    func run() throws {
        let kernel = try machine.kernel()
        let threads = machine.threadCount
        if let sweep { return try measure(SweepLoading.load(sweep, overrides: []), kernel, threads) }
        let noise: NoisePrecision = precision == .single ? .single : .double
        for chosen in BenchWorkload.all where workload.isEmpty || workload.contains(chosen.name) {
            _ = chosen.run(kernel, noise, 0)
            let rate = SpeedMeasurement.rate(threads: threads, seconds: seconds) { number in
                chosen.run(kernel, noise, number + 1)
            }
            try StandardOutput.print(JSONValue.object([
                ("workload", .string(chosen.name)), ("coordinate_steps_per_second", .number(rate.rounded())),
                ("threads", .integer(threads)), ("isa", .string(kernel.instructionSet.rawValue)),
                ("precision", .string(noise.rawValue)), ("seconds", .number(seconds)),
            ]).line)
        }
    }

    /// The cells of a sweep, each by itself.
    private func measure(_ plan: PlannedSweep, _ kernel: any TrialKernel, _ threads: Int) throws {
        for index in 0..<min(plan.cellCount, Self.mostCells) {
            guard case .included(let trialClass, let own) = try plan.cell(at: index) else { continue }
            let trials = 0..<plan.trials
            @Sendable func piece(_ number: Int) -> Double {
                let cell = CellParameters(
                    learningRate: own.learningRate, rho: own.rho, noisePerCoordinate: own.noisePerCoordinate,
                    streamKey: own.streamKey &+ UInt64(number))
                let columns = kernel.run(BlockRequest(trialClass: trialClass, cells: [cell], trials: trials), stop: StopFlag())
                return columns?.stepsTaken.reduce(0.0) { $0 + Double($1) } ?? 0
            }
            _ = piece(0)
            let rate = SpeedMeasurement.rate(threads: threads, seconds: seconds) { piece($0 + 1) }
            try StandardOutput.print(JSONValue.object([
                ("sweep", .string(plan.name)), ("cell", .integer(index)), ("optimizer", .string(trialClass.optimizer.name)),
                ("dimension", .integer(trialClass.dimension)), ("trial_steps_per_second", .number(rate.rounded())),
                ("coordinate_steps_per_second", .number((rate * Double(trialClass.dimension)).rounded())),
                ("threads", .integer(threads)), ("isa", .string(kernel.instructionSet.rawValue)),
                ("precision", .string(trialClass.noisePrecision.rawValue)), ("seconds", .number(seconds)),
            ]).line)
        }
    }
}
