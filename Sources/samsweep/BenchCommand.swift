import ArgumentParser
import JSONText
import KernelSelection
import SweepExecution
import TrialContract

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the speed of the kernels on this machine.",
        discussion: """
            One line of JSON per workload. All threads work at the same time, each on blocks of its own. \
            Workloads: \(BenchWorkload.all.map(\.name).joined(separator: ", ")).
            """)

    @Option(help: ArgumentHelp("A workload to measure; may be given several times.", valueName: "name"))
    var workload: [String] = []

    @Option(help: "Resolution of the noise: double or single.")
    var precision: PrecisionChoice = .double

    @Option(help: "Seconds for each workload.")
    var seconds: Double = 1

    @Option(help: "Output format: json (one line per workload).")
    var format: BenchFormat = .json

    @OptionGroup var machine: MachineOptions

    enum BenchFormat: String, ExpressibleByArgument, CaseIterable { case json }
    enum PrecisionChoice: String, ExpressibleByArgument, CaseIterable { case double, single }

    func validate() throws {
        guard seconds > 0, seconds <= 3600 else {
            throw ValidationError("--seconds \(seconds) is not in (0, 3600]")
        }
        for name in workload where !BenchWorkload.all.contains(where: { $0.name == name }) {
            let known = BenchWorkload.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--workload '\(name)' is not known; there are \(known)")
        }
    }

    func run() throws {
        let kernel = try machine.kernel()
        let threads = machine.threadCount
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
}
