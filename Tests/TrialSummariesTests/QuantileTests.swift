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

/// In numbers that are none nothing has a rank.
@Test func whatIsNoNumberHasNoQuantiles() {
    var cell = CellQuantiles()
    cell.add(finished: 2, extremes: (1, 2), percentiles: [Double](repeating: 1, count: 99))
    cell.add(finished: 0, extremes: (.nan, .nan), percentiles: [Double](repeating: .nan, count: 99))
    #expect(cell.quantiles([0.5, 0.51]).map(\.value) == [1, 2])
    cell.add(finished: 1, extremes: (.nan, .nan), percentiles: [Double](repeating: .nan, count: 99))
    #expect(cell.quantiles([0.5])[0].least.isNaN)
}
