/// Neumaier's compensated sum: the error does not grow with the number of terms.
///
/// The order of the terms is part of the result's bits: add in trial order.
@frozen
public struct CompensatedSum: Sendable {
    @usableFromInline var sum = 0.0
    @usableFromInline var compensation = 0.0

    @inlinable
    public init() {}

    @inlinable
    public mutating func add(_ term: Double) {
        let total = sum + term
        if sum.magnitude >= term.magnitude {
            compensation += (sum - total) + term
        } else {
            compensation += (term - total) + sum
        }
        sum = total
    }

    @inlinable
    public var value: Double {
        // An infinite or NaN total has a meaningless compensation.
        sum.isFinite ? sum + compensation : sum
    }
}

extension CompensatedSum {
    /// The sum of a sequence in its order.
    @inlinable
    public static func of(_ terms: some Sequence<Double>) -> Double {
        var sum = CompensatedSum()
        for term in terms { sum.add(term) }
        return sum.value
    }
}
