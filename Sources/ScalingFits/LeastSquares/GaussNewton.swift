/// Gauss-Newton steps on all parameters of a model at once, by QR.
struct GaussNewton<Model: FitModel> {
    let model: Model

    /// Improves `start` until steps are at rounding level; never makes it worse.
    func polish(_ start: ParametricFit, _ points: WeightedPoints) -> ParametricFit {
        var current = start
        for _ in 0..<50 {
            guard let step = step(from: current, points) else { break }
            guard let next = accept(step, from: current, points) else { break }
            let moved = abs(next.exponent - current.exponent)
            current = next
            if moved <= 1e-15 * max(1, abs(current.exponent)) { break }
        }
        return current
    }

    /// Parameters in lanes 0..<linearTerms, then the exponent.
    private func step(from fit: ParametricFit, _ points: WeightedPoints) -> [Double]? {
        let parameters = model.parameters
        var columns = Array(repeating: Array(repeating: 0.0, count: points.count), count: parameters)
        var residuals = Array(repeating: 0.0, count: points.count)
        for (index, abscissa) in points.abscissae.enumerated() {
            let row = model.row(at: abscissa, exponent: fit.exponent)
            let weight = points.weights[index]
            for term in 0..<model.linearTerms { columns[term][index] = row.terms[term] * weight }
            columns[parameters - 1][index] = (row.slopes * fit.coefficients).orderedSum * weight
            residuals[index] = (points.responses[index] - (row.terms * fit.coefficients).orderedSum) * weight
        }
        return LinearLeastSquares.solve(columns: columns, residuals)?.coefficients
    }

    private func accept(_ step: [Double], from fit: ParametricFit, _ points: WeightedPoints) -> ParametricFit? {
        let grid = model.exponentGrid(includesZero: points.includesZero)
        guard let lowest = grid.first, let highest = grid.last else { return nil }
        var length = 1.0
        for _ in 0..<12 {
            var next = fit
            for term in 0..<model.linearTerms { next.coefficients[term] += length * step[term] }
            next.exponent = min(max(fit.exponent + length * step[model.linearTerms], lowest), highest)
            next.chiSquared = chiSquared(next, points)
            if next.chiSquared <= fit.chiSquared { return next }
            length /= 2
        }
        return nil
    }

    private func chiSquared(_ fit: ParametricFit, _ points: WeightedPoints) -> Double {
        var sum = 0.0
        for index in 0..<points.count {
            let residual = (points.responses[index] - fit.value(model, at: points.abscissae[index]))
                * points.weights[index]
            sum += residual * residual
        }
        return sum
    }
}
