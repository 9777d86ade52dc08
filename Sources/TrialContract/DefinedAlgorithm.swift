/// An algorithm that a user has written down, for given parameters, dimension and number of steps.
///
/// A step is a few tapes over one vector of numbers, the state: x, the learning rate, rho, t, the memory, and behind them
/// what the objective has answered so far. Each evaluation computes a point from the state and puts the objective's answer
/// behind it; at last `next` gives the new iterate and memory.
///
/// A reference, compared by identity: made once for a set of parameters, shared by all cells that use it.
public final class DefinedAlgorithm: Sendable, Hashable {
    /// Which function is meant.
    public enum Sample: Sendable, Hashable, CaseIterable {
        /// The objective itself.
        case exact
        /// The objective as a catalogue's descent gradient sees it: its sample and its noise.
        case first
        /// The same with the independent sample and noise of an ascent gradient of its own.
        case second
        /// A third sample, independent of both.
        case third
    }

    /// What an objective is asked for.
    public enum Question: Sendable, Hashable {
        case gradient(Sample)
        /// Additive noise, which gradients have, has no value.
        case value(Sample)
        /// The Hessian times a direction; additive noise has no curvature.
        case hessianProduct(Sample)
        /// The gradient of the example in hand; within `mean` only.
        case exampleGradient
        /// The mean of an expression over the examples of a sample, all of them where it has none.
        case mean(Sample)
    }

    public struct Evaluation: Sendable, Hashable {
        public let question: Question
        /// From the state to the point that it is about: `dimension` outputs, twice as many where a direction follows; of a
        /// mean the expression.
        public let point: Tape
        /// Where in the state the answer goes: one number for values, `dimension` for gradients and products.
        public let result: Int
        /// What is asked for every example of a mean.
        public let inner: [Evaluation]

        public init(question: Question, point: Tape, result: Int, inner: [Evaluation] = []) {
            self.question = question
            self.point = point
            self.result = result
            self.inner = inner
        }

        /// Gradients that it takes, a product with the Hessian being two, and the gradients of all examples of a mean one.
        var gradients: Int {
            switch question {
            case .gradient, .exampleGradient: 1
            case .hessianProduct: 2
            case .value: 0
            case .mean: inner.reduce(0) { $0 + $1.gradients }
            }
        }

        fileprivate func asks(_ sample: Sample) -> Bool {
            switch question {
            case .gradient(let own), .value(let own), .hessianProduct(let own), .mean(let own): own == sample
            case .exampleGradient: false
            }
        }

        fileprivate var tapeCost: Int { point.cost + inner.reduce(0) { $0 + $1.tapeCost } }
    }

    /// Numbers kept from step to step.
    public struct Memory: Sendable, Hashable {
        public let firstValue: Double
        /// 1, or the dimension.
        public let count: Int

        public init(firstValue: Double, count: Int) {
            self.firstValue = firstValue
            self.count = count
        }
    }

    public let dimension: Int
    /// In the order in which they lie in the state.
    public let memory: [Memory]
    public let evaluations: [Evaluation]
    /// Vectors that a step draws for itself; they lie in the state behind the memory.
    public let draws: [DefinedObjective.Sample]
    /// From the state to the new iterate, the new memory and the norms of what was divided by its norm.
    public let next: Tape
    /// Numbers of the state.
    public let stateSize: Int

    public init(
        dimension: Int, memory: [Memory], evaluations: [Evaluation], draws: [DefinedObjective.Sample] = [], next: Tape,
        stateSize: Int
    ) {
        self.draws = draws
        precondition(memory.allSatisfy { $0.count == 1 || $0.count == dimension })
        self.dimension = dimension
        self.memory = memory
        self.evaluations = evaluations
        self.next = next
        self.stateSize = stateSize
    }

    /// Where the parts of the state begin.
    public static func learningRatePlace(_ dimension: Int) -> Int { dimension }
    public static func rhoPlace(_ dimension: Int) -> Int { dimension + 1 }
    public static func timePlace(_ dimension: Int) -> Int { dimension + 2 }
    public static func memoryPlace(_ dimension: Int) -> Int { dimension + 3 }

    /// Where what a step draws for itself begins in the state.
    public var drawsPlace: Int { Self.memoryPlace(dimension) + memory.reduce(0) { $0 + $1.count } }

    public func asks(_ sample: Sample) -> Bool { evaluations.contains { $0.asks(sample) } }

    /// Whether it multiplies with Hessians, or takes the gradients of single examples: the objective must know how.
    public var asksForCurvature: Bool {
        evaluations.contains { if case .hessianProduct = $0.question { true } else { false } }
    }
    public var asksForExamples: Bool { evaluations.contains { !$0.inner.isEmpty } }
    /// Whether it asks for the value of the objective on a sample.
    public var asksForSampleValues: Bool {
        evaluations.contains { if case .value(let sample) = $0.question { sample != .exact } else { false } }
    }

    /// Gradients of a step, stochastic and exact ones; a product with the Hessian counts as two, the gradients of all examples
    /// of a batch as one.
    public var gradientsPerStep: Int { evaluations.reduce(0) { $0 + $1.gradients } }

    /// Elementary operations on numbers that a step takes beside what the objective does.
    public var operationsPerStep: Int {
        func operations(_ tape: Tape) -> Int {
            tape.instructions.reduce(0) { $0 + $1.rows * $1.columns * ($1.operation == .product ? $1.inner : 1) }
        }
        func operations(_ evaluation: Evaluation) -> Int {
            operations(evaluation.point) + evaluation.inner.reduce(0) { $0 + operations($1) }
        }
        return operations(next) + evaluations.reduce(0) { $0 + operations($1) }
    }

    /// What a step costs, where two gradients and their noise cost `base`.
    func costInCoordinates(base: Int) -> Int {
        let tapes = evaluations.reduce(next.cost) { $0 + $1.tapeCost }
        let drawn = draws.reduce(0) { $0 + $1.count }
        let asked = evaluations.reduce(0) { $0 + max(1, $1.gradients) }
        return max(1, base * max(2, asked) / 2 + drawn + tapes / DefinedObjective.costOfCoordinate)
    }

    public static func == (a: DefinedAlgorithm, b: DefinedAlgorithm) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
