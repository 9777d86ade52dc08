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

    public let dimension: Int
    /// In the order in which their numbers lie side by side in a step's sample.
    public let samples: [Sample]
    /// The gradient of the stochastic objective at a point, for a sample; `dimension` outputs.
    public let stochasticGradient: Tape
    /// The gradient of the objective itself.
    public let gradient: Tape
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

    public init(
        dimension: Int, samples: [Sample], stochasticGradient: Tape, gradient: Tape, measure: Tape, statesDistance: Bool,
        minimum: Double?, minimisers: [[Double]], start: [Start]
    ) {
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

    /// Numbers of a step's sample.
    public var sampleSize: Int { samples.reduce(0) { $0 + $1.count } }

    /// What a step with two gradients costs, in coordinates whose noise is drawn.
    var costInCoordinates: Int { dimension + sampleSize + 2 * stochasticGradient.cost / Self.costOfCoordinate }

    /// Additions of eight numbers that take the time of a coordinate's noise and step.
    static let costOfCoordinate = 24

    public static func == (a: DefinedObjective, b: DefinedObjective) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
