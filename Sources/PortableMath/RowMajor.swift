/// The positions of a grid, numbered row by row: the last dimension runs fastest.
public struct RowMajor: Sendable, Hashable {
    /// Places along each dimension; none makes a grid of one position.
    public let counts: [Int]

    /// - Parameter counts: at least 1 each; their product fits an `Int`.
    public init(_ counts: some Sequence<Int>) { self.counts = Array(counts) }

    /// Positions of the whole grid.
    public var count: Int { counts.reduce(1, *) }

    /// What a step along each dimension adds to the position.
    public var strides: [Int] {
        var strides = [Int](repeating: 1, count: counts.count)
        for index in counts.indices.dropLast().reversed() { strides[index] = strides[index + 1] * counts[index + 1] }
        return strides
    }

    /// The place along each dimension, 0 ..< its count, of a position 0 ..< `count`.
    public func places(of position: Int) -> [Int] {
        var rest = position
        var places = [Int](repeating: 0, count: counts.count)
        for index in counts.indices.reversed() { (rest, places[index]) = rest.quotientAndRemainder(dividingBy: counts[index]) }
        return places
    }

    /// The position of the given places, one along each dimension.
    public func position(of places: some Sequence<Int>) -> Int { zip(places, counts).reduce(0) { $0 * $1.1 + $1.0 } }
}
