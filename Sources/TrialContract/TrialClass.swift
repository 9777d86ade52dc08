/// A component by name, with every parameter given (defaults filled in).
public struct ComponentChoice: Sendable, Hashable {
    public let name: String
    public let parameters: [String: Double]

    public init(_ name: String, _ parameters: [String: Double] = [:]) {
        self.name = name
        self.parameters = parameters
    }
}

/// A run of equal eigenvalues, as the sweep file gives it; nothing is sorted or merged.
public struct EigenBlock: Sendable, Hashable {
    public let value: Double
    public let multiplicity: Int

    public init(value: Double, multiplicity: Int) {
        self.value = value
        self.multiplicity = multiplicity
    }
}

/// Where trials begin.
public enum StartPoint: Sendable, Hashable {
    /// x0 - x* = radius * (1, …, 1) / sqrt(d).
    case radius(Double)
    /// x0 itself; as many values as coordinates.
    case vector([Double])
    /// (1, …, 1) / sqrt(m) times the norm, in each eigen-block of multiplicity m.
    case blocks([Double])
    /// Uniform on the sphere of this radius around x*, from the trial's own `start` stream.
    case sphere(Double)
    /// As the objective's definition says.
    case defined
}

/// At what resolution unit noise is drawn; the state is double precision in both.
public enum NoisePrecision: String, Sendable, Hashable, CaseIterable {
    case double, single
}

/// How a trial is computed.
public enum TrialMethod: String, Sendable, Hashable, CaseIterable {
    /// Every coordinate of the iterate.
    case full
    /// The norms of the eigen-blocks only: a Markov chain with exactly the same law of everything but the iterate.
    case reduced
}

/// From where on a trial counts as diverged, though its numbers are finite.
public struct DivergenceBound: Sendable, Hashable {
    public enum Quantity: String, Sendable, Hashable, CaseIterable {
        /// |x_t - x*| to the nearest minimiser.
        case distance
        /// f(x_t).
        case objective
    }

    public let quantity: Quantity
    /// The largest value that is no divergence; finite.
    public let value: Double

    public init(_ quantity: Quantity, above value: Double) {
        self.quantity = quantity
        self.value = value
    }
}

/// Which values of a trajectory to record on the way.
public struct CurveRequest: Sendable, Hashable {
    /// The recorded iterates x_t: ascending values of t in 0 ... T, each once.
    public var steps: [Int]
    /// Names of catalogue members of the kind `curveQuantity`, or of `TrialClass.definedStatistics`, whose value at x_t is then
    /// recorded.
    public var quantities: [String]

    public init(steps: [Int], quantities: [String]) {
        precondition(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 } && steps.first ?? 0 >= 0)
        self.steps = steps
        self.quantities = quantities
    }
}

/// What all lanes of a block have in common: everything about a trial but its own numbers.
public struct TrialClass: Sendable, Hashable {
    public var optimizer: ComponentChoice
    public var problem: ComponentChoice
    public var spectrum: Spectrum
    public var noiseModel: ComponentChoice
    public var noisePrecision: NoisePrecision
    public var learningRateSchedule: ComponentChoice
    public var rhoSchedule: ComponentChoice
    /// The schedules' factors where the sweep defines them itself, for the class's steps.
    public var learningRateFactors: DefinedSchedule?
    public var rhoFactors: DefinedSchedule?
    /// T, at least 1.
    public var steps: Int
    public var start: StartPoint
    /// Names of the recorded statistics, in the order in which `OutcomeColumns.values` holds them.
    public var statistics: [String]
    /// Those of them, and of the quantities of trajectories, that the sweep defines itself, for the class's dimension.
    public var definedStatistics: [DefinedStatistic] = []
    public var method: TrialMethod
    /// `nil`: no trajectories are recorded.
    public var curve: CurveRequest?
    /// The data of problems that have some; the spectrum then states their dimension.
    public var finiteSum: FiniteSum?
    /// The objective where the sweep defines it itself; the spectrum then states its dimension.
    public var definedObjective: DefinedObjective?
    /// The algorithm where the sweep defines it itself, for the class's dimension.
    public var definedAlgorithm: DefinedAlgorithm?
    /// A trial diverges at the first t at which this is exceeded, or is not a number; `nil`: where |x_t|^2 is not finite.
    /// Each iterate is then measured.
    public var divergedAbove: DivergenceBound?

