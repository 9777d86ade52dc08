import ArgumentParser
import KernelSelection
import TrialContract

/// What a command that computes may use of the machine.
struct MachineOptions: ParsableArguments {
    @OptionGroup var workers: ThreadOptions

    @Option(help: ArgumentHelp(
        "Instruction set: auto (the widest this CPU has), baseline, v3 or v4. All give the same bits.",
        valueName: "set"))
    var isa: InstructionSetChoice = .auto

    enum InstructionSetChoice: String, ExpressibleByArgument, CaseIterable {
        case auto, baseline, v3, v4
    }

    var threadCount: Int { workers.count }

    /// Throws `KernelSelectionError` where this CPU lacks the instruction set.
    func kernel() throws -> any TrialKernel {
        try KernelSelection.kernel(InstructionSet(rawValue: isa.rawValue))
    }
}
