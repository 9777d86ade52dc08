/// The quantiles of all trials of a cell, from those that are kept of its blocks.
///
/// The share of a block's numbers up to x is read from its extremes and kept quantiles, the k-th of n standing for a share of
/// (k - 1/2)/n, in between by straight lines; the share of the cell's is the mean of the blocks', weighted by how many numbers they
/// have. Where blocks hold one trial each that is the trials' own distribution.
package struct CellQuantiles: Sendable {
    private var blocks: [Block] = []
    private var total = 0.0

    package init() {}

    /// - Parameters:
    ///   - finished: how many numbers the block has; one of none changes nothing.
    ///   - values: in the order of `SummaryColumn`.
    package mutating func add(finished: Double, _ values: [Double]) {
        guard finished > 0 else { return }
        let place = { (column: SummaryColumn) in values[SummaryColumn.allCases.firstIndex(of: column)!] }
        let ranks = [1] + SummaryColumn.probabilities.map { max(1, ($0 * finished).rounded(.up)) } + [finished]
        blocks.append(Block(
            weight: finished, knots: [place(.minimum)] + SummaryColumn.quantiles.map(place) + [place(.maximum)],
            shares: ranks.map { ($0 - 0.5) / finished }))
        total += finished
    }

    /// The least number up to which lies a share p, in (0, 1), of all; NaN without numbers.
    package func quantile(_ p: Double) -> Double {
        // Between two neighbouring knots the share is a straight line.
        let knots = Set(blocks.lazy.flatMap(\.knots)).sorted()
        guard let largest = knots.last, !largest.isNaN, !knots[0].isNaN else { return .nan }
        var (low, high) = (0, knots.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if share(knots[middle], isUpTo: true) >= p { high = middle } else { low = middle + 1 }
        }
        guard low > 0 else { return knots[0] }
        let (a, b) = (knots[low - 1], knots[low])
        let (below, above) = (share(a, isUpTo: true), share(b, isUpTo: false))
        guard above > p, above > below else { return b }
        return a + (b - a) * ((p - below) / (above - below))
    }

    /// Of the numbers up to x, or below it.
    private func share(_ x: Double, isUpTo: Bool) -> Double {
        blocks.reduce(0) { $0 + $1.weight * $1.share(x, isUpTo: isUpTo) } / total
    }
}

private struct Block {
    /// Its numbers.
    var weight: Double
    /// Some of them and the shares for which they stand, ascending.
    var knots: [Double]
    var shares: [Double]

    func share(_ x: Double, isUpTo: Bool) -> Double {
        // The first knot that lies beyond x.
        guard let next = knots.firstIndex(where: { isUpTo ? $0 > x : $0 >= x }) else { return 1 }
        guard next > 0 else { return 0 }
        let (a, b) = (knots[next - 1], knots[next])
        return shares[next - 1] + (shares[next] - shares[next - 1]) * ((x - a) / (b - a))
    }
}
