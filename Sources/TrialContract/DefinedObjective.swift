import Synchronization

/// An objective that a user has written down, with its gradients, for given parameters.
///
/// A reference, compared by identity: made once for a set of parameters, shared by all cells that use it.
public final class DefinedObjective: Sendable, Hashable {
    /// What a step draws.
    public struct Sample: Sendable, Hashable {
        public enum Law: Sendable, Hashable {
            /// Independent standard normals.
            case normal
            /// Independent fair signs.
            case rademacher
            /// Independent and uniform on [0, 1).
            case uniform
            /// Distinct or independent indices in 0 ..< of; as many as `count`.
            case indices(of: Int, withReplacement: Bool)
        }

        public let law: Law
        /// Numbers it draws for a step.
        public let count: Int

        public init(law: Law, count: Int) {
            self.law = law
            self.count = count
        }
    }

    /// Where some coordinates begin.
    public enum Start: Sendable, Hashable {
        case values([Double])
        /// Independent normals of mean 0 with this standard deviation.
        case normal(count: Int, scale: Double)
        case uniform(count: Int, from: Double, to: Double)
        /// Uniform on the sphere of this radius around 0.
        case sphere(count: Int, radius: Double)

        public var count: Int {
            switch self {
            case .values(let values): values.count
            case .normal(let count, _), .uniform(let count, _, _), .sphere(let count, _): count
            }
        }
    }

    /// Derivatives that only some algorithms ask for.
    public struct Extras: Sendable {
        /// The Hessian's product with a direction, which lies behind the point, of the objective and of the stochastic one.
        public let exactProduct: Tape
        public let stochasticProduct: Tape
        /// The stochastic gradient of one example: the sample's first index stands for all of them.
        public let exampleGradient: Tape?
        /// The place of the indices in a step's sample, how many there are, and below what.
        public let indices: (place: Int, count: Int, of: Int)?

        public init(
            exactProduct: Tape, stochasticProduct: Tape, exampleGradient: Tape?, indices: (place: Int, count: Int, of: Int)?
        ) {
            self.exactProduct = exactProduct
            self.stochasticProduct = stochasticProduct
            self.exampleGradient = exampleGradient
            self.indices = indices
        }
    }

    public let dimension: Int
    /// In the order in which their numbers lie side by side in a step's sample.
    public let samples: [Sample]
    /// The gradient of the stochastic objective at a point, for a sample; `dimension` outputs.
    public let stochasticGradient: Tape
    /// The gradient of the objective itself.
    public let gradient: Tape
    /// The stochastic objective itself; one output.
    public let stochasticValue: Tape
    /// f, its gradient, and, where the definition states one, the distance to a minimiser: 1 + d (+ 1) outputs.
    public let measure: Tape
    /// Whether `measure` ends with a distance.
    public let statesDistance: Bool
    /// The least value of f; `nil`: not stated.
    public let minimum: Double?
    /// `dimension` coordinates each; none: not stated.
    public let minimisers: [[Double]]
    /// For all coordinates, in order; empty: not stated.
    public let start: [Start]
    private let makeExtras: @Sendable () throws -> Extras
    private let knownExtras = Mutex<Extras?>(nil)

    /// - Parameter extras: makes what only some algorithms ask for; called at most once at a time and kept.
    public init(
        dimension: Int, samples: [Sample], stochasticGradient: Tape, gradient: Tape, stochasticValue: Tape, measure: Tape,
        statesDistance: Bool, minimum: Double?, minimisers: [[Double]], start: [Start],
        extras: @escaping @Sendable () throws -> Extras
    ) {
        self.stochasticValue = stochasticValue
        makeExtras = extras
        precondition(minimisers.allSatisfy { $0.count == dimension })
        precondition(start.isEmpty || start.reduce(0) { $0 + $1.count } == dimension)
        self.dimension = dimension
        self.samples = samples
        self.stochasticGradient = stochasticGradient
        self.gradient = gradient
        self.measure = measure
        self.statesDistance = statesDistance
        self.minimum = minimum
        self.minimisers = minimisers
        self.start = start
    }

    /// What only some algorithms ask for, made when it is first asked for. Throws where that is too large.
    public func extras() throws -> Extras {
        if let known = knownExtras.withLock({ $0 }) { return known }
        let made = try makeExtras()
        return knownExtras.withLock { known in
            known = known ?? made
            return known ?? made
        }
    }

    /// Numbers of a step's sample.
    public var sampleSize: Int { samples.reduce(0) { $0 + $1.count } }

    /// What a step with two gradients costs, in coordinates whose noise is drawn.
    var costInCoordinates: Int { dimension + sampleSize + 2 * stochasticGradient.cost / Self.costOfCoordinate }

    /// Additions of eight numbers that take the time of a coordinate's noise and step.
    static let costOfCoordinate = 24

    public static func == (a: DefinedObjective, b: DefinedObjective) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
