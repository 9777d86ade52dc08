import TrialContract

/// Everything these kernels can compute. One line adds a member.
public enum Catalogue {
    /// Raised whenever a kernel's values change, or those of the data that it is given.
    ///
    /// 2: standardised columns are exact where they are constant and at the ends of double precision, so that the same
    /// file may stand for other numbers than before; data that were misread are refused.
    static let kernelRevision = 2

    /// Every optimizer on every problem.
    static let launchers: [Launcher] = [
        onAllProblems(SGD.self),
        onAllProblems(SAM.self),
        onAllProblems(NSAM.self),
        onAllProblems(MSAM.self),
        onAllProblems(USAM.self),
        onAllProblems(NUSAM.self),
        onAllProblems(MUSAM.self),
        onAllProblems(ASAM.self),
        onAllProblems(VaSSO.self),
    ].flatMap { $0 }

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

    /// The optimizers that can be run on block norms alone; each says `allowsReduction`.
    static let reducedLaunchers: [Launcher] = [
        Launcher(reduced: SGD.self), Launcher(reduced: SAM.self), Launcher(reduced: NSAM.self),
        Launcher(reduced: MSAM.self), Launcher(reduced: USAM.self), Launcher(reduced: NUSAM.self),
        Launcher(reduced: MUSAM.self),
    ]

    /// Every optimizer on objectives that sweeps define.
    static let definedLaunchers: [Launcher] = [
        Launcher(defined: SGD.self), Launcher(defined: SAM.self), Launcher(defined: NSAM.self),
        Launcher(defined: MSAM.self), Launcher(defined: USAM.self), Launcher(defined: NUSAM.self),
        Launcher(defined: MUSAM.self), Launcher(defined: ASAM.self), Launcher(defined: VaSSO.self),
    ]

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
        DistanceSquaredCurve.self, SuboptimalityCurve.self, ObjectiveCurve.self, GradientNormSquaredCurve.self,
    ]

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
