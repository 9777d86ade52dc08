import CPUFeatures
import IterateMeasures
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
    /// What the kernels can compute and what is measured of their trials, the same for every instruction set.
    package static let catalogue = KernelsBaseline.Catalogue.descriptions.withMeasures

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
        let kernel: any TrialKernel =
            switch chosen {
            case .baseline: KernelsBaseline.Kernel(instructionSet: .baseline)
            case .v3: KernelsV3.Kernel(instructionSet: .v3)
            case .v4: KernelsV4.Kernel(instructionSet: .v4)
            }
        return MeasuringKernel(kernel)
    }
}
