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
            let loader = WindowLoader(
                plan: plan, completion: FakeStore(trials: 64), options: ExecutionOptions(threads: threads))
            let blocks = try loader.regions(of: 0..<64, following: 0).reduce(0) { $0 + $1.blockCount }
            #expect(blocks >= (common ? 2 : 4) * threads)
        }
    }

    @Test func aLongPlanHasAWindowThatFitsInMemory() {
        let plan = FakePlan(cells: 1000, trials: 1_000_000)
        let loader = WindowLoader(
            plan: plan, completion: FakeStore(trials: 1), options: ExecutionOptions(threads: 1))
        #expect(loader.cellsPerWindow == 16)
    }
}

@Suite struct ShardTests {
    @Test func aShardIsReadFromItsText() {
        #expect(Shard("3/8") == Shard(index: 3, count: 8))
        for text in ["8/8", "-1/4", "1", "1/", "/4", "1/2/3", "a/b", "0/0", ""] { #expect(Shard(text) == nil) }
    }

    @Test(arguments: [1, 2, 5, 16, 40], [1, 8, 20, 256])
    func shardsAreDisjointCompleteAndEven(count: Int, trials: Int) throws {
        let cells = 640
        var sizes: [Int] = []
        var seen = Set<Int>()
        for index in 0..<count {
            let shard = try #require(Shard(index: index, count: count))
            var size = 0
            for cell in 0..<cells {
                for trial in shard.trials(ofCell: cell, cellCount: cells, trials: trials) {
                    #expect(seen.insert(cell * trials + trial).inserted)
                    size += 1
                }
            }
            sizes.append(size)
        }
        #expect(seen.count == cells * trials)
        let mean = Double(cells * trials) / Double(count)
        #expect(sizes.allSatisfy { abs(Double($0) - mean) <= 0.35 * mean })
    }
}
