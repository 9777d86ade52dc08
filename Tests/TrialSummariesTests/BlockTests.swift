import KernelSelection
import SweepPlanning
import Testing
import TrialContract
import TrialSummaries

/// The largest divisor in 32 ... 256, by trying all of them.
@Test func trialsFallIntoTheMostEqualBlocks() {
    for trials in 1...20_000 {
        let expected = (32...256).filter { trials % $0 == 0 }.max()
        let blocks = SummaryBlocks(trials: trials)
        #expect(blocks?.count == expected && blocks.map { $0.count * $0.trialsPerBlock == trials } ?? true, "\(trials)")
        if blocks == nil {
            let next = SummaryBlocks.nextNumber(from: trials)
            #expect(next >= trials && SummaryBlocks(trials: next) != nil)
            #expect(!(trials..<next).contains { SummaryBlocks(trials: $0) != nil })
        }
    }
    #expect(SummaryBlocks(trials: 1_000_000_000)?.trialsPerBlock == 3_906_250)
    #expect(SummaryBlocks(trials: 10_000_000_000)?.count == 256)
    #expect(SummaryBlocks(trials: 1 << 50) == nil && SummaryBlocks.nextNumber(from: 1 << 50) == 256 * Int(Int32.max))
}

/// Numbers with a far mean: x^1 to x^4 about 0 would lose all digits.
private func numbers(_ count: Int) -> [Double] {
    var state: UInt64 = 42
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let u = Double(state >> 11) * 0x1p-53
        return 1e6 + u * u
    }
}

private func moments(_ all: [Double], _ counts: [Bool]? = nil, pieces: Int) -> [Double] {
    let first = zip(all, counts ?? all.map { _ in true }).prefix(BlockMoments.leading).filter(\.1).map(\.0)
    var own = BlockMoments(first: first)
    for start in stride(from: 0, to: all.count, by: pieces) {
        let range = start..<min(start + pieces, all.count)
        all[range].withUnsafeBufferPointer { part in
            if let counts { counts[range].withUnsafeBufferPointer { own.add(part, counts: $0) } } else { own.add(part) }
        }
    }
    return own.values
}

/// The same to 40 bits of the exact moments of u^2 about 10^6 whatever the pieces, and the same bits for all of them.
@Test func momentsAreThoseOfTheNumbers() {
    for count in [1, 7, 8, 64, 65, 1000, 100_003] {
        let all = numbers(count), n = Double(count)
        // Exact in doubles of doubles' stead: deviations from a number that all of them are near to.
        let near = all.map { $0 - 1_000_000 }
        let mean = near.reduce(0, +) / n
        let power = { (p: Int) in near.map { x in (0..<p).reduce(1.0) { y, _ in y * (x - mean) } }.reduce(0, +) / n }
        let expected = [1_000_000 + mean, power(2), power(3), power(4), all.min()!, all.max()!]
        let own = moments(all, pieces: 8)
        for (k, (a, b)) in zip(own, expected).enumerated() {
            #expect((a - b).magnitude <= 1e-9 * (k == 0 ? 1 : max(b.magnitude, 1e-3)), "moment \(k) of \(count): \(a) \(b)")
        }
        for pieces in [16, 64, 104, 4096, count + 8 - count % 8] {
            #expect(moments(all, pieces: pieces).map(\.bitPattern) == own.map(\.bitPattern))
        }
        #expect(moments(all, all.map { _ in true }, pieces: 8).map(\.bitPattern) == own.map(\.bitPattern))
    }
}

/// Rounding does not grow with how many numbers there are: 64 zeros and 0.1 over and over, whose moments are known.
@Test func manyNumbersAreAsGoodAsFew() {
    let count = 1 << 22, share = Double(count - 64) / Double(count)
    let own = moments((0..<count).map { $0 < 64 ? 0 : 0.1 }, pieces: 4096)
    #expect((own[0] - 0.1 * share).magnitude <= 2 * 0.1.ulp)
    #expect((own[1] - 0.01 * share * (1 - share)).magnitude <= 4 * 0.01.ulp)
}

