/// What is known of the error of a group's means.
enum Scatter {
    case statistical
    /// Trials agree, or there is one per cell: points weigh equally in relative terms, nothing is known of the error.
    case none

    init(_ data: GroupData) { self = data.hasScatter ? .statistical : .none }

    /// Standard deviations of single responses. A cell whose trials agree by chance or saturation gets the smallest
    /// relative deviation of the others, or it would outweigh them all.
    static func deviations(_ data: GroupData) -> [Double] {
        let root = Double(max(1, data.trials)).squareRoot()
        return flooredErrors(data).map { $0 * root }
    }

    private static func flooredErrors(_ data: GroupData) -> [Double] {
        let relative = data.means.indices.compactMap { index -> Double? in
            let ratio = data.standardErrors[index] / abs(data.means[index])
            return ratio > 1e-12 && ratio.isFinite ? ratio : nil
        }
        let smallest = relative.min() ?? 1
        let leastError = data.standardErrors.filter { $0 > 0 }.min() ?? 1
        return data.means.indices.map { index in
            let error = data.standardErrors[index]
            let magnitude = abs(data.means[index])
            if error > 1e-12 * magnitude, error > 0 { return error }
            return magnitude > 0 ? smallest * magnitude : leastError
        }
    }

    /// What stands for the error of means without scatter: their magnitudes, so that residuals count in relative
    /// terms. At x = 0 and for zeros the smallest other magnitude: what lies below everything else that was measured is
    /// no evidence of a floor.
    static func magnitudes(_ data: GroupData) -> [Double] {
        let others = data.x.indices.filter { data.x[$0] != 0 && data.means[$0] != 0 }.map { abs(data.means[$0]) }
        let smallest = others.min() ?? 1
        return data.x.indices.map { index in
            let magnitude = abs(data.means[index])
            return data.x[index] == 0 || magnitude == 0 ? max(magnitude, smallest) : magnitude
        }
    }
}

/// A first look at a group's law, good enough to say how large the responses are.
enum PilotFit {
    private static let models: [any FitModel] = [PowerLaw(), PowerLawWithFloor(), Polynomial()]

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
