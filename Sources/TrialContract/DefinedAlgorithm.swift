/// An algorithm that a user has written down, for given parameters, dimension and number of steps.
///
/// A step is a few tapes over one vector of numbers, the state: x, the learning rate, rho, t, the memory, and behind them
/// what the objective has answered so far. Each evaluation computes a point from the state and puts the objective's answer
/// behind it; at last `next` gives the new iterate and memory.
///
/// A reference, compared by identity: made once for a set of parameters, shared by all cells that use it.
public final class DefinedAlgorithm: Sendable, Hashable {
    /// What an objective is asked for.
    public enum Question: Sendable, Hashable {
        /// The stochastic gradient with the sample and noise of a catalogue's descent gradient.
        case firstSample
        /// The same with the independent sample and noise of an ascent gradient of its own.
        case secondSample
        /// The exact gradient.
        case exact
        /// The exact value.
        case value
    }

    public struct Evaluation: Sendable, Hashable {
        public let question: Question
        /// From the state to the point that it is about: `dimension` outputs.
        public let point: Tape
        /// Where in the state the answer goes: one number for values, `dimension` for gradients.
        public let result: Int

        public init(question: Question, point: Tape, result: Int) {
            self.question = question
            self.point = point
            self.result = result
        }
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
    /// From the state to the new iterate, the new memory and the norms of what was divided by its norm.
    public let next: Tape
    /// Numbers of the state.
    public let stateSize: Int

    public init(
        dimension: Int, memory: [Memory], evaluations: [Evaluation], next: Tape, stateSize: Int
    ) {
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

    public func asks(_ question: Question) -> Bool { evaluations.contains { $0.question == question } }

    /// Gradients of a step, stochastic and exact ones.
    public var gradientsPerStep: Int { evaluations.count { $0.question != .value } }

    /// What a step costs, where two gradients and their noise cost `base`.
    func costInCoordinates(base: Int) -> Int {
        let tapes = evaluations.reduce(next.cost) { $0 + $1.point.cost }
        return max(1, base * max(2, evaluations.count) / 2 + tapes / DefinedObjective.costOfCoordinate)
    }

    public static func == (a: DefinedAlgorithm, b: DefinedAlgorithm) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
