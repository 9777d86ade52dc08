/// A schedule that a user has written down as a formula, for given parameters and steps.
///
/// Its factors are computed once while planning, so that kernels only read them. A reference, compared by identity: made
/// once for the values that the formula names, shared by all cells that have them.
public final class DefinedSchedule: Sendable, Hashable {
    /// What the base value is multiplied with at t = 0 … T - 1; finite and not negative.
    public let factors: [Double]

    public init(factors: [Double]) {
        precondition(factors.allSatisfy { $0.isFinite && $0 >= 0 })
        self.factors = factors
    }

    public static func == (left: DefinedSchedule, right: DefinedSchedule) -> Bool { left === right }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
