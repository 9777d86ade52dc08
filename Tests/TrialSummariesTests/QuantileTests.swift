import PortableMath
import Testing
@testable import TrialSummaries

private func uniforms(_ count: Int, seed: UInt64) -> [Double] {
    var words = SplitMix64(seed: seed)
    return (0..<count).map { _ in Double(words.next() >> 11) * 0x1p-53 }
}

/// Against the sorted numbers, over 600 powers of two, both signs and zeros; in whatever order they come.
@Test func sketchesAreNearTheRankedNumber() {
    for count in [1, 2, 3, 9, 10, 99, 100, 101, 5000] {
        let u = uniforms(count, seed: UInt64(count)), v = uniforms(count, seed: 99 + UInt64(count))
        let numbers = zip(u, v).map { (u: Double, v: Double) -> Double in
            let size = PortableMath.pow(2, 600 * u - 300)
            return v < 0.02 ? 0 : v < 0.3 ? -size : size
        }
        var (sketch, backwards) = (QuantileSketch(), QuantileSketch())
        numbers.forEach { sketch.add($0) }
        numbers.reversed().forEach { backwards.add($0) }
        let ranks = Percentiles.ranks(of: count)
        let sorted = numbers.sorted(), own = sketch.numbers(ofRanks: ranks)
        #expect(own == backwards.numbers(ofRanks: ranks) && own.count == 99)
        for (k, (rank, value)) in zip(ranks, own).enumerated() {
            // The least rank that has k + 1 hundredths at or below it.
            #expect(100 * rank >= (k + 1) * count && 100 * (rank - 1) < (k + 1) * count)
            let exact = sorted[rank - 1], bucket = QuantileSketch.bucket(of: exact)
            if exact == 0 { #expect(value == 0) }
            #expect((value - exact).magnitude <= QuantileSketch.relativeError * exact.magnitude + 1e-307, "\(count) \(k): \(value) \(exact)")
            #expect(bucket.least <= exact && exact <= bucket.largest && bucket.least <= value && value <= bucket.largest)
            #expect(bucket == QuantileSketch.bucket(of: value))
            #expect(bucket.largest - bucket.least <= 0x1p-10 * exact.magnitude || exact == 0)
        }
    }
    #expect(QuantileSketch().numbers(ofRanks: [1])[0].isNaN)
    #expect(QuantileSketch.bucket(of: .infinity) == (.infinity, .infinity) && QuantileSketch.bucket(of: -.infinity) == (-.infinity, -.infinity))
}

/// Laws that sketches find hard: the k-th of so many numbers in a block.
private enum HostileLaw: String, CaseIterable {
    case twoPoints, rarePoint, allEqual, ties, heavyTails, bothSigns, sortedOverBlocks, oneBlockApart, tiny, skewed

    func number(_ u: Double, _ v: Double, block: Int, of blocks: Int) -> Double {
        switch self {
        case .twoPoints: u < 0.5 ? -1 : 1
        case .rarePoint: u < 0.004 ? 1e6 : 0
        case .allEqual: 0.3
        case .ties: (7 * u).rounded(.down)
        // Without a mean.
        case .heavyTails: 1 / (u * u * u + 1e-12)
        case .bothSigns: (v < 0.5 ? -1 : 1) * PortableMath.pow(2, 600 * u - 300)
        case .sortedOverBlocks: Double(block) + u
        case .oneBlockApart: block == blocks / 2 ? 1e3 + u : u
        case .tiny: u * 1e-310
        case .skewed: -PortableMath.log(u + 1e-300)
        }
    }
}

/// Blocks of some numbers, some of which do not count, in the cell's order; of each the numbers that count.
private func cell(_ law: HostileLaw, size: Int, blocks: Int, share: Double) -> (quantiles: CellQuantiles, sorted: [Double]) {
    let u = uniforms(size * blocks, seed: UInt64(size)), v = uniforms(size * blocks, seed: 7), w = uniforms(size * blocks, seed: 11)
    var (cell, kept) = (CellQuantiles(), [Double]())
    for block in 0..<blocks {
        let places = block * size..<(block + 1) * size
        let own = places.map { law.number(u[$0], v[$0], block: block, of: blocks) }
        // In a third of the blocks many diverge, in the first all.
        let counts = places.map { block > 0 && (block % 3 > 0 || w[$0] < share) }
        var moments = BlockMoments(first: zip(own, counts).prefix(64).filter(\.1).map(\.0))
        own.withUnsafeBufferPointer { own in counts.withUnsafeBufferPointer { moments.add(own, counts: $0) } }
        let values = moments.values, finished = counts.count { $0 }
        cell.add(finished: Double(finished), extremes: (values[4], values[5]), percentiles: moments.percentiles)
        kept += zip(own, counts).filter(\.1).map(\.0)
    }
    return (cell, kept.sorted())
}

/// The number of the rank asked for lies between the ends, whatever the law, the size of blocks and what diverged, and the ends are
/// no further apart than is stated: moved inwards by a relative 2^-10 there are only ranks within a hundredth between them.
@Test(arguments: HostileLaw.allCases)
private func quantilesOfCellsLieBetweenTheirEnds(law: HostileLaw) {
    for (size, blocks) in [(1, 256), (2, 200), (5, 50), (37, 256), (99, 33), (100, 64), (101, 64), (1000, 33)] {
        for share in [1, 0.3] {
            let (quantiles, sorted) = cell(law, size: size, blocks: blocks, share: share), n = sorted.count
            // The k-th thousandth: its rank in whole numbers.
            let thousandths = [1, 5, 10, 50, 70, 123, 250, 500, 617, 750, 950, 990, 999]
            for (k, own) in zip(thousandths, quantiles.quantiles(thousandths.map { Double($0) / 1000 })) {
                let rank = max(1, (k * n + 999) / 1000), exact = sorted[rank - 1]
                let note: () -> Comment = { "\(law), \(blocks) blocks of \(size), \(k) of 1000: \(exact) in \(own)" }
                #expect(own.least <= exact && exact <= own.most, note())
                #expect(own.least <= own.value && own.value <= own.most, note())
                let width = 0x1p-10, tiny = 0x1p-1032
                let least = own.least + width * own.least.magnitude + tiny, most = own.most - width * own.most.magnitude - tiny
                let below = sorted.count { $0 < most }, upTo = sorted.count { $0 <= least }
                #expect(100 * (below - rank) <= n && 100 * (rank - upTo) <= n, note())
                // One number a block: its own.
                if size == 1 { #expect(own.least == exact && own.most == exact && own.value == exact, note()) }
            }
        }
    }
}

/// Between percentiles straight lines: of smooth laws far nearer than is certain, also where blocks differ.
@Test func theLikeliestQuantileIsNear() {
    for size in [4, 100, 1000] {
        // The second half of the blocks lies higher.
        let numbers = uniforms(256 * size, seed: 5).enumerated().map { $0 < 128 * size ? $1 * $1 : 0.5 + $1 }
        var cell = CellQuantiles()
        for block in 0..<256 {
            let own = Array(numbers[block * size..<(block + 1) * size])
            var moments = BlockMoments(first: own.prefix(64))
            own.withUnsafeBufferPointer { moments.add($0) }
            cell.add(finished: Double(size), extremes: (moments.values[4], moments.values[5]), percentiles: moments.percentiles)
        }
        let shares = [0.02, 0.05, 0.3, 0.5, 0.77, 0.95, 0.995]
        for (p, own) in zip(shares, cell.quantiles(shares)) {
            let share = Double(numbers.count { $0 <= own.value * (1 + QuantileSketch.relativeError) }) / Double(numbers.count)
            #expect((share - p).magnitude <= 0.002, "\(size) \(p): \(own) \(share)")
        }
    }
    #expect(CellQuantiles().quantiles([0.5])[0].value.isNaN)
}

extension CellQuantiles {
    /// A block of these, ascending, and its percentiles as they are.
    fileprivate mutating func add(_ numbers: [Double]) {
        let percentiles = Percentiles.ranks(of: numbers.count).map { numbers[$0 - 1] }
        add(finished: Double(numbers.count), extremes: (numbers[0], numbers[numbers.count - 1]), percentiles: percentiles)
    }

    fileprivate func value(_ p: Double) -> Double { quantiles([p])[0].value }
}

/// By hand: the k-th of a block's n numbers stands for a share of (k - 1/2)/n, with straight lines between them, and blocks count as
/// much as they have numbers. Numbers that are equal are the quantile of every share that ends among them.
@Test func theLikeliestQuantileIsThatOfStraightLines() {
    let whole = (1...1000).map(Double.init)
    var cell = CellQuantiles()
    cell.add(whole)
    // (x - 1/2)/1000 of them lie up to x.
    for p in [0.0251, 0.333, 0.505, 0.675] { #expect((cell.value(p) - (1000 * p + 0.5)).magnitude < 1e-9) }
    cell.add((1...500).map { 2 * Double($0) })
    // And (x/2 - 1/2)/500 of these: two thirds of the one and one third of the other is (x - 2/3)/1000.
    for p in [0.0251, 0.333, 0.505, 0.675] { #expect((cell.value(p) - (1000 * p + 2 / 3.0)).magnitude < 1e-9) }

    var ties = CellQuantiles()
    ties.add(whole.map { 300 < $0 && $0 <= 700 ? 301 : $0 })
    for p in [0.311, 0.4, 0.5, 0.6951] { #expect(ties.value(p) == 301) }
    #expect((ties.value(0.205) - 205.5).magnitude < 1e-9 && (ties.value(0.905) - 905.5).magnitude < 1e-9)

    // Of few numbers the first and the last are known as they are, whatever stands for them among the percentiles.
    var few = CellQuantiles()
    let middles = [1.25, 2.125, 3.125, 4.125, 5.125]
    few.add(finished: 5, extremes: (1, 5), percentiles: Percentiles.ranks(of: 5).map { middles[$0 - 1] })
    #expect(few.value(0.1) == 1 && few.value(0.5) == 3.125 && few.value(0.9) == 5)
    few.add(whole.map { 0.006 * $0 })
    for (x, rank) in [(1.53, 1 + (1.53 - 1) / 1.125), (2.6, 2 + (2.6 - 2.125) / 1), (4.6, 4 + (4.6 - 4.125) / 0.875)] {
        let share = (x / 0.006 - 0.5 + rank - 0.5) / 1005
        #expect((few.value(share) - x).magnitude < 1e-9, "\(x): \(few.value(share))")
    }
}

/// Buckets reach beyond a block's least and largest number; what is certain does not.
@Test func endsLieWithinTheExtremes() {
    let numbers = (0..<200).map { 1.0001 + 2.5e-6 * Double($0) }
    var cell = CellQuantiles()
    cell.add(numbers)
    for one in cell.quantiles([0.001, 0.01, 0.3, 0.5, 0.99, 0.999]) {
        #expect(numbers[0] <= one.least && one.most <= numbers[199])
    }
}

/// In numbers that are none nothing has a rank.
@Test func whatIsNoNumberHasNoQuantiles() {
    var cell = CellQuantiles()
    cell.add(finished: 2, extremes: (1, 2), percentiles: [Double](repeating: 1, count: 99))
    cell.add(finished: 0, extremes: (.nan, .nan), percentiles: [Double](repeating: .nan, count: 99))
    #expect(cell.quantiles([0.5, 0.51]).map(\.value) == [1, 2])
    cell.add(finished: 1, extremes: (.nan, .nan), percentiles: [Double](repeating: .nan, count: 99))
    #expect(cell.quantiles([0.5])[0].least.isNaN)
}
