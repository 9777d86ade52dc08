import PortableMath
import Testing

@Test(arguments: [[], [1], [7], [2, 3, 4], [5, 1, 2], [1, 1, 1, 3]])
func positionsAreNumberedAsNestedLoopsVisitThem(counts: [Int]) {
    let grid = RowMajor(counts)
    var visited: [[Int]] = [[]]
    for count in counts { visited = visited.flatMap { outer in (0..<count).map { outer + [$0] } } }
    #expect(grid.count == visited.count)
    for (position, places) in visited.enumerated() {
        #expect(grid.places(of: position) == places && grid.position(of: places) == position)
        #expect(zip(grid.strides, places).reduce(0) { $0 + $1.0 * $1.1 } == position)
    }
}

/// Every subset of ten integers, against a definition: a run begins where the integer before is not in the set.
@Test func runsHoldTheIntegersAndNothingElse() {
    for mask in 0..<1024 {
        let numbers = (0..<10).filter { mask >> $0 & 1 == 1 }
        let runs = numbers.runs
        #expect(runs.flatMap { Array($0) } == numbers)
        #expect(runs.count == numbers.count { !numbers.contains($0 - 1) })
    }
}
