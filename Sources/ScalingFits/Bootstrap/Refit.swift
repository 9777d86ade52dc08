/// Fits resampled means, beginning at the fit of the original ones: a few Gauss-Newton steps by normal equations.
///
/// Steps end when they are below 10^-6 standard errors. Normal equations are accurate enough for that (residuals are
/// computed anew at every step, so their errors do not accumulate) and cost a tenth of a QR.
struct Refit<Model: FitModel> {
    private let model: Model
    private let abscissae: [Abscissa]
    private let weights: [Double]
    private let start: ParametricFit
    private let bounds: ClosedRange<Double>?
    private var normal: [Double]
    private var gradient: [Double]

    init(model: Model, points: WeightedPoints, start: ParametricFit) {
        self.model = model
        self.start = start
        abscissae = points.abscissae
        weights = points.weights
        let grid = model.exponentGrid(includesZero: points.includesZero)
        bounds = grid.first.flatMap { first in grid.last.map { first...$0 } }
        normal = Array(repeating: 0, count: model.parameters * model.parameters)
        gradient = Array(repeating: 0, count: model.parameters)
    }

    /// The fit of these means; a mean that is NaN takes no part. `nil` where no fit exists.
    mutating func fit(_ means: [Double]) -> ParametricFit? {
        descend(means) ?? search(means)
    }

    private func search(_ means: [Double]) -> ParametricFit? {
        let weights = zip(weights, means).map { $1.isNaN ? 0 : $0 }
        let responses = means.map { $0.isNaN ? 0 : $0 }
        return SeparableSearch(model: model).fit(
            WeightedPoints(abscissae: abscissae, responses: responses, weights: weights))
    }

    private mutating func descend(_ means: [Double]) -> ParametricFit? {
        var current = start
        current.chiSquared = linearise(current, means)
        for _ in 0..<30 {
            guard let decrement = solve() else { return nil }
            var length = 1.0
            var next = moved(current, by: length)
            // The system is solved in place: `gradient` now holds the step.
            let step = gradient
            next.chiSquared = linearise(next, means)
            while next.chiSquared > current.chiSquared * (1 + 1e-12) + 1e-300 {
                length /= 2
                guard length > 1e-3 else { return nil }
                gradient = step
                next = moved(current, by: length)
                next.chiSquared = linearise(next, means)
            }
            current = next
            if let bounds, !(bounds.lowerBound < current.exponent && current.exponent < bounds.upperBound) { return nil }
            if decrement <= 1e-12 { return current }
        }
        return nil
    }

    private func moved(_ fit: ParametricFit, by length: Double) -> ParametricFit {
        var result = fit
        for term in 0..<model.linearTerms { result.coefficients[term] += length * gradient[term] }
        if model.hasExponent { result.exponent += length * gradient[model.linearTerms] }
        return result
    }

    /// Sets up normal equations at `fit`; gives its chi squared.
    private mutating func linearise(_ fit: ParametricFit, _ means: [Double]) -> Double {
        let parameters = model.parameters
        for index in normal.indices { normal[index] = 0 }
        for index in gradient.indices { gradient[index] = 0 }
        var chiSquared = 0.0
        for index in abscissae.indices where !means[index].isNaN {
            let row = model.row(at: abscissae[index], exponent: fit.exponent)
            let weight = weights[index]
            let residual = (means[index] - (row.terms * fit.coefficients).orderedSum) * weight
            chiSquared += residual * residual
            var design = SIMD8(lowHalf: row.terms, highHalf: .zero)
            if model.hasExponent { design[model.linearTerms] = (row.slopes * fit.coefficients).orderedSum }
            design *= SIMD8(repeating: weight)
            for i in 0..<parameters {
                gradient[i] += design[i] * residual
                for j in 0...i { normal[i * parameters + j] += design[i] * design[j] }
            }
        }
        return chiSquared
    }

    /// Cholesky with unit-diagonal scaling; leaves the step in `gradient`. Gives the expected decrease of chi
    /// squared, `nil` where the system is singular.
    private mutating func solve() -> Double? {
        let n = model.parameters
        let right = gradient
        var scale = SIMD8<Double>.zero
        for i in 0..<n {
            guard normal[i * n + i] > 0 else { return nil }
            scale[i] = 1 / normal[i * n + i].squareRoot()
        }
        for i in 0..<n {
            for j in 0...i {
                var sum = normal[i * n + j] * scale[i] * scale[j]
                for k in 0..<j { sum -= normal[i * n + k] * normal[j * n + k] }
                if i == j {
                    guard sum > 1e-14 else { return nil }
                    normal[i * n + i] = sum.squareRoot()
                } else {
                    normal[i * n + j] = sum / normal[j * n + j]
                }
            }
        }
        for i in 0..<n {
            gradient[i] *= scale[i]
            for k in 0..<i { gradient[i] -= normal[i * n + k] * gradient[k] }
            gradient[i] /= normal[i * n + i]
        }
        for i in (0..<n).reversed() {
            for k in i + 1..<max(n, i + 1) { gradient[i] -= normal[k * n + i] * gradient[k] }
            gradient[i] /= normal[i * n + i]
        }
        var decrease = 0.0
        for i in 0..<n {
            gradient[i] *= scale[i]
            decrease += gradient[i] * right[i]
        }
        return decrease
    }
}