    public var dimension: Int { spectrum.dimension }

    /// The numbers that a trial has of a recorded statistic, or at a step of a trajectory's quantity.
    public func width(of recorded: ComponentDescription) -> Int {
        definedStatistics.first { $0.name == recorded.name }?.count ?? recorded.storage.width(dimension: dimension)
    }

    /// Numbers that a step advances: coordinates, or the norms of the reduction's blocks.
    public var stateSize: Int { method == .reduced ? spectrum.blocks.count : spectrum.dimension }

    public init(
        optimizer: ComponentChoice, problem: ComponentChoice, spectrum: Spectrum, noiseModel: ComponentChoice,
        noisePrecision: NoisePrecision = .double,
        learningRateSchedule: ComponentChoice = ComponentChoice("constant"),
        rhoSchedule: ComponentChoice = ComponentChoice("constant"),
        steps: Int, start: StartPoint = .radius(1), statistics: [String], method: TrialMethod = .full,
        curve: CurveRequest? = nil, finiteSum: FiniteSum? = nil,
        definedObjective: DefinedObjective? = nil, definedAlgorithm: DefinedAlgorithm? = nil,
        divergedAbove: DivergenceBound? = nil
    ) {
        self.optimizer = optimizer
        self.problem = problem
        self.spectrum = spectrum
        self.noiseModel = noiseModel
        self.noisePrecision = noisePrecision
        self.learningRateSchedule = learningRateSchedule
        self.rhoSchedule = rhoSchedule
        self.steps = steps
        self.start = start
        self.statistics = statistics
        self.method = method
        self.curve = curve
        self.finiteSum = finiteSum
        self.definedObjective = definedObjective
        self.definedAlgorithm = definedAlgorithm
        self.divergedAbove = divergedAbove
    }
}

extension TrialClass {
    /// What a step costs, in coordinates whose noise is drawn: work is cut, shared out and foretold by it. A fixed function
    /// of the plan's values.
    public var costInCoordinates: Int {
        if method == .reduced { return ReductionRule.coordinatesPerBlock * spectrum.blocks.count }
        let step = definedAlgorithm?.costInCoordinates(base: costOfObjective) ?? costOfObjective
        return definedStatistics.reduce(step) { $0 + $1.costInCoordinates(base: costOfObjective) }
    }

    /// The cost of a step with two gradients.
    private var costOfObjective: Int {
        if let definedObjective { return definedObjective.costInCoordinates }
        guard let finiteSum else { return dimension }
        // Each example of a mini-batch is read twice and gathered lane by lane.
        let batch = problem.parameters["batch"].map { Int($0) } ?? finiteSum.dataset.rows
        return 2 * batch * finiteSum.dataset.columns
    }
}

/// A cell's own numbers. Two cells of one `TrialClass` differ in nothing else.
public struct CellParameters: Sendable, Hashable {
    /// eta > 0.
    public var learningRate: Double
    /// rho >= 0.
    public var rho: Double
    /// Standard deviation of the noise per coordinate: noise / sqrt(d) on the `total` scale, noise itself on
    /// `per_coordinate`.
    public var noisePerCoordinate: Double
    /// The key of the random number generator: the root seed with common random numbers, otherwise mixed with the
    /// cell's values. Cells with equal keys see the same unit noise for the same trial and step.
    public var streamKey: UInt64

    public init(learningRate: Double, rho: Double, noisePerCoordinate: Double, streamKey: UInt64) {
        self.learningRate = learningRate
        self.rho = rho
        self.noisePerCoordinate = noisePerCoordinate
        self.streamKey = streamKey
    }
}
