/// How many trials each cell of a group should have so that an estimate made of their means is precise enough, at least cost.
///
/// An estimate that moves by a_i with the mean of cell i has the variance
///
///     V(n) = sum over i, j of a_i a_j c_ij / max(n_i, n_j) ,
///
/// c_ij being the covariance of single trials: cells share trials 0 … min(n_i, n_j) - 1, and with random numbers of their own have
/// c_ij = 0. Without covariances the cheapest numbers are Neyman's (1934), in proportion to |a_i| sqrt(c_ii/cost_i). With them,
/// differences of cells that see the same noise are the more precise the more trials they share, and equal numbers may be best.
/// Numbers are found step by step: of raising one cell, the cells with fewest trials, or all of them by a fifth, what lowers the
/// variance most per cost. Raising all is among the steps, so that the result is never far above that of equal numbers.
struct InfluenceAllocation {
    let influences: [Double]
    /// Row by row.
    let covariances: [[Double]]
    let costs: [Double]

    private static let step = 1.2

    func variance(_ numbers: [Double]) -> Double {
        var sum = 0.0
        for i in numbers.indices {
            for j in numbers.indices {
                sum += influences[i] * influences[j] * covariances[i][j] / max(numbers[i], numbers[j])
            }
        }
        return sum
    }

    func cost(_ numbers: [Double]) -> Double { zip(numbers, costs).reduce(0) { $0 + $1.0 * $1.1 } }

    /// Numbers not below `present` and at most `most` with a variance of at most `target`; `nil` where no numbers have it.
    func numbers(from present: [Double], target: Double, most: Double) -> [Double]? {
        guard target > 0, !present.isEmpty else { return nil }
        var numbers = present
        var value = variance(numbers)
        while value > target {
            var best: (gain: Double, numbers: [Double], value: Double)?
            let least = numbers.min() ?? 0
            let sets = numbers.indices.map { [$0] } + [numbers.indices.filter { numbers[$0] <= least }, Array(numbers.indices)]
            for cells in sets {
                var raised = numbers
                for cell in cells { raised[cell] = min(most, raised[cell] * Self.step) }
                let price = cost(raised) - cost(numbers)
                guard price > 0 else { continue }
                let lower = variance(raised), gain = (value - lower) / price
                if gain > 0, gain > best?.gain ?? 0 { best = (gain, raised, lower) }
            }
            guard let best else { return nil }
            (numbers, value) = (best.numbers, best.value)
        }
        return numbers
    }
}
