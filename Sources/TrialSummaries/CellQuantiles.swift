/// A quantile of all trials of a cell, as far as what is kept of its blocks tells it.
package struct CellQuantile: Sendable, Equatable {
    /// The likeliest.
    package let value: Double
    /// Between these it lies for certain, ends included.
    package let least, most: Double

    static let unknown = CellQuantile(value: .nan, least: .nan, most: .nan)
}

/// The quantiles of all trials of a cell, from the extremes and percentiles that are kept of its blocks.
///
/// What is certain: the number of rank r in a block lies in the bucket of what is kept of it. So at least r of the block's numbers lie
/// up to the bucket's end, and below its beginning at most r - 1. Both counts, added over the blocks, enclose the rank of every
/// number, and the quantile of rank R lies between the least number up to which R may lie and the least up to which R must lie. In
/// exact numbers the two counts differ by at most a hundredth of all, for neighbouring percentiles of a block are fewer than
/// that apart: whatever the numbers are, between the two ends lie only ranks within a hundredth of R. Buckets move each end by a
/// relative 2^-10 at most.
///
/// What is likely: the share of a block's numbers up to x by straight lines, the k-th of n standing for a share of (k - 1/2)/n; the
/// share of the cell's is the mean of the blocks', weighted by how many numbers they have.
package struct CellQuantiles: Sendable {
    private var blocks: [Block] = []
    private var total = 0.0

    package init() {}

    /// - Parameters:
    ///   - finished: how many numbers the block has; one of none changes nothing.
    ///   - percentiles: the 99 of the block.
    package mutating func add(
        finished: Double, extremes: (least: Double, largest: Double), percentiles: some Collection<Double>
    ) {
        guard finished > 0 else { return }
        blocks.append(Block(count: finished, extremes: extremes, percentiles: Array(percentiles)))
        total += finished
    }

    /// The least numbers up to which lie shares p, in (0, 1), of all: those of rank ceil(p * trials), as by NumPy's method
    /// `inverted_cdf`. NaN without numbers, and where one is none.
    package func quantiles(_ probabilities: [Double]) -> [CellQuantile] {
        let knots = blocks.flatMap(\.knots).sorted()
        guard let first = knots.first, !blocks.contains(where: { $0.knots.contains(where: \.isNaN) }) else {
            return probabilities.map { _ in .unknown }
        }
        let may = blocks.flatMap(\.mayBeAdded).sorted { $0.number < $1.number }
        let must = blocks.flatMap(\.mustBeAdded).sorted { $0.number < $1.number }
        return probabilities.map { p in
            let rank = Self.rank(p, of: total)
            let (least, most) = (Self.least(reaching: rank, may), Self.least(reaching: rank, must))
            return CellQuantile(value: max(least, min(most, likely(p, knots, first))), least: least, most: most)
        }
    }

    /// From 1; shares are meant as they are written in decimals, so that 0.07 of 100 are 7.
    private static func rank(_ p: Double, of total: Double) -> Double {
        let exact = p * total, whole = exact.rounded()
        return max(1, min(total, (exact - whole).magnitude <= 2 * exact.ulp ? whole : exact.rounded(.up)))
    }

    /// The first number with which a count comes to a rank.
    private static func least(reaching rank: Double, _ steps: [CountStep]) -> Double {
        var count = 0.0
        for step in steps {
            count += step.added
            if count >= rank { return step.number }
        }
        preconditionFailure("all steps together count all numbers")
    }

    private func likely(_ p: Double, _ knots: [Double], _ first: Double) -> Double {
        // Between two neighbouring knots the share is a straight line.
        var (low, high) = (0, knots.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if share(knots[middle], isUpTo: true) >= p { high = middle } else { low = middle + 1 }
        }
        guard low > 0 else { return first }
        let (a, b) = (knots[low - 1], knots[low])
        let (below, above) = (share(a, isUpTo: true), share(b, isUpTo: false))
        guard above > p, above > below else { return b }
        return a + (b - a) * ((p - below) / (above - below))
    }

    /// Of the numbers up to x, or below it.
    private func share(_ x: Double, isUpTo: Bool) -> Double {
        blocks.reduce(0) { $0 + $1.count * $1.share(x, isUpTo: isUpTo) } / total
    }
}

/// From a number on a count is larger.
private struct CountStep {
    var number: Double
    var added: Double
}

private struct Block {
    /// Its numbers.
    let count: Double
    /// Some of them and their ranks, from 1 to `count`, ascending.
    private(set) var knots: [Double]
    private var ranks: [Double]

    init(count: Double, extremes: (least: Double, largest: Double), percentiles: [Double]) {
        self.count = count
        (knots, ranks) = ([extremes.least], [1])
        for (rank, number) in zip(Percentiles.ranks(of: Int(count)).map(Double.init), percentiles)
        where rank > ranks[ranks.count - 1] && rank < count {
            knots.append(number)
            ranks.append(rank)
        }
        guard count > 1 else { return }
        knots.append(extremes.largest)
        ranks.append(count)
    }

    /// The bucket of a knot, as far as it lies between the extremes, which are known as they are.
    private func bucket(_ place: Int) -> (least: Double, largest: Double) {
        guard place > 0, place < knots.count - 1 else { return (knots[place], knots[place]) }
        let own = QuantileSketch.bucket(of: knots[place])
        return (max(own.least, knots[0]), min(own.largest, knots[knots.count - 1]))
    }

    /// How many numbers may lie up to x, as steps: before a knot's bucket one less than its rank.
    var mayBeAdded: [CountStep] {
        ranks.indices.map { place in
            let next = place + 1 < ranks.count ? ranks[place + 1] : count + 1
            return CountStep(number: bucket(place).least, added: next - ranks[place])
        }
    }

    /// How many must, as steps: from the end of a knot's bucket its rank.
    var mustBeAdded: [CountStep] {
        ranks.indices.map { place in
            CountStep(number: bucket(place).largest, added: ranks[place] - (place > 0 ? ranks[place - 1] : 0))
        }
    }

    /// By straight lines.
    func share(_ x: Double, isUpTo: Bool) -> Double {
        // The first knot that lies beyond x.
        var (next, end) = (0, knots.count)
        while next < end {
            let middle = (next + end) / 2
            if isUpTo ? knots[middle] > x : knots[middle] >= x { end = middle } else { next = middle + 1 }
        }
        guard next < knots.count else { return 1 }
        guard next > 0 else { return 0 }
        let (a, b) = (knots[next - 1], knots[next])
        return (ranks[next - 1] - 0.5 + (ranks[next] - ranks[next - 1]) * ((x - a) / (b - a))) / count
    }
}
