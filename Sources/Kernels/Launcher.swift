import TrialContract

/// A problem and an optimizer, compiled together: what the block runner calls without knowing either.
struct Launcher: Sendable {
    let method: TrialMethod
    let optimizerDescription: ComponentDescription
    let problemDescription: ComponentDescription
    var memoryVectors: Int
    var usesAscentNoise: Bool
    var usesDescentNoise: Bool
    var gradientsPerStep: Double
    var usesThirdNoise = false
    /// Coordinates of the state that is stepped, and vectors of noise it takes a step.
    let size: @Sendable (TrialClass) -> (coordinates: Int, noiseVectors: Int)
    let sampler: @Sendable (TrialClass) -> (any Sampler)?
    /// Binds the pair to a block's class.
    var bind: @Sendable (TrialClass) -> BoundStepper
    /// The problem on its own, whatever the optimizer; `nil`: only the pair is known.
    var objective: (@Sendable (TrialClass) -> any CoupledObjective)?
    /// Slots that go through the steps side by side, at least.
    var slotsAtOnce: @Sendable (TrialClass) -> Int
    /// Whether additive noise of scale 0 is drawn all the same.
    var drawsZeroNoise = true

    private init<O: Optimizer>(
        _: O.Type, on problem: ComponentDescription, sampler: @escaping @Sendable (TrialClass) -> (any Sampler)?,
        objective: @escaping @Sendable (TrialClass) -> any CoupledObjective,
        bind: @escaping @Sendable (TrialClass) -> BoundStepper
    ) {
        method = .full
        optimizerDescription = O.fullDescription
        problemDescription = problem
        memoryVectors = O.memoryVectors
        usesAscentNoise = O.ascentGradient == .ownNoise
        gradientsPerStep = O.gradientsPerStep
        usesDescentNoise = O.descentIsNoisy || O.ascentGradient == .sharedNoise
        size = { ($0.dimension, $0.dimension) }
        slotsAtOnce = { Interleaving.slots(dimension: $0.dimension) }
        self.sampler = sampler
        self.objective = objective
        self.bind = bind
    }
}

extension Launcher {
    /// An optimizer on a problem whose gradient is taken coordinate by coordinate.
    ///
    /// What is compiled for all pairs together is most of the kernels' build: each kind of problem names the steppers that
    /// can be reached for it, and no others are made.
    init<P: Problem, O: Optimizer>(_: P.Type, _: O.Type) {
        self.init(P.self, O.self) {
            $0.dimension == 1 ? LineStepper(pair: $1).advance(_:count:chunk:observe:) : Stepper(pair: $1).advance(_:count:chunk:observe:)
        }
    }

    init<P: CheapGradientProblem, O: Optimizer>(_: P.Type, _: O.Type) {
        self.init(P.self, O.self) {
            $0.dimension == 1 ? LineStepper(pair: $1).advance(_:byFours:chunk:observe:) : Stepper(pair: $1).advance(_:count:chunk:observe:)
        }
    }

    init<P: LineProblem, O: Optimizer>(_: P.Type, _: O.Type) {
        self.init(P.self, O.self) { LineStepper(pair: $1).advance(_:count:chunk:observe:) }
    }

    private init<P: Problem, O: Optimizer>(
        _: P.Type, _: O.Type, advance: @escaping @Sendable (TrialClass, Pair<P, O>) -> BoundStepper.Advance
    ) {
        self.init(
            O.self, on: P.description, sampler: { P.sampler($0) },
            objective: { SeparableObjective(P($0), dimension: $0.dimension) },
            bind: { trialClass in
                let problem = P(trialClass)
                let optimizer = O(parameters: trialClass.optimizer.parameters)
                return BoundStepper(
                    advance: advance(trialClass, Pair(problem: problem, optimizer: optimizer)),
                    measure: { problem.measures($0, dimension: $1) },
                    start: { x, generator in
                        trialClass.start.fill(x, spectrum: trialClass.spectrum, generator: generator) {
                            problem.minimiser(coordinate: $0)
                        }
                    })
            })
    }
}

extension Launcher {
    /// An optimizer on the block norms of the quadratic.
    init<O: RotationInvariantOptimizer>(reduced _: O.Type) {
        method = .reduced
        optimizerDescription = O.fullDescription
        problemDescription = Quadratic.description
        memoryVectors = 0
        usesAscentNoise = O.ascentGradient == .ownNoise
        gradientsPerStep = O.gradientsPerStep
        usesDescentNoise = true
        size = { ($0.spectrum.blocks.count, 2 * $0.spectrum.blocks.count) }
        slotsAtOnce = { Interleaving.slots(dimension: $0.spectrum.blocks.count) }
        sampler = { _ in nil }
        bind = { trialClass in
            let stepper = ReducedStepper(
                optimizer: O(parameters: trialClass.optimizer.parameters),
                eigenvalues: trialClass.spectrum.blocks.map(\.value))
            return BoundStepper(
                advance: { stepper.advance($0, count: $1, chunk: $2, observe: $3) },
                measure: { stepper.measure($0, $1) },
                start: { trialClass.start.fillNorms($0, spectrum: trialClass.spectrum, generator: $1) })
        }
    }
}