@Test func numbersThatDoNotCountChangeNothing() {
    var all = numbers(1000)
    let counts = all.indices.map { $0 % 3 != 0 }
    let own = moments(all, counts, pieces: 80)
    for k in all.indices where !counts[k] { all[k] = k % 2 == 0 ? .nan : .infinity }
    #expect(moments(all, counts, pieces: 80).map(\.bitPattern) == own.map(\.bitPattern))
    let kept = zip(all, counts).filter(\.1).map(\.0)
    for (a, b) in zip(own, moments(kept, pieces: 8)) { #expect((a - b).magnitude <= 1e-9) }
    let none = moments(all, all.map { _ in false }, pieces: 80)
    #expect(none.allSatisfy { $0.isNaN })
}

/// Moments of blocks together are those of all numbers.
@Test func blocksAddUpToTheirCell() {
    let all = numbers(6000)
    var cell = CellMoments()
    for start in stride(from: 0, to: all.count, by: 400) {
        cell.add(finished: 400, moments(Array(all[start..<start + 400]), pieces: 8))
        cell.add(finished: 0, [Double](repeating: .nan, count: 6))
    }
    let whole = moments(all, pieces: 8), deviation = whole[1].squareRoot()
    #expect((cell.mean - whole[0]).magnitude < 1e-9 && cell.count == 6000)
    #expect((cell.variance - whole[1] * 6000 / 5999).magnitude < 1e-9)
    #expect((cell.skewness - whole[2] / (deviation * deviation * deviation)).magnitude < 1e-7)
    #expect((cell.kurtosis - whole[3] / (whole[1] * whole[1])).magnitude < 1e-7)
    #expect(cell.minimum == all.min() && cell.maximum == all.max())
    #expect(CellMoments().mean.isNaN && CellMoments().standardError.isNaN)
}

private func plan(_ keep: String, trials: Int, more: String = "") throws -> PlannedSweep {
    try SweepPlanner.plan(
        text: """
            schema: 1
            name: kept
            problem: {name: quadratic, eigenvalues: 1}
            optimizer: [sgd, n-sam]
            steps: 30
            trials: \(trials)
            keep: \(keep)
            axes: {rho: [0, 0.1, 0.3], noise: [0.5], learning_rate: [0.1, 2.5]}
            \(more)
            """, fileName: "kept.yaml", catalogue: KernelSelection.catalogue)
}

/// A block's bits, alone and in company; and its counts, steps and moments from the rows of its trials.
@Test func blocksHaveTheirOwnBitsAndThoseOfTheirTrials() throws {
    // Every second cell diverges, above a bound that some of its trials keep.
    let more = "diverged_above: 30000"
    let summary = try #require(try plan("summary", trials: 64 * 203, more: more).summary), rows = try plan("trials", trials: 64 * 203, more: more)
    let inner = try KernelSelection.kernel(), kernel = summary.kernel(inner)
    #expect(summary.blocks.count == 232 && summary.trials == 232 && summary.blocks.trialsPerBlock == 56)
    var classes: [TrialClass: [(cell: CellParameters, index: Int)]] = [:]
    for index in 0..<summary.cellCount {
        guard case .included(let trialClass, let cell) = try summary.cell(at: index) else { continue }
        classes[trialClass, default: []].append((cell, index))
    }
    var diverged = 0.0, finished = 0.0
    for (trialClass, cells) in classes {
        let together = try #require(kernel.run(
            BlockRequest(trialClass: trialClass, cells: cells.map(\.cell), trials: 3..<9), stop: StopFlag()))
        for (place, cell) in cells.enumerated() {
            for block in 3..<9 {
                let alone = try #require(kernel.run(
                    BlockRequest(trialClass: trialClass, cells: [cell.cell], trials: block..<block + 1), stop: StopFlag()))
                let row = place * 6 + block - 3
                #expect(alone.status[0] == together.status[row] && alone.stepsTaken[0] == together.stepsTaken[row])
                // The last column holds the percentiles, the one before the 99th of them.
                #expect(alone.values.map(\.count) == summary.statistics.map { $0.storage.width(dimension: 1) })
                for (a, b) in zip(alone.values, together.values) {
                    #expect(a.map(\.bitPattern) == b[row * a.count..<(row + 1) * a.count].map(\.bitPattern))
                }
                #expect(alone.values.last?.count == 99 && alone.values.last?.last?.bitPattern == alone.values.dropLast().last?[0].bitPattern)
                guard case .included(let own, let parameters) = try rows.cell(at: cell.index) else { continue }
                let trials = try #require(inner.run(
                    BlockRequest(trialClass: own, cells: [parameters], trials: summary.blocks.trials(of: block..<block + 1)),
                    stop: StopFlag()))
                let kept = trials.values[0].indices.filter { trials.status[$0] == TrialStatus.finished.rawValue }
                #expect(alone.values[0][0] == Double(kept.count) && alone.values[1][0] == Double(56 - kept.count))
                #expect(alone.stepsTaken[0] == trials.stepsTaken.reduce(0, +))
                let mean = kept.reduce(0) { $0 + trials.values[0][$1] } / Double(kept.count)
                #expect(kept.isEmpty ? alone.values[2][0].isNaN : (alone.values[2][0] - mean).magnitude <= 1e-12 * mean)
                finished += alone.values[0][0]
                diverged += alone.values[1][0]
            }
        }
    }
    #expect(finished > 0 && diverged > 0)
}

@Test func aStoppedBlockIsDropped() throws {
    let summary = try #require(try plan("summary", trials: 6400).summary)
    guard case .included(let trialClass, let cell) = try summary.cell(at: 0) else { return }
    let stop = StopFlag()
    stop.raise()
    let kernel = summary.kernel(try KernelSelection.kernel())
    #expect(kernel.run(BlockRequest(trialClass: trialClass, cells: [cell], trials: 0..<4), stop: stop) == nil)
}

/// What decides a block's value has another fingerprint than what decides a trial's; other sweeps keep theirs.
@Test func fingerprintsTellBlocksApart() throws {
    let rows = try plan("trials", trials: 6400), summary = try plan("summary", trials: 6400)
    #expect(rows.sweepFingerprint != summary.sweepFingerprint && rows.summary == nil)
    let more = try plan("summary", trials: 12_800)
    #expect(more.sweepFingerprint != summary.sweepFingerprint)
    let few = try [100, 200].map { try plan("summary", trials: $0).sweepFingerprint }
    #expect(few[0] == few[1])
}
