import CPUFeatures
import KernelsBaseline
import KernelsV3
import KernelsV4
import TrialContract

/// An instruction set that was asked for and cannot be had.
package struct KernelSelectionError: Error, CustomStringConvertible {
    package let requested: InstructionSet
    package let available: [InstructionSet]

    package var description: String {
        let names = available.map(\.rawValue).joined(separator: ", ")
        return "this processor cannot run the \(requested.rawValue) kernels; it can run: \(names). "
            + "Leave --isa out to have the widest of them chosen; all give the same bits"
    }
}

/// Chooses among the builds of the kernels.
package enum KernelSelection {
    /// What the kernels can compute, the same for every instruction set.
    package static var catalogue: ComponentCatalogue { KernelsBaseline.Catalogue.descriptions }

    /// The instruction sets this processor runs, narrowest first. On other architectures than x86-64 there is one
    /// build, called `baseline`.
    package static var available: [InstructionSet] {
        var sets = [InstructionSet.baseline]
        if samsweep_cpu_runs_v3() != 0 { sets.append(.v3) }
        if samsweep_cpu_runs_v4() != 0 { sets.append(.v4) }
        return sets
    }

    /// The kernels for an instruction set; `nil`: the widest that runs here.
    package static func kernel(_ requested: InstructionSet? = nil) throws -> any TrialKernel {
        let available = available
        let chosen = requested ?? available[available.count - 1]
        guard available.contains(chosen) else {
            throw KernelSelectionError(requested: chosen, available: available)
        }
        switch chosen {
        case .baseline: return KernelsBaseline.Kernel(instructionSet: .baseline)
        case .v3: return KernelsV3.Kernel(instructionSet: .v3)
        case .v4: return KernelsV4.Kernel(instructionSet: .v4)
        }
    }
}
