/// Gauss-Newton steps on all parameters of a model at once, by QR of whitened columns.
struct GaussNewton<Model: FitModel> {
    let model: Model
    let points: FitPoints
    private let bounds: (lower: SIMD4<Double>, upper: SIMD4<Double>)

    init(model: Model, points: FitPoints) {
        self.model = model
        self.points = points
        bounds = model.bounds(for: points)
    }

    /// The best linear coefficients at one shape, whose lanes are kept.
    func solveLinear(shape: SIMD4<Double>) -> ParametricFit? {
        let rows = points.abscissae.map { model.evaluate(unit(shape), at: $0).gradient }
        let columns = (0..<model.linearTerms).map { term in points.whitener.apply(rows.map { $0[term] }) }
        guard let solution = LinearLeastSquares.solve(columns: columns, points.whitener.apply(points.responses)) else {
            return nil
        }
        var theta = shape
        for term in 0..<model.linearTerms { theta[term] = solution.coefficients[term] }
        return ParametricFit(theta: theta, chiSquared: solution.residualSumOfSquares)
    }

    private func unit(_ shape: SIMD4<Double>) -> SIMD4<Double> {
        var theta = shape
        for term in 0..<model.linearTerms { theta[term] = 1 }
        return theta
    }

    /// Improves `start` until steps are at rounding level; never makes it worse.
    func polish(_ start: ParametricFit) -> ParametricFit {
        var current = start
        current.chiSquared = chiSquared(start.theta)
        for _ in 0..<60 {
            guard let step = step(from: current.theta), let next = accept(step, from: current) else { break }
            let moved = next.theta - current.theta
            let size = SIMD4.one.replacing(with: current.theta, where: current.theta .!= 0)
            current = next
            if (0..<model.parameters).allSatisfy({ abs(moved[$0]) <= 1e-15 * abs(size[$0]) }) { break }
        }
        return current
    }

    private func step(from theta: SIMD4<Double>) -> SIMD4<Double>? {
        let values = points.abscissae.map { model.evaluate(theta, at: $0) }
        let columns = (0..<model.parameters).map { parameter in
            points.whitener.apply(values.map { $0.gradient[parameter] })
        }
        let residuals = zip(points.responses, values).map { $0 - $1.value }
        guard let solution = LinearLeastSquares.solve(columns: columns, points.whitener.apply(residuals)) else {
            return nil
        }
        var step = SIMD4<Double>.zero
        for parameter in 0..<model.parameters { step[parameter] = solution.coefficients[parameter] }
        return step
    }

    private func accept(_ step: SIMD4<Double>, from fit: ParametricFit) -> ParametricFit? {
        var length = 1.0
        for _ in 0..<12 {
            let theta = bounded(fit.theta + length * step)
            let chiSquared = chiSquared(theta)
            if chiSquared <= fit.chiSquared { return ParametricFit(theta: theta, chiSquared: chiSquared) }
            length /= 2
        }
        return nil
    }

    private func bounded(_ theta: SIMD4<Double>) -> SIMD4<Double> {
        var result = theta
        for lane in model.linearTerms..<max(model.parameters, model.linearTerms) {
            result[lane] = min(max(theta[lane], bounds.lower[lane]), bounds.upper[lane])
        }
        return result
    }

    private func chiSquared(_ theta: SIMD4<Double>) -> Double {
        let residuals = zip(points.responses, points.abscissae).map { $0 - model.evaluate(theta, at: $1).value }
        return points.whitener.apply(residuals).reduce(0) { $0 + $1 * $1 }
    }
}
