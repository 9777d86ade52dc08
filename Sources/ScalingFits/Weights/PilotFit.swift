/// A first look at a group's law, good enough to say how large the responses are.
enum PilotFit {
    private static let models = ModelCatalogue.all.filter(\.isPilot)

    /// The fitted means where all are positive, no further from the measured ones than four standard errors; `nil` where
    /// relative errors mean nothing.
    static func guide(_ data: GroupData) -> [Double]? {
        guard !data.isExcess, data.count > 0, data.means.allSatisfy({ $0 > 0 }) else { return nil }
        let relative = zip(Scatter.deviations(data), data.means).map {
            $0 / ($1 * Double(data.trials).squareRoot())
        }
        var values = data.means
        for _ in 0..<2 {
            guard let fitted = best(data, weights: zip(relative, values).map { 1 / ($0 * $0 * $1 * $1) }) else { break }
            values = data.means.indices.map { index in
                let agreement = 1 + 4 * relative[index]
                return min(max(fitted[index], data.means[index] / agreement), data.means[index] * agreement)
            }
        }
        return values
    }

    private static func best(_ data: GroupData, weights: [Double]) -> [Double]? {
        guard let points = FitPoints(abscissae: data.abscissae, responses: data.means, weights: weights)
        else { return nil }
        var least = Double.infinity
        var values: [Double]?
        for model in models {
            let indices = model.usesZero ? Array(data.x.indices) : data.positive
            guard indices.count > model.parameters, let used = points.selecting(indices),
                let fit = model.leastSquares(used)
            else { continue }
            let fitted = data.abscissae.map { model.value(fit.theta, at: $0) }
            let squares = data.means.indices.reduce(0.0) { sum, index in
                let residual = data.means[index] - fitted[index]
                return sum + weights[index] * residual * residual
            }
            let misfit = squares / Double(indices.count - model.parameters)
            if misfit < least { (least, values) = (misfit, fitted) }
        }
        return values
    }
}
