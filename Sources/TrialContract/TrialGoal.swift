/// What is asked for in the place of a number of trials: trials are added in rounds until it is reached.
public struct TrialGoal: Sendable, Equatable {
    /// When enough is known.
    public enum Target: Sendable, Equatable {
        /// Of each cell: the half-width of the interval of a response's mean is at most this share of the mean, in (0, 1).
        case relativeError(Double, of: String)
        /// The same in the response's own units, positive.
        case absoluteError(Double, of: String)
        /// Of each group of cells: neither arm of its exponent's interval is longer, positive. Groups are those of `fit`.
        case exponent(Double, of: String, against: String)
        /// Of each crossing of two settings along an axis: neither arm of its interval is longer than this share of it, in (0, 1).
        case crossing(Double, Pair, of: String, against: String)
        /// Every claim of the sweep passes or fails.
        case claimsDecided
    }

    /// Two values of a dimension, as they are written.
    public struct Pair: Sendable, Equatable {
        public var over: String
        public var first: String
        public var second: String

        public init(over: String, first: String, second: String) {
            (self.over, self.first, self.second) = (over, first, second)
        }
    }

    /// Where to stop though the goal is not reached.
    public enum Budget: Sendable, Equatable {
        /// Evaluations of the gradient, over all trials.
        case gradients(Double)
        /// Trials of all cells.
        case trials(Double)
        /// Seconds of one run. What was computed by then depends on the machine; what it is does not.
        case seconds(Double)
    }

    /// Trials that every cell gets, 2 … `atMost`.
    public var atLeast: Int
    /// Trials of a cell beyond which there are no more.
    public var atMost: Int
    public var target: Target
    /// Of the intervals, in (0, 1); of claims their own holds.
    public var confidence: Double
    /// `nil`: none.
    public var budget: Budget?

    public init(
        atLeast: Int = Self.usualLeast, atMost: Int = Self.usualMost, target: Target,
        confidence: Double = Self.usualConfidence, budget: Budget? = nil
    ) {
        precondition((2...atMost).contains(atLeast) && confidence > 0 && confidence < 1)
        self.atLeast = atLeast
        self.atMost = atMost
        self.target = target
        self.confidence = confidence
        self.budget = budget
    }

    public static let usualLeast = 64
    public static let usualMost = 1_000_000
    public static let usualConfidence = 0.95
}
