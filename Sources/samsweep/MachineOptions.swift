import ArgumentParser
import KernelSelection
import SweepExecution
import TrialContract

/// What a command that computes may use of the machine.
struct MachineOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Worker threads (default: the cores this process may use).", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp(
        "Instruction set: auto (the widest this CPU has), baseline, v3 or v4. All give the same bits.",
        valueName: "set"))
    var isa: InstructionSetChoice = .auto

    enum InstructionSetChoice: String, ExpressibleByArgument, CaseIterable {
        case auto, baseline, v3, v4
    }

    func validate() throws {
        if let threads, !(1...65_536).contains(threads) {
            throw ValidationError("--threads \(threads) is out of range: give a number from 1 to 65536")
        }
    }

    var threadCount: Int { threads ?? AvailableCores.count() }

    /// Throws `KernelSelectionError` where this CPU lacks the instruction set.
    func kernel() throws -> any TrialKernel {
        try KernelSelection.kernel(InstructionSet(rawValue: isa.rawValue))
    }
}
