import Testing

@testable import TrialAllocation

@Suite struct AllocationTests {
    /// Numbers that look random and are the same every time.
    static func numbers(_ count: Int, below most: Int, seed: UInt64) -> [Int] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % most
        }
    }

    @Test(arguments: [1, 7, 40, 3000]) func whatIsWantedIsGivenInWholeBlocks(cells: Int) {
        let costs = Self.numbers(cells, below: 5, seed: 3).map(Double.init)
        let allocation = Allocation(costs: costs, budget: .infinity, atMost: 100_003)
        let asked = allocation.levelled([Int](repeating: 50, count: cells))
        let wanted = zip(asked, Self.numbers(cells, below: 120_000, seed: 9)).map { max($0, min($1, 100_003)) }
        let next = allocation.next(asked, wanted: wanted)
        for cell in 0..<cells {
            #expect(next[cell] >= asked[cell] && next[cell] <= 100_003)
            if costs[cell] > 0 { #expect(next[cell] >= wanted[cell]) }
            #expect(next[cell] == asked[cell] || next[cell] % Allocation.block == 0 || next[cell] == 100_003 || costs[cell] == 0)
        }
        #expect(zip(next, next.dropFirst()).count { $0 != $1 } < Allocation.mostRuns)
        // Nothing is wanted: nothing changes, and the rounds end.
        #expect(allocation.next(next, wanted: next) == next)
    }

    @Test func theBudgetIsNeverOverdrawn() {
        for seed in UInt64(1)...200 {
            let cells = 1 + Int(seed) % 23
            let costs = Self.numbers(cells, below: 7, seed: seed).map(Double.init)
            let asked = Allocation(costs: costs, budget: .infinity, atMost: 10_000).levelled([Int](repeating: 64, count: cells))
            let budget = Double(64 + Self.numbers(1, below: 4000, seed: seed &+ 77)[0]) * costs.reduce(0, +)
            let allocation = Allocation(costs: costs, budget: budget, atMost: 10_000)
            let wanted = Self.numbers(cells, below: 10_000, seed: seed &+ 1).map { max(64, $0) }
            let next = allocation.next(asked, wanted: wanted)
            #expect(allocation.spent(next) <= max(budget, allocation.spent(asked)))
            #expect(zip(next, asked).allSatisfy { $0 >= $1 })
            // What is left would not give every cell another block of its share.
            if allocation.spent(wanted) > budget, costs.contains(where: { $0 > 0 }) {
                let block = costs.reduce(0, +) * Double(Allocation.block)
                let step = zip(zip(wanted, asked), costs).reduce(0) { $0 + Double($1.0.0 - $1.0.1) * $1.1 } / 1024
                #expect(allocation.spent(next) >= budget - block - step - 1)
            }
        }
    }
}

@Suite struct InfluenceTests {
    /// Neyman 1934: in proportion to |a| s/sqrt(cost); the cost is then (sum |a| s sqrt(cost))²/target.
    @Test func independentCellsGetNeymansNumbers() throws {
        let influences = [3.0, -1, 0.5, 2], variances = [1.0, 4, 0.25, 9], costs = [1.0, 2, 8, 1]
        let allocation = InfluenceAllocation(
            influences: influences,
            covariances: variances.indices.map { i in variances.indices.map { $0 == i ? variances[i] : 0 } }, costs: costs)
        let numbers = try #require(allocation.numbers(from: [8, 8, 8, 8], target: 0.001, most: 1e9))
        let roots = zip(influences, zip(variances, costs)).map { abs($0) * ($1.0 * $1.1).squareRoot() }
        let cheapest = roots.reduce(0, +) * roots.reduce(0, +) / 0.001
        #expect(allocation.variance(numbers) <= 0.001)
        #expect(allocation.cost(numbers) < 1.06 * cheapest, "\(numbers)")
        let shares = zip(numbers, zip(roots, costs)).map { $0 * $1.1 / $1.0 }
        for share in shares { #expect((0.8...1.25).contains(share / (shares.reduce(0, +) / 4))) }
    }

    /// Where two cells see nearly the same noise, their difference needs trials of both, and never more than equal numbers.
    @Test func cellsThatShareTheirNoiseGrowTogether() throws {
        let allocation = InfluenceAllocation(influences: [1, -1], covariances: [[1, 0.99], [0.99, 1]], costs: [1, 1])
        let numbers = try #require(allocation.numbers(from: [16, 16], target: 0.0001, most: 1e9))
        #expect(allocation.variance(numbers) <= 0.0001)
        // 2 - 2 · 0.99 over n: 200 each, to a step.
        #expect(numbers.allSatisfy { $0 <= 241 }, "\(numbers)")
        #expect(allocation.numbers(from: [16, 16], target: 0.0001, most: 100) == nil)
    }
}
