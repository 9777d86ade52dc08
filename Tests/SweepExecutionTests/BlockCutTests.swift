import Testing
import TrialContract

@testable import SweepExecution

@Suite struct BlockCutTests {
    let full = BlockLimits(target: 8_388_608, longest: 134_217_728, sharedCells: 64)

    @Test func cellsShareTheirNoiseWhereRandomNumbersAreCommon() {
        let cut = BlockCost(steps: 20_000, dimension: 64, sharesNoise: true).cut(cells: 56, trials: 256, limits: full)
        #expect(cut == BlockCut(cellsPerBlock: 56, trialsPerBlock: 8))
    }

    @Test func independentCellsTakeTheirTrialsFirst() {
        let cost = BlockCost(steps: 1000, dimension: 8, sharesNoise: false)
        let cut = cost.cut(cells: 56, trials: 256, limits: full)
        #expect(cut.trialsPerBlock == 256)
        #expect(cost.cost(cells: cut.cellsPerBlock, trials: 256) <= full.target)
    }

    @Test func cheapTrialsAreTakenByTheThousand() {
        for shared in [true, false] {
            let cut = BlockCost(steps: 100, dimension: 1, sharesNoise: shared).cut(
                cells: 4096, trials: 1, limits: full)
            #expect(cut.cellsPerBlock * cut.trialsPerBlock >= 4096)
        }
    }

    @Test func aBlockNeverHasFewerLanesThanItCouldFill() {
        for shared in [true, false] {
            for dimension in [1, 100, 1_000_000] {
                for trials in [1, 3, 8, 9, 64] {
                    for cells in [1, 2, 20] {
                        let cut = BlockCost(steps: 1_000_000, dimension: dimension, sharesNoise: shared).cut(
                            cells: cells, trials: trials, limits: full)
                        let lanes = min(8, cells * trials)
                        #expect(cut.cellsPerBlock * cut.trialsPerBlock >= min(lanes, trials >= 8 ? 8 : lanes))
                        #expect(cut.cellsPerBlock <= cells && cut.trialsPerBlock <= trials)
                    }
                }
            }
        }
    }

    @Test(arguments: [1, 2, 16])
    func aSmallSweepStillOccupiesAllWorkers(threads: Int) throws {
        for common in [true, false] {
            var plan = FakePlan(cells: 64, trials: 64)
            plan.usesCommonRandomNumbers = common
            plan.steps = 10_000
            let loader = try WindowLoader(
                plan: plan, completion: FakeStore(trials: 64), options: ExecutionOptions(threads: threads))
            let blocks = try loader.regions(of: 0..<64, following: 0).reduce(0) { $0 + $1.blockCount }
            #expect(blocks >= (common ? 2 : 4) * threads)
        }
    }

    @Test func aLongPlanHasAWindowThatFitsInMemory() throws {
        let plan = FakePlan(cells: 1000, trials: 1_000_000)
        let loader = try WindowLoader(
            plan: plan, completion: FakeStore(trials: 1), options: ExecutionOptions(threads: 1))
        #expect(loader.cellsPerWindow == 16)
    }
}

