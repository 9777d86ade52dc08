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
        let unit = unit(shape)
        var columns = Array(repeating: Array(repeating: 0.0, count: points.count), count: model.linearTerms)
        for (index, abscissa) in points.abscissae.enumerated() {
            let row = model.evaluate(unit, at: abscissa).gradient
            for term in 0..<model.linearTerms { columns[term][index] = row[term] }
        }
        for term in columns.indices { points.whiten(&columns[term]) }
        var right = points.responses
        points.whiten(&right)
        guard let solution = LinearLeastSquares.solve(columns: columns, right) else { return nil }
        var theta = shape
        for term in 0..<model.linearTerms { theta[term] = solution.coefficients[term] }
        return ParametricFit(theta: theta, chiSquared: solution.residualSumOfSquares)
    }

    private func unit(_ shape: SIMD4<Double>) -> SIMD4<Double> {
        var theta = shape
        for term in 0..<model.linearTerms { theta[term] = 1 }
        return theta
    }

    /// A step that lowers chi squared by less than this part of it is far below a thousandth of a standard error.
    private static var leastGain: Double { 1e-11 }

    /// Improves `start` until steps are at rounding level or gain nothing; never makes it worse.
    func polish(_ start: ParametricFit) -> ParametricFit {
        var current = start
        current.chiSquared = chiSquared(start.theta)
        for _ in 0..<40 {
            guard let step = step(from: current.theta), let next = accept(step, from: current) else { break }
            let moved = next.theta - current.theta
            let size = SIMD4.one.replacing(with: current.theta, where: current.theta .!= 0)
            // Below 1e-20 all is rounding: deterministic laws are followed to the last digit.
            let isIdle = next.chiSquared > 1e-20
                && current.chiSquared - next.chiSquared <= Self.leastGain * next.chiSquared
            current = next
            if isIdle { break }
            if (0..<model.parameters).allSatisfy({ abs(moved[$0]) <= 1e-15 * abs(size[$0]) }) { break }
        }
        return current
    }

    private func step(from theta: SIMD4<Double>) -> SIMD4<Double>? {
        var columns = Array(repeating: Array(repeating: 0.0, count: points.count), count: model.parameters)
        var residuals = points.responses
        for (index, abscissa) in points.abscissae.enumerated() {
            let value = model.evaluate(theta, at: abscissa)
            residuals[index] -= value.value
            for parameter in columns.indices { columns[parameter][index] = value.gradient[parameter] }
        }
        for parameter in columns.indices { points.whiten(&columns[parameter]) }
        points.whiten(&residuals)
        guard let solution = LinearLeastSquares.solve(columns: columns, residuals) else { return nil }
        var step = SIMD4<Double>.zero
        for parameter in columns.indices { step[parameter] = solution.coefficients[parameter] }
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
        var sum = 0.0
        points.responses.withUnsafeBufferPointer { responses in
            points.abscissae.withUnsafeBufferPointer { abscissae in
                points.roots.withUnsafeBufferPointer { roots in
                    for index in abscissae.indices {
                        let value = model.evaluate(theta, at: abscissae[index]).value
                        let residual = (responses[index] - value) * roots[index]
                        sum += residual * residual
                    }
                }
            }
        }
        return sum
    }
}
