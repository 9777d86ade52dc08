/// A statistic that a sweep defines: one number of an iterate, for given parameters and dimension.
///
/// A reference, compared by identity: made once for a set of parameters, shared by all cells that use it.
public final class DefinedStatistic: Sendable, Hashable {
    /// Which iterates it is taken of, and what becomes of several values. A value that is not a number makes all of it none.
    public enum Moment: String, Sendable, CaseIterable {
        /// The last iterate.
        case end
        /// The mean over the last tenth: t = T - max(1, floor(T/10)) + 1 … T.
        case tail
        /// The least of all, the start included.
        case best
        /// The mean over all, the start included.
        case mean

        public var formula: String {
            switch self {
            case .end: "at x_T"
            case .tail: "mean over t = T - max(1, floor(T/10)) + 1 … T"
            case .best: "min over t = 0…T"
            case .mean: "mean over t = 0…T"
            }
        }
    }

    public let name: String
    public let moment: Moment
    /// One output. The point is the iterate; in the place of a sample lie f and its gradient there, 1 + d numbers.
    public let tape: Tape
    /// Whether f or its gradient are asked for.
    public let usesObjective: Bool

    public init(name: String, moment: Moment, tape: Tape) {
        self.name = name
        self.moment = moment
        self.tape = tape
        usesObjective = tape.instructions.contains { $0.operands.contains { $0.space == .sample } }
    }

    /// What it adds to a step's cost, in coordinates whose noise is drawn; a gradient takes the base again.
    func costInCoordinates(base: Int) -> Int {
        guard moment == .best || moment == .mean else { return 0 }
        return tape.cost / DefinedObjective.costOfCoordinate + (usesObjective ? base : 0)
    }

    public static func == (a: DefinedStatistic, b: DefinedStatistic) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