@Suite struct ShardTests {
    @Test func aShardIsReadFromItsText() {
        #expect(Shard("3/8") == Shard(index: 3, count: 8))
        for text in ["8/8", "-1/4", "1", "1/", "/4", "1/2/3", "a/b", "0/0", ""] { #expect(Shard(text) == nil) }
    }

    /// Cells of dimension 1, 10 and 100, as a sweep has them, some dropped.
    private static let costs: [Double] = (0..<500).map { $0 % 7 == 3 ? 0 : [1, 10, 100][$0 / 56 % 3] * 20_000 }

    @Test(arguments: [1, 2, 5, 16, 31, 40, 333, 1000], [1, 8, 20, 256])
    func shardsAreDisjointCompleteAndOfEqualCost(count: Int, trials: Int) throws {
        let map = ShardMap(costs: Self.costs, cellsPerChunk: 1, trials: trials, count: count)
        var costs = [Double](repeating: 0, count: count)
        for (cell, cost) in Self.costs.enumerated() {
            var next = 0
            for index in 0..<count {
                let own = map.trials(ofCell: cell, in: try #require(Shard(index: index, count: count)))
                guard !own.isEmpty else { continue }
                #expect(own.lowerBound == next)
                next = own.upperBound
                costs[index] += cost * Double(own.count)
            }
            #expect(next == trials)
        }
        let load = map.load
        #expect(load.parts == costs.count { $0 > 0 })
        #expect(abs(load.largestShare / (costs.max()! / costs.reduce(0, +)) - 1) < 1e-9)
        let mean = costs.reduce(0, +) / Double(count)
        let unit = (Self.costs.max() ?? 0) / mean
        #expect(costs.allSatisfy { abs($0 / mean - 1) <= max(0.06, 1.01 * unit) })
    }

    /// With trajectories a cell lies whole in one shard: there are no more parts than cells.
    @Test(arguments: [1, 5, 12, 50, 1000]) func cellsThatStayWholeAreTheParts(count: Int) {
        let costs = (1...12).map { Double($0) }
        let map = ShardMap(costs: costs, cellsPerChunk: 1, trials: 256, count: count, keepsCellsWhole: true)
        var own = [Double](repeating: 0, count: count)
        for (cell, cost) in costs.enumerated() {
            for index in 0..<count where !map.trials(ofCell: cell, in: Shard(index: index, count: count)!).isEmpty {
                own[index] += cost
            }
        }
        #expect(map.load.parts == own.count { $0 > 0 } && map.load.parts <= 12)
        #expect(abs(map.load.largestShare - own.max()! / 78) < 1e-12)
        if count >= 50 { #expect(map.load.parts == 12 && abs(map.load.largestShare - 12.0 / 78) < 1e-12) }
    }

    @Test func aShardOfFewHasTheSameTrialsOfAllCells() throws {
        let map = ShardMap(costs: Self.costs, cellsPerChunk: 1, trials: 256, count: 8)
        let shard = try #require(Shard(index: 3, count: 8))
        #expect(Self.costs.indices.allSatisfy { map.trials(ofCell: $0, in: shard) == 96..<128 })
    }
}

@Suite struct RoundCutTests {
    /// Cells of other costs that are asked for other trials, one of them for none; the last ones are cheap beyond notice, or dropped.
    private static let costs: [Double] = (0..<35).map { 1 + Double($0 * $0 % 11) } + [1e-30, 0]
    private static let trials: [Range<Int>] = (0..<37).map { cell in
        let first = 8 * (cell % 5)
        return first..<first + (cell == 7 ? 0 : 5 + 13 * (cell * 7 % 9))
    }

    private func parts(_ cut: RoundCut, cell: Int) -> [Range<Int>] {
        (0..<cut.count).map { cut.trials(ofCell: cell, in: Shard(index: $0, count: cut.count)!) }
    }

    @Test(arguments: [1, 2, 3, 7, 10, 64, 1000]) func everyTrialOfTheRoundIsOnePartsAndNoOther(count: Int) {
        let cut = RoundCut(costs: Self.costs, trials: Self.trials, count: count)
        for cell in Self.costs.indices {
            #expect(parts(cut, cell: cell).flatMap { Array($0) } == Array(Self.trials[cell]))
        }
    }

    @Test(arguments: [2, 3, 7]) func partsCostTheSame(count: Int) {
        let cut = RoundCut(costs: Self.costs, trials: Self.trials, count: count)
        var loads = [Double](repeating: 0, count: count)
        for cell in Self.costs.indices {
            for (part, own) in parts(cut, cell: cell).enumerated() { loads[part] += Double(own.count) * Self.costs[cell] }
        }
        let mean = loads.reduce(0, +) / Double(count)
        #expect(loads.allSatisfy { abs($0 - mean) < 0.2 * mean }, "\(loads)")
    }

    /// Cells that are asked for the same trials have the same ones in a part, but for a group here and there: they share noise.
    @Test func cellsThatAreAskedForTheSameShareTheirNoise() {
        let cut = RoundCut(
            costs: [Double](repeating: 1, count: 20), trials: [Range<Int>](repeating: 64..<384, count: 20), count: 5)
        let own = (0..<20).map { cut.trials(ofCell: $0, in: Shard(index: 2, count: 5)!) }
        #expect(own.allSatisfy { $0.count == 64 && $0.lowerBound % 8 == 0 })
        #expect(Set(own.map(\.lowerBound)).count <= 2)
    }

    /// Where they are fine enough, parts have whole lane groups, also where the groups are no multiple of the parts.
    @Test func partsHaveWholeLaneGroups() {
        let cut = RoundCut(
            costs: [Double](repeating: 1, count: 20), trials: [Range<Int>](repeating: 64..<384, count: 20), count: 3)
        for cell in 0..<20 { #expect(parts(cut, cell: cell).allSatisfy { $0.lowerBound % 8 == 0 && $0.upperBound % 8 == 0 }) }
    }

    /// The middle of trial k of n of a lone cell lies at (k + 1/2)/n of all.
    @Test(arguments: [(2, 4), (3, 7), (5, 3)]) func aTrialGoesWhereItsMiddleLies(trials: Int, count: Int) {
        let cut = RoundCut(costs: [1], trials: [0..<trials], count: count)
        for trial in 0..<trials {
            let part = parts(cut, cell: 0).firstIndex { $0.contains(trial) }
            #expect(part == (2 * trial + 1) * count / (2 * trials))
        }
    }

    /// Costs are the plan's steps times coordinates.
    @Test func costsAreThePlans() throws {
        let trials = [Range<Int>](repeating: 0..<2, count: 4), plan = FakePlan(cells: 4, trials: 2)
        let cut = try RoundCut(plan: plan, trials: trials, count: 5)
        let (own, equal) = (RoundCut(costs: [4, 1, 1, 4], trials: trials, count: 5), RoundCut(costs: [1, 1, 1, 1], trials: trials, count: 5))
        let all = { (cut: RoundCut) in (0..<4).map { parts(cut, cell: $0) } }
        #expect(all(cut) == all(own) && all(own) != all(equal))
    }

    @Test func aRoundOfFewTrialsIsSpreadOverTheParts() {
        let cut = RoundCut(costs: [1, 1, 1, 1], trials: [Range<Int>](repeating: 0..<2, count: 4), count: 4)
        for part in 0..<4 {
            #expect((0..<4).reduce(0) { $0 + cut.trials(ofCell: $1, in: Shard(index: part, count: 4)!).count } == 2)
        }
    }

    @Test func aPartLacksItsOwnTrialsOnly() throws {
        struct All: CompletionMap {
            func missingTrials(cells: Range<Int>) -> [[Range<Int>]] { cells.map { _ in [0..<4, 10..<20] } }
        }
        let part = PartCompletion(All()) { cell in cell == 0 ? 2..<12 : 4..<10 }
        #expect(try part.missingTrials(cells: 0..<2) == [[2..<4, 10..<12], []])
    }
}
