import PortableMath

/// Values with equal ratios between two ends, of which a run takes more and more: halves of segments, halves of these, and so on.
///
/// All of them stand in one table, so that a value's bits do not depend on when, or beside which others, it was taken.
package struct NestedRange: Sendable, Equatable {
    /// Segments of the finest grid: positions are 0 … `finest`.
    package static let finest = 4096

    package let from: Double
    package let to: Double
    /// By position; ascending.
    private let table: [Double]

    /// - Parameters:
    ///   - from: positive.
    ///   - to: above `from`.
    /// - Returns: `nil` where the two are so near that there are no `finest` doubles between them.
    package init?(from: Double, to: Double) {
        precondition(from > 0 && from < to && to.isFinite)
        let table = PortableMath.logspace(from: from, to: to, count: Self.finest + 1)
        guard zip(table, table.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        self.from = from
        self.to = to
        self.table = table
    }

    package func value(at position: Int) -> Double { table[position] }

    /// `nil` where the value is none of the range's, bit for bit.
    package func position(of value: Double) -> Int? {
        var (low, high) = (0, Self.finest)
        while low < high {
            let middle = (low + high) / 2
            if table[middle] < value { low = middle + 1 } else { high = middle }
        }
        return table[low] == value ? low : nil
    }

    /// The positions to begin with: 9 with equal ratios, or 5 where no more than 8 are allowed.
    package static func first(atMost: Int) -> [Int] {
        let segments = atMost >= 9 ? 8 : 4
        return (0...segments).map { $0 * finest / segments }
    }

    /// The middle of a segment; `nil` where it cannot be cut.
    package static func middle(_ low: Int, _ high: Int) -> Int? { high - low > 1 ? (low + high) / 2 : nil }
}
