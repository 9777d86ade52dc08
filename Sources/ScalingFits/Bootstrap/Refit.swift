/// Fits resampled means with the weights of the original fit: Gauss-Newton by normal equations, beginning at the linear
/// answer to the change of the means.
///
/// The last step is one of at most a thirtieth of a standard error, and what it leaves undone is far below that. Normal
/// equations are accurate enough (residuals are computed anew at every step) and cost a tenth of a QR.
final class Refit<Model: FitModel> {
    private let model: Model
    private let points: FitPoints
    private let start: ParametricFit
    private let gain: [[Double]]
    private let bounds: (lower: SIMD4<Double>, upper: SIMD4<Double>)
    /// Derivatives and residual of each point, before and after whitening.
    private let rows: UnsafeMutableBufferPointer<Model.Row>
    private let whitened: UnsafeMutableBufferPointer<Model.Row>
    /// Per parameter a row of the normal equations; the last lane is the gradient.
    private var normal: [Model.Row]
    private static var residualLane: Int { Model.Row.scalarCount - 1 }
    private static var tolerance: Double { 1e-3 }

    init?(model: Model, points: FitPoints, start: ParametricFit) {
        guard let linear = LinearisedFit(model, start, points) else { return nil }
        self.model = model
        self.points = points
        self.start = start
        gain = linear.gain
        bounds = model.bounds(for: points)
        rows = .allocate(capacity: points.count)
        whitened = .allocate(capacity: points.count)
        rows.initialize(repeating: Model.Row())
        whitened.initialize(repeating: Model.Row())
        normal = Array(repeating: Model.Row(), count: model.parameters)
    }

    deinit {
        rows.deallocate()
        whitened.deallocate()
    }

    /// The parameters that fit these means; `nil` where none do.
    func fit(_ means: UnsafeMutableBufferPointer<Double>) -> SIMD4<Double>? {
        var theta = start.theta
        for parameter in gain.indices {
            var step = 0.0
            for point in 0..<points.count { step += gain[parameter][point] * (means[point] - points.responses[point]) }
            theta[parameter] += step
        }
        guard model.hasShape else { return theta }
        var last = Double.infinity
        for _ in 0..<12 where isInside(theta) {
            let chiSquared = linearise(theta, means)
            guard chiSquared <= last * (1 + 1e-12), let (step, gain) = solve() else { break }
            theta += step
            last = chiSquared
            if gain <= Self.tolerance { return isInside(theta) ? theta : search(means) }
        }
        return search(means)
    }

    private func search(_ means: UnsafeMutableBufferPointer<Double>) -> SIMD4<Double>? {
        points.replacing(Array(means)).flatMap { model.leastSquares($0)?.theta }
    }

    private func isInside(_ theta: SIMD4<Double>) -> Bool {
        for lane in model.linearTerms..<model.parameters
        where !(theta[lane] > bounds.lower[lane] && theta[lane] < bounds.upper[lane]) { return false }
        return true
    }

    /// Sets up normal equations; gives chi squared.
    @inline(__always)
    private func linearise(_ theta: SIMD4<Double>, _ means: UnsafeMutableBufferPointer<Double>) -> Double {
        let count = points.count
        points.abscissae.withUnsafeBufferPointer { abscissae in
            for point in 0..<count {
                let value = model.evaluate(theta, at: abscissae[point])
                rows[point] = Model.row(value.gradient, residual: means[point] - value.value)
            }
        }
        whiten()
        for parameter in normal.indices { normal[parameter] = Model.Row() }
        var chiSquared = 0.0
        normal.withUnsafeMutableBufferPointer { normal in
            for point in 0..<count {
                let row = whitened[point]
                for parameter in normal.indices { normal[parameter] += row * row[parameter] }
                chiSquared += row[Self.residualLane] * row[Self.residualLane]
            }
        }
        return chiSquared
    }

    @inline(__always)
    private func whiten() {
        let count = points.count
        points.roots.withUnsafeBufferPointer { roots in
            for point in 0..<count { whitened[point] = rows[point] * roots[point] }
        }
    }

    /// Cholesky with unit-diagonal scaling. Gives the step and the expected decrease of chi squared, `nil` where the
    /// system is singular.
    @inline(__always)
    private func solve() -> (step: SIMD4<Double>, decrease: Double)? {
        let count = model.parameters
        var lower = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
        var (unit, right) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
        for i in 0..<count {
            guard normal[i][i] > 0 else { return nil }
            unit[i] = 1 / normal[i][i].squareRoot()
            right[i] = normal[i][Self.residualLane] * unit[i]
        }
        return withUnsafeMutableBytes(of: &lower) { bytes in
            let lower = bytes.bindMemory(to: SIMD4<Double>.self)
            for i in 0..<count {
                for j in 0...i {
                    var sum = normal[i][j] * unit[i] * unit[j]
                    for k in 0..<j { sum -= lower[i][k] * lower[j][k] }
                    if i == j {
                        guard sum > 1e-14 else { return nil }
                        lower[i][i] = sum.squareRoot()
                    } else {
                        lower[i][j] = sum / lower[j][j]
                    }
                }
            }
            var step = right
            for i in 0..<count {
                for k in 0..<i { step[i] -= lower[i][k] * step[k] }
                step[i] /= lower[i][i]
            }
            let decrease = (step * step).orderedSum
            for i in stride(from: count - 1, through: 0, by: -1) {
                for k in stride(from: i + 1, to: count, by: 1) { step[i] -= lower[k][i] * step[k] }
                step[i] /= lower[i][i]
            }
            return (step * unit, decrease)
        }
    }
}

extension FitModel {
    func resampled(
        _ means: ResampledMeans, resamples: Int, points: FitPoints, fit: ParametricFit
    ) -> [SIMD4<Double>] {
        guard let refit = Refit(model: self, points: points, start: fit) else { return [] }
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: points.count) { buffer in
            buffer.initialize(repeating: 0)
            return (0..<resamples).compactMap { resample in
                means.means(of: resample, into: buffer)
                return refit.fit(buffer)
            }
        }
    }

    func leastSquares(_ points: FitPoints) -> ParametricFit? {
        SeparableSearch(model: self).fit(points)
    }
}
