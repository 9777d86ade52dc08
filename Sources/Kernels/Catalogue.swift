import TrialContract

/// Everything these kernels can compute. One line adds a member.
public enum Catalogue {
    /// Raised whenever a kernel's values change, or those of the data that it is given.
    ///
    /// 2: standardised columns are exact where they are constant and at the ends of double precision, so that the same
    /// file may stand for other numbers than before; data that were misread are refused.
    static let kernelRevision = 2

    private static let optimizers: [OptimizerLaunchers] = [
        everywhere(SGD.self),
        everywhere(SAM.self),
        everywhere(NSAM.self),
        everywhere(MSAM.self),
        everywhere(USAM.self),
        everywhere(NUSAM.self),
        everywhere(MUSAM.self),
        everywhere(ASAM.self),
        everywhere(VaSSO.self),
    ]

    private static func onAllProblems<O: Optimizer>(_ optimizer: O.Type) -> [Launcher] {
        [
            Launcher(Quadratic.self, optimizer),
            Launcher(Sine.self, optimizer),
            Launcher(Trap.self, optimizer),
            Launcher(TwoQuadratics.self, optimizer),
            Launcher(HuberTrap.self, optimizer),
            Launcher(PseudoHuber.self, optimizer),
            Launcher(Rastrigin.self, optimizer),
            Launcher(data: LogisticRegression.self, optimizer),
            Launcher(data: LeastSquares.self, optimizer),
        ]
    }

    static let noiseModels: [any NoiseModel.Type] = [
        NoNoise.self, Gaussian.self, Rademacher.self, Sphere.self, SkewedTwoPoint.self,
    ]

    static let learningRateSchedules: [any Schedule.Type] = [ConstantLearningRate.self, InverseTime.self]

    static let rhoSchedules: [any Schedule.Type] = [ConstantRho.self, PowerRho.self]

    static let statistics: [any Statistic.Type] = [
        Distance.self, Suboptimality.self, Objective.self, GradientNorm.self, BestSuboptimality.self, BestDistance.self,
        MeanGradientNormSquared.self, TailDistanceSquared.self, TailDistanceMax.self, Iterate.self, ZeroGradients.self,
    ]

    static let curveQuantities: [any CurveQuantity.Type] = [
        DistanceSquaredCurve.self, SuboptimalityCurve.self, ObjectiveCurve.self, GradientNormSquaredCurve.self, IterateCurve.self,
    ]

    /// What runs an optimizer, compiled for it.
    private struct OptimizerLaunchers {
        var onProblems: [Launcher]
        var defined: Launcher
        var reduced: Launcher?
    }

    private static func everywhere<O: Optimizer>(_ optimizer: O.Type) -> OptimizerLaunchers {
        OptimizerLaunchers(onProblems: onAllProblems(optimizer), defined: Launcher(defined: optimizer))
    }

    private static func everywhere<O: RotationInvariantOptimizer>(_ optimizer: O.Type) -> OptimizerLaunchers {
        OptimizerLaunchers(
            onProblems: onAllProblems(optimizer), defined: Launcher(defined: optimizer), reduced: Launcher(reduced: optimizer))
    }

    /// Every optimizer on every problem.
    static let launchers = optimizers.flatMap(\.onProblems)
    /// Every optimizer on objectives that sweeps define.
    static let definedLaunchers = optimizers.map(\.defined)
    /// The optimizers that can be run on block norms alone.
    static let reducedLaunchers = optimizers.compactMap(\.reduced)

    /// The catalogue as a value, for the planner, `list`, `schema` and the documentation.
    public static let descriptions: ComponentCatalogue = {
        var components: [ComponentDescription] = []
        for launcher in launchers {
            for description in [launcher.optimizerDescription, launcher.problemDescription]
            where !components.contains(description) {
                components.append(description)
            }
        }
        components += noiseModels.map { $0.description }
        components += learningRateSchedules.map { $0.description } + rhoSchedules.map { $0.description }
        components += statistics.map { $0.description } + curveQuantities.map { $0.description }
        let vectors = launchers.map { launcher in
            (launcher.optimizerDescription.name,
             (launcher.usesAscentNoise ? 1 : 0) + (launcher.usesDescentNoise ? 1 : 0))
        }
        return ComponentCatalogue(
            components: components, kernelRevision: kernelRevision,
            noiseVectorsPerStep: Dictionary(vectors) { first, _ in first },
            gradientsPerStep: Dictionary(launchers.map { ($0.optimizerDescription.name, $0.gradientsPerStep) }) { first, _ in first })
    }()
}
