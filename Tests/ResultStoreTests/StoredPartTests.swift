import Testing
import TrialContract

@testable import ResultStore

@Suite struct StoredPartTests {
    /// Cells and trials of sweeps, and in how many shards.
    static let shapes = [(1, 1, 1), (1, 1000, 7), (12, 8, 5), (7, 33, 4), (60, 5, 100), (3, 64, 2)]

    /// Slices of a few trials, cell after cell, as the planner cuts them, with a cut in the middle of the cells.
    static func shard(_ index: Int, of count: Int, cells: Int, trials: Int) -> ShardPart {
        let units = cells * trials
        return ShardPart(Shard(index: index, count: count)!) { cell in
            func bound(_ index: Int) -> Int { min(trials, max(0, (index * units / count - cell + cells - 1) / cells)) }
            return index == count - 1 ? bound(index)..<trials : bound(index)..<bound(index + 1)
        }
    }

    @Test(arguments: shapes) func everyRowOfASweepIsInOneShardAndFound(cells: Int, trials: Int, count: Int) throws {
        var owners = [Int](repeating: 0, count: cells * trials)
        for index in 0..<count {
            let shard = Self.shard(index, of: count, cells: cells, trials: trials)
            let own = (0..<cells).flatMap { cell in shard.trials(cell).map { cell * trials + $0 } }
            own.forEach { owners[$0] += 1 }
            guard let part = try StoredPart(shard: shard, cellCount: cells, trials: trials) else {
                #expect(own.count == cells * trials)
                continue
            }
            guard !own.isEmpty else {
                #expect(part.rowCount == 1)
                continue
            }
            #expect(part.rowCount == own.count && part.covers(shard, cellCount: cells))
            // Positions run through, and rows and positions are the inverse of each other.
            let rows = part.rows(at: 0..<part.rowCount).flatMap { Array($0) }
            #expect(rows == own)
            for range in [0..<cells * trials, cells * trials / 3..<cells * trials / 2, cells * trials - 1..<cells * trials] {
                let pieces = part.pieces(of: range)
                let found = pieces.flatMap { piece in (0..<piece.count).map { [piece.row + $0, piece.position + $0] } }
                let expected = own.enumerated().filter { range.contains($1) }.map { [$1, $0] }
                #expect(found.sorted { $0[0] < $1[0] } == expected)
            }
            for first in stride(from: 0, to: part.rowCount, by: 5) {
                let range = first..<min(first + 7, part.rowCount)
                #expect(part.rows(at: range).flatMap { Array($0) } == Array(own[range]))
            }
            #expect(StoredPart(numbers: part.numbers, cellCount: cells, trials: trials) == part)
        }
        #expect(owners.allSatisfy { $0 == 1 })
    }

    @Test func carriedTrialsAreStoredBesides() throws {
        let shard = ShardPart(Shard(index: 0, count: 2)!) { _ in 0..<8 }
        let apart = try #require(try StoredPart(shard: shard, cellCount: 4, trials: 32) { $0 < 2 ? 16..<20 : 4..<10 })
        #expect(apart.numbers == [0, 2, 0, 8, 0, 2, 16, 4, 2, 2, 0, 10])
        #expect(apart.rows(at: 0..<apart.rowCount) == [0..<8, 32..<40, 16..<20, 48..<52, 64..<74, 96..<106])
        #expect(apart.pieces(of: 17..<49).map { [$0.row, $0.position, $0.count] } == [[32, 8, 8], [17, 17, 3], [48, 20, 1]])
        // Everything, or too many boxes: the file holds the whole sweep.
        #expect(try StoredPart(shard: shard, cellCount: 4, trials: 16) { _ in 8..<16 } == nil)
        let scattered = ShardPart(Shard(index: 0, count: 2)!) { $0 % 2 == 0 ? 0..<8 : 8..<16 }
        #expect(try StoredPart(shard: scattered, cellCount: StoredPart.mostBoxes, trials: 16) != nil)
        #expect(try StoredPart(shard: scattered, cellCount: StoredPart.mostBoxes + 1, trials: 16) == nil)
    }

    @Test(arguments: [
        [], [0, 1, 0], [-1, 1, 0, 1], [0, 0, 0, 1], [0, 5, 0, 1], [0, 1, 0, 9], [0, 1, 8, 1], [0, 1, -1, 1], [0, 1, 0, 0],
        [0, 2, 0, 4, 1, 2, 4, 4], [0, 2, 0, 4, 0, 2, 2, 4], [0, 2, 0, 4, 0, 2, 4, 4], [2, 1, 0, 1, 0, 1, 0, 1],
        [0, .max, 0, 1], [.max, 1, 0, 1], [0, 1, .max, 1], [0, 1, 1, .max], [.min, .min, .min, .min],
    ])
    func numbersThatAreNoPartAreRefused(_ numbers: [Int]) {
        #expect(StoredPart(numbers: numbers, cellCount: 4, trials: 8) == nil)
    }
}
