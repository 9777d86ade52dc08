import CPUFeatures
import IterateMeasures
import TrialContract

#if HOLDS_BASELINE
import VectorKernelsBaseline
#endif
#if HOLDS_V3
import VectorKernelsV3
#endif
#if HOLDS_V4
import VectorKernelsV4
#endif

/// An instruction set that was asked for and cannot be had.
package struct KernelSelectionError: Error, CustomStringConvertible {
    /// `nil`: any.
    package let requested: InstructionSet?
    /// What the program holds, and what of it the processor runs.
    package let held: [InstructionSet]
    package let available: [InstructionSet]

    package var description: String {
        guard let requested, !available.isEmpty else {
            return "this program holds \(names(held)) kernels alone, and this processor runs none of them; \(Self.remedy)"
        }
        let reason = held.contains(requested)
            ? "this processor cannot run the \(requested.rawValue) kernels; it can run: \(names(available))"
            : "this program was built without the \(requested.rawValue) kernels, with those alone that scripts/run needed; \(Self.remedy)"
        return "\(reason). Leave --isa out to have the widest of them chosen; all give the same bits"
    }

    private static let remedy = "`swift build -c release`, in the folder of its sources, makes .build/release/samsweep, which has all"

    private func names(_ sets: [InstructionSet]) -> String { sets.map(\.rawValue).joined(separator: ", ") }
}

/// Chooses among the builds of the kernels.
package enum KernelSelection {
    /// What the kernels can compute and what is measured of their trials, the same for every instruction set.
    package static let catalogue = descriptions.withMeasures

    /// The instruction sets that there are kernels for in this program, narrowest first: all, unless it was built with
    /// fewer (`SAMSWEEP_KERNELS` in Package.swift).
    package static let held = InstructionSet.allCases.filter { build(of: $0) != nil }

    /// Those that this processor runs. On other architectures than x86-64 there is one build, called `baseline`.
    package static var available: [InstructionSet] {
        held.filter { set in
            switch set {
            case .baseline: true
            case .v3: samsweep_cpu_runs_v3() != 0
            case .v4: samsweep_cpu_runs_v4() != 0
            }
        }
    }

    /// The kernels for an instruction set; `nil`: the widest that runs here.
    package static func kernel(_ requested: InstructionSet? = nil) throws -> any TrialKernel {
        let available = available
        guard let chosen = requested ?? available.last, available.contains(chosen), let kernel = build(of: chosen) else {
            throw KernelSelectionError(requested: requested, held: held, available: available)
        }
        return MeasuringKernel(kernel)
    }

    /// `nil`: the program is without.
    private static func build(of set: InstructionSet) -> (any TrialKernel)? {
        #if HOLDS_BASELINE
        if set == .baseline { return VectorKernelsBaseline.Kernel(instructionSet: set) }
        #endif
        #if HOLDS_V3
        if set == .v3 { return VectorKernelsV3.Kernel(instructionSet: set) }
        #endif
        #if HOLDS_V4
        if set == .v4 { return VectorKernelsV4.Kernel(instructionSet: set) }
        #endif
        return nil
    }

    private static var descriptions: ComponentCatalogue {
        // The narrowest build: every processor that runs one of them runs it.
        #if HOLDS_BASELINE
        VectorKernelsBaseline.Catalogue.descriptions
        #elseif HOLDS_V3
        VectorKernelsV3.Catalogue.descriptions
        #else
        VectorKernelsV4.Catalogue.descriptions
        #endif
    }
}
