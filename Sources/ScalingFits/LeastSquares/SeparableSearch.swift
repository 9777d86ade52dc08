/// Least squares in a family: the linear coefficients are solved for, the shape is searched.
///
/// A list of shapes finds the basins; Gauss-Newton on all parameters takes the best of them to full precision. No
/// starting values; the same bits everywhere. Golub & Pereyra 1973.
struct SeparableSearch<Model: FitModel> {
    let model: Model

    /// The best member, or `nil` where there are fewer points than parameters or the terms cannot be told apart.
    func fit(_ points: FitPoints) -> ParametricFit? {
        guard points.count >= model.parameters else { return nil }
        let polisher = GaussNewton(model: model, points: points)
        guard model.hasShape else { return polisher.solveLinear(shape: .zero) }
        var best: ParametricFit?
        for start in coarse(points) {
            guard let linear = polisher.solveLinear(shape: start) else { continue }
            let fit = polisher.polish(linear)
            if best.map({ fit.chiSquared < $0.chiSquared }) ?? true { best = fit }
        }
        return best
    }

    /// The shapes of the lowest basins, at most two.
    private func coarse(_ points: FitPoints) -> [SIMD4<Double>] {
        let shapes = model.shapes(for: points)
        let weights = points.weights
        let misfits = shapes.map { misfit(points, weights, shape: $0) }
        let basins = shapes.indices.filter { index in
            misfits[index].isFinite
                && (index == 0 || misfits[index] <= misfits[index - 1])
                && (index == shapes.count - 1 || misfits[index] < misfits[index + 1])
        }
        return basins.sorted { (misfits[$0], $0) < (misfits[$1], $1) }.prefix(2).map { shapes[$0] }
    }

    /// The weighted sum of squares that the best linear coefficients leave, by normal equations: enough to rank shapes.
    private func misfit(_ points: FitPoints, _ weights: [Double], shape: SIMD4<Double>) -> Double {
        let terms = model.linearTerms
        var normal = Array(repeating: SIMD4<Double>.zero, count: terms)
        var right = SIMD4<Double>.zero
        var total = 0.0
        var theta = shape
        for term in 0..<terms { theta[term] = 1 }
        for index in 0..<points.count {
            let row = model.evaluate(theta, at: points.abscissae[index]).gradient
            let weight = weights[index]
            let response = points.responses[index]
            for term in 0..<terms { normal[term] += row * (row[term] * weight) }
            right += row * (weight * response)
            total += weight * response * response
        }
        return total - Self.explained(normal, right, terms)
    }

    /// bᵀ N⁻¹ b by elimination; -infinity where N is singular.
    private static func explained(_ normal: [SIMD4<Double>], _ right: SIMD4<Double>, _ terms: Int) -> Double {
        var (normal, right) = (normal, right)
        var sum = 0.0
        for pivot in 0..<terms {
            guard normal[pivot][pivot] > 0 else { return -.infinity }
            sum += right[pivot] * right[pivot] / normal[pivot][pivot]
            for row in stride(from: pivot + 1, to: terms, by: 1) {
                let factor = normal[row][pivot] / normal[pivot][pivot]
                normal[row] -= normal[pivot] * factor
                right[row] -= right[pivot] * factor
            }
        }
        return sum
    }
}