extension Launcher {
    /// An optimizer on a finite sum over data.
    init<Loss: LinearLoss, O: Optimizer>(data _: Loss.Type, _: O.Type) {
        self.init(
            O.self, on: Loss.description, sampler: { DataParameters.sampler($0) },
            objective: { LinearObjective<Loss>(Self.sum($0, Loss.self)) },
            bind: { trialClass in
                let sum = Self.sum(trialClass, Loss.self)
                return Self.coupled(
                    O.self, trialClass, LinearObjective<Loss>(sum),
                    sampleVectors: DataParameters.sampler(trialClass).vectorsPerStep
                ) { x, generator in
                    trialClass.start.fill(x, spectrum: trialClass.spectrum, generator: generator) { sum.minimiser[$0] }
                }
            })
    }

    /// An optimizer on an objective that the sweep defines.
    init<O: Optimizer>(defined _: O.Type) {
        let problem = ComponentDescription(
            kind: .problem, name: "defined", summary: "an objective that the sweep defines", formula: "f(x)")
        self.init(
            O.self, on: problem, sampler: { DefinedSampler($0.definedObjective?.samples ?? []) },
            objective: { TapeObjective(Self.definition($0)) },
            bind: { trialClass in
                let definition = Self.definition(trialClass)
                return Self.coupled(
                    O.self, trialClass, TapeObjective(definition), sampleVectors: definition.sampleSize
                ) { x, generator in
                    if trialClass.start == .defined {
                        definition.start.fill(x, generator: generator)
                    } else {
                        trialClass.start.fill(x, spectrum: trialClass.spectrum, generator: generator) {
                            definition.minimisers.first?[$0] ?? 0
                        }
                    }
                }
            })
        drawsZeroNoise = false
        slotsAtOnce = { TapeObjective.slotsAtOnce(Self.definition($0)) }
    }

    private static func coupled<O: Optimizer>(
        _: O.Type, _ trialClass: TrialClass, _ objective: any CoupledObjective, sampleVectors: Int,
        start: @escaping (UnsafeMutablePointer<Lanes>, PhiloxLanes) -> Void
    ) -> BoundStepper {
        let stepper = CoupledStepper(
            optimizer: O(parameters: trialClass.optimizer.parameters), objective: objective,
            dimension: trialClass.dimension, sampleVectors: sampleVectors)
        return BoundStepper(
            advance: { stepper.advance($0, count: $1, chunk: $2, observe: $3) },
            measure: { x, _ in objective.measure(x) }, start: start)
    }

    private static func sum<Loss: LinearLoss>(_ trialClass: TrialClass, _: Loss.Type) -> FiniteSum {
        guard let sum = trialClass.finiteSum, sum.dataset.columns == trialClass.dimension else {
            fatalError("the planner must give \(Loss.description.name) its data and their dimension")
        }
        return sum
    }

    private static func definition(_ trialClass: TrialClass) -> DefinedObjective {
        guard let definition = trialClass.definedObjective, definition.dimension == trialClass.dimension else {
            fatalError("the planner must give a defined problem its objective and that one's dimension")
        }
        return definition
    }
}

extension Launcher {
    /// An algorithm that the sweep defines, on the problem of a pair; a problem alone knows where to begin and what to
    /// measure.
    init(_ algorithm: DefinedAlgorithm, onProblemOf pair: Launcher) {
        self = pair
        memoryVectors = algorithm.memory.count
        usesDescentNoise = algorithm.asks(.first)
        usesAscentNoise = algorithm.asks(.second)
        usesThirdNoise = algorithm.asks(.third)
        gradientsPerStep = Double(algorithm.gradientsPerStep)
        bind = { trialClass in
            guard let makeObjective = pair.objective, algorithm.dimension == trialClass.dimension else {
                fatalError("the planner must make an algorithm for its class's dimension and the method full")
            }
            let bound = pair.bind(trialClass)
            let stepper = AlgorithmStepper(
                algorithm, makeObjective(trialClass),
                sampleVectors: pair.sampler(trialClass)?.vectorsPerStep ?? 0)
            return BoundStepper(
                advance: { stepper.advance($0, count: $1, chunk: $2, observe: $3) }, measure: bound.measure,
                start: bound.start)
        }
    }
}

/// What is done to iterates.
struct BoundStepper {
    /// Takes a chunk's steps: slots, how many they are, the chunk, and what sees each iterate (slot, t).
    typealias Advance = (UnsafeMutablePointer<Slot>, Int, Chunk, ((Int, Int) -> Void)?) -> Void

    let advance: Advance
    let measure: (UnsafeMutablePointer<Lanes>, Int) -> Measures
    /// Writes x_0 of eight trials.
    let start: (UnsafeMutablePointer<Lanes>, PhiloxLanes) -> Void
}
