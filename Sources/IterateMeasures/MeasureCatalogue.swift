import TrialContract

/// The measures there are. One line adds a member.
enum MeasureCatalogue {
    static let members: [any IterateMeasure.Type] = [
        Sharpness.self, HessianTrace.self, Alignment.self, GradientCosine.self, SAMEdge.self, MeanGradientNorm.self,
    ]

    static func find(_ name: String) -> (any IterateMeasure.Type)? { members.first { $0.name == name } }
}

extension ComponentCatalogue {
    /// What kernels compute, and what `MeasuringKernel` measures of their trials.
    package var withMeasures: ComponentCatalogue {
        ComponentCatalogue(
            components: components + MeasureCatalogue.members.map { $0.description }, kernelRevision: kernelRevision,
            noiseVectorsPerStep: noiseVectorsPerStep, gradientsPerStep: gradientsPerStep)
    }
}
