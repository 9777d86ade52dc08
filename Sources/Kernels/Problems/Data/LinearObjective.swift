import TrialContract

/// The mean of a loss of linear scores over a data set, with an l2 penalty.
///
/// Scores are sums over coordinates in ascending order, gradients sums over examples in ascending order or in the order in
/// which a mini-batch was drawn, lane by lane.
final class LinearObjective<Loss: LinearLoss>: CoupledObjective {
    private let sum: FiniteSum
    private let columns: Int
    private let workspace = Workspace()
    let gradient: UnsafeMutablePointer<Lanes>
    let point: UnsafeMutablePointer<Lanes>
    /// The row in hand of each lane, and x - x*.
    private let row: UnsafeMutablePointer<Lanes>
    private let displacement: UnsafeMutablePointer<Lanes>

    init(_ sum: FiniteSum) {
        self.sum = sum
        columns = sum.dataset.columns
        gradient = workspace.vectors(columns)
        point = workspace.vectors(2 * columns)
        row = workspace.vectors(columns)
        displacement = workspace.vectors(columns)
    }

    func gradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        gradient.update(repeating: Lanes(repeating: 0), count: columns)
        LaneMatrix.with(sum.dataset) { matrix in
            if let sample {
                for i in 0..<count { addExample(sample[i].bits, of: matrix, at: x, to: gradient) }
            } else {
                addAll(of: matrix, at: x, to: gradient)
            }
        }
        let share = 1 / Double(sample == nil ? sum.dataset.rows : count)
        for j in 0..<columns { gradient[j] = (gradient[j] * share).adding(x[j], times: Lanes(repeating: sum.l2)) }
    }

    /// One example, another one in each lane.
    @inline(__always)
    private func addExample(
        _ numbers: Words, of matrix: LaneMatrix, at x: UnsafePointer<Lanes>, to gradient: UnsafeMutablePointer<Lanes>
    ) {
        let score = matrix.gather(numbers, into: row, times: x)
        let slope = Loss.slope(score, target: matrix.targets(numbers))
        for j in 0..<columns { gradient[j] = gradient[j].adding(slope, times: row[j]) }
    }

    /// All examples, the same in every lane; four at a time, whose scores do not wait for each other.
    private func addAll(of matrix: LaneMatrix, at x: UnsafePointer<Lanes>, to gradient: UnsafeMutablePointer<Lanes>) {
        var i = 0
        while i + 4 <= matrix.rows {
            let scores = matrix.scores(i, times: x)
            let p = Loss.slope(scores.0, target: matrix.target(i)), q = Loss.slope(scores.1, target: matrix.target(i + 1))
            let r = Loss.slope(scores.2, target: matrix.target(i + 2))
            let s = Loss.slope(scores.3, target: matrix.target(i + 3))
            for j in 0..<columns {
                gradient[j] = gradient[j].adding(p, times: matrix[i, j]).adding(q, times: matrix[i + 1, j])
                    .adding(r, times: matrix[i + 2, j]).adding(s, times: matrix[i + 3, j])
            }
            i += 4
        }
        while i < matrix.rows {
            let slope = Loss.slope(matrix.score(i, times: x), target: matrix.target(i))
            for j in 0..<columns { gradient[j] = gradient[j].adding(slope, times: matrix[i, j]) }
            i += 1
        }
    }

    func value(at x: UnsafeMutablePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int) -> Lanes {
        var total = Lanes(repeating: 0)
        LaneMatrix.with(sum.dataset) { matrix in
            if let sample {
                for i in 0..<count {
                    let numbers = sample[i].bits
                    total += Loss.value(matrix.gather(numbers, into: row, times: x), target: matrix.targets(numbers))
                }
            } else {
                for i in 0..<matrix.rows { total += Loss.value(matrix.score(i, times: x), target: matrix.target(i)) }
            }
        }
        let squares = sumOfSquares(columns) { x[$0] }
        return (total * (1 / Double(sample == nil ? sum.dataset.rows : count))).adding(squares, times: Lanes(repeating: 0.5 * sum.l2))
    }

    func hessianProduct(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int, into product: UnsafeMutablePointer<Lanes>
    ) {
        let direction = x + columns
        product.update(repeating: Lanes(repeating: 0), count: columns)
        LaneMatrix.with(sum.dataset) { matrix in
            if let sample {
                for i in 0..<count {
                    let numbers = sample[i].bits
                    let curvature = Loss.curvature(matrix.gather(numbers, into: row, times: x), target: matrix.targets(numbers))
                    var along = Lanes(repeating: 0)
                    for j in 0..<columns { along = along.adding(row[j], times: direction[j]) }
                    let share = curvature * along
                    for j in 0..<columns { product[j] = product[j].adding(share, times: row[j]) }
                }
            } else {
                for i in 0..<matrix.rows {
                    let share = Loss.curvature(matrix.score(i, times: x), target: matrix.target(i)) * matrix.score(i, times: direction)
                    for j in 0..<columns { product[j] = product[j].adding(share, times: matrix[i, j]) }
                }
            }
        }
        let share = 1 / Double(sample == nil ? sum.dataset.rows : count)
        for j in 0..<columns { product[j] = (product[j] * share).adding(direction[j], times: Lanes(repeating: sum.l2)) }
    }

    func exampleCount(sample: UnsafePointer<Lanes>?, count: Int) -> Int { sample == nil ? sum.dataset.rows : count }

    func exampleGradient(
        at x: UnsafePointer<Lanes>, sample: UnsafePointer<Lanes>?, count: Int, index: Int,
        into gradient: UnsafeMutablePointer<Lanes>
    ) {
        var number = sample.map { $0[index] } ?? Lanes(bits: Words(repeating: UInt64(index)))
        self.gradient(at: x, sample: &number, count: 1, into: gradient)
    }

    /// f(x) - f* as a sum of what each loss exceeds its tangent at x* by, and l2 |x - x*|^2/2: nothing cancels.
    func measure(_ x: UnsafeMutablePointer<Lanes>) -> Measures {
        for j in 0..<columns { displacement[j] = x[j] - sum.minimiser[j] }
        let distanceSquared = sumOfSquares(columns) { displacement[$0] }
        var excess = Lanes(repeating: 0)
        LaneMatrix.with(sum.dataset) { matrix in
            for i in 0..<matrix.rows {
                excess += Loss.excess(
                    matrix.score(i, times: displacement), optimum: Lanes(repeating: sum.minimiserScores[i]),
                    target: matrix.target(i))
            }
        }
        gradient(at: x, sample: nil, count: 0, into: gradient)
        let suboptimality = (excess * (1 / Double(sum.dataset.rows)))
            .adding(distanceSquared, times: Lanes(repeating: 0.5 * sum.l2))
        return Measures(
            distanceSquared: distanceSquared,
            distance: norm(sumOfSquares: distanceSquared, dimension: columns) { displacement[$0] },
            suboptimality: suboptimality, objective: suboptimality + Lanes(repeating: sum.minimum),
            gradientSquared: sumOfSquares(columns) { gradient[$0] })
    }
}
