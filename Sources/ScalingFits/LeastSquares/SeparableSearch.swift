/// Least squares in a family: the linear coefficients are solved for, the exponent is searched.
///
/// A grid finds the basin, a golden-section search narrows it, Gauss-Newton on all parameters takes it to full
/// precision. No starting values; the same bits everywhere. Golub & Pereyra 1973.
struct SeparableSearch<Model: FitModel> {
    let model: Model

    /// The best member, or `nil` where there are fewer points than parameters or the terms cannot be told apart.
    func fit(_ points: WeightedPoints) -> ParametricFit? {
        let used = points.weights.indices.filter { points.weights[$0] > 0 }
        guard used.count >= model.parameters else { return nil }
        let points = used.count == points.count ? points : points.selecting(used)
        guard model.hasExponent else { return solve(points, exponent: 0) }
        guard let start = coarse(points) else { return nil }
        return GaussNewton(model: model).polish(start, points)
    }

    /// The best linear coefficients at one exponent.
    func solve(_ points: WeightedPoints, exponent: Double) -> ParametricFit? {
        var columns = Array(repeating: Array(repeating: 0.0, count: points.count), count: model.linearTerms)
        for (index, abscissa) in points.abscissae.enumerated() {
            let terms = model.row(at: abscissa, exponent: exponent).terms
            for term in 0..<model.linearTerms { columns[term][index] = terms[term] * points.weights[index] }
        }
        let weighted = zip(points.responses, points.weights).map { $0 * $1 }
        guard let solution = LinearLeastSquares.solve(columns: columns, weighted) else { return nil }
        var coefficients = SIMD4<Double>.zero
        for term in 0..<model.linearTerms { coefficients[term] = solution.coefficients[term] }
        return ParametricFit(
            coefficients: coefficients, exponent: exponent, chiSquared: solution.residualSumOfSquares)
    }

    private func coarse(_ points: WeightedPoints) -> ParametricFit? {
        let grid = model.exponentGrid(includesZero: points.includesZero)
        let fits = grid.map { solve(points, exponent: $0) }
        var best: Int?
        for (index, fit) in fits.enumerated() where fit != nil {
            if best.map({ chi(fits[$0]) > chi(fit) }) ?? true { best = index }
        }
        guard let best, let fit = fits[best] else { return nil }
        return narrow(points, fit, grid[max(best - 1, 0)], grid[min(best + 1, grid.count - 1)])
    }

    private func chi(_ fit: ParametricFit?) -> Double { fit?.chiSquared ?? .infinity }

    /// Golden-section search to 1e-4 of the bracket: Gauss-Newton does the rest.
    private func narrow(
        _ points: WeightedPoints, _ start: ParametricFit, _ lower: Double, _ upper: Double
    ) -> ParametricFit {
        let ratio = 0.381_966_011_250_105_1
        var (low, high, best) = (lower, upper, start)
        var left = solve(points, exponent: low + ratio * (high - low))
        var right = solve(points, exponent: high - ratio * (high - low))
        for _ in 0..<20 {
            if chi(left) <= chi(right) {
                if let left, left.chiSquared < best.chiSquared { best = left }
                high -= ratio * (high - low)
                right = left
                left = solve(points, exponent: low + ratio * (high - low))
            } else {
                if let right, right.chiSquared < best.chiSquared { best = right }
                low += ratio * (high - low)
                left = right
                right = solve(points, exponent: high - ratio * (high - low))
            }
        }
        return best
    }
}
