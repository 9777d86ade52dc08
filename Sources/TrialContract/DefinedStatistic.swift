/// A statistic that a sweep defines: one number of an iterate, or a vector of them, for given parameters and dimension.
///
/// A reference, compared by identity: made once for a set of parameters, shared by all cells that use it.
public final class DefinedStatistic: Sendable, Hashable {
    /// Which iterates it is taken of, and what becomes of several values, number by number. A value that is not a number
    /// makes all of it none, but for `first`, which then goes on waiting.
    public enum Moment: String, Sendable, CaseIterable {
        /// The last iterate.
        case end
        /// The mean over the last tenth: t = T - max(1, floor(T/10)) + 1 … T.
        case tail
        /// The least of all, the start included.
        case best
        /// The mean over all, the start included.
        case mean
        /// The first t at which the value is not 0, the start included; no number where it never is.
        case first

        public var formula: String {
            switch self {
            case .end: "at x_T"
            case .tail: "mean over t = T - max(1, floor(T/10)) + 1 … T"
            case .best: "min over t = 0…T"
            case .mean: "mean over t = 0…T"
            case .first: "first t in 0…T at which it holds"
            }
        }
    }

    public let name: String
    public let moment: Moment
    /// The point is the iterate; in the place of a sample lies what is known of the objective there.
    public let tape: Tape
    /// Whether f, its excess or the distance is asked for.
    public let usesMeasures: Bool
    /// Whether the gradient of f is asked for.
    public let usesGradient: Bool

    /// Its numbers.
    public var count: Int { tape.outputSize }

    /// Where f(x), |x - x*| and f(x) - f* lie in the place of a sample, and where the d numbers of the gradient begin.
    public static let objectivePlace = 0, distancePlace = 1, suboptimalityPlace = 2, gradientPlace = 3

    /// - Parameter tape: of one output or more.
    public init(name: String, moment: Moment, tape: Tape) {
        self.name = name
        self.moment = moment
        self.tape = tape
        let places = tape.instructions.flatMap { $0.operands.filter { $0.space == .sample }.map(\.offset) }
        usesMeasures = places.contains { $0 < Self.gradientPlace }
        usesGradient = places.contains { $0 >= Self.gradientPlace }
    }

    /// What it adds to a step's cost, in coordinates whose noise is drawn; a gradient takes the base again.
    func costInCoordinates(base: Int) -> Int {
        guard [.best, .mean, .first].contains(moment) else { return 0 }
        return tape.cost / DefinedObjective.costOfCoordinate + (usesMeasures || usesGradient ? base : 0)
    }

    public static func == (a: DefinedStatistic, b: DefinedStatistic) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
