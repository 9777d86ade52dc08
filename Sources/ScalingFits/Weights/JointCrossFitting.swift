extension CrossFitting {
    /// Weights by the joint covariance of points that share random numbers; `nil` where it has no inverse.
    ///
    /// Variances of innovations are smoothed, not those of the points: where neighbours are nearly the same, the
    /// difference that is known best is that of the responses as they scatter, and any other scale would spoil it.
    func joint() -> WeightedSample? {
        let deviations = trialDeviations()
        let moments = FoldMoments(deviations, folds: Self.folds)
        let least = leastInnovations
        let all = InnovationCovariance(covariance: moments.covariance(without: nil), least: least)
        let shrinkage = all.shrinkage(trials: deviations)
        let trend = innovationTrend(all, deviations)
        var precisions: [SquareMatrix] = []
        var total = SquareMatrix(size: data.count)
        for fold in 0..<Self.folds {
            let own = InnovationCovariance(covariance: moments.covariance(without: fold), least: least)
            let spreads = zip(own.spreads, all.spreads).map { max($0, Self.leastSpread * $1) }
            let smoothed = [spreads[0]] + trend.smoothed(Array(spreads.dropFirst()))
            guard var precision = own.precision(shrinkage: shrinkage, spreads: smoothed) else { return nil }
            normalise(&precision)
            let share = moments.counts[fold] / Double(trials)
            for index in total.entries.indices { total.entries[index] += share * precision.entries[index] }
            precisions.append(precision)
        }
        guard let inverse = total.inverse() else { return nil }
        let responses = transformed(precisions.map { inverse.times($0) })
        for index in total.entries.indices { total.entries[index] *= Double(trials) }
        guard total.choleskyFactor() != nil else { return nil }
        return calibrated(responses, .dense(total), hasJointWeights: true)
    }

    /// What tells a point from its predecessor is at least this part of its standard deviation; a point without scatter
    /// has innovations like the others' deviations.
    private var leastInnovations: [Double] {
        zip(deviations, data.standardErrors).map { $1 > 0 ? 1e-5 * $0 : $0 }
    }

    private func trialDeviations() -> [[Double]] {
        (0..<trials).map { trial in data.x.indices.map { data.responses[$0][trial] - data.means[$0] } }
    }

    /// The trend of the innovations' standard deviations, in units of the means where these are positive.
    private func innovationTrend(_ all: InnovationCovariance, _ deviations: [[Double]]) -> VarianceTrend {
        let units = guide ?? data.means.map { _ in 1 }
        return VarianceTrend(
            deviations: Array(all.spreads.dropFirst()), kurtosis: Array(all.kurtosis(trials: deviations).dropFirst()),
            means: Array(units.dropFirst()), trials: trials, guide: Array(units.dropFirst()))
    }

    /// Brings the weights of a fold to the common scale: unit information on the level of all points together. A trial
    /// far out lowers the weights of all folds but its own; without this it would count for more than one.
    private func normalise(_ precision: inout SquareMatrix) {
        let weighted = precision.times(data.means)
        let information = zip(data.means, weighted).reduce(0) { $0 + $1.0 * $1.1 }
        guard information > 0 else { return }
        for index in precision.entries.indices { precision.entries[index] /= information }
    }

    /// m + map_k (y_t - m) for each trial t of fold k.
    private func transformed(_ maps: [SquareMatrix]) -> [[Double]] {
        let n = data.count
        var result = data.responses
        var deviation = Array(repeating: 0.0, count: n)
        for trial in 0..<trials {
            let map = maps[trial % Self.folds]
            for point in 0..<n { deviation[point] = data.responses[point][trial] - data.means[point] }
            for point in 0..<n {
                var sum = 0.0
                for other in 0..<n { sum += map.entries[point * n + other] * deviation[other] }
                result[point][trial] = data.means[point] + sum
            }
        }
        return result
    }
}

/// First and second moments of each fold's trials, from which those of all other trials follow.
private struct FoldMoments {
    private(set) var counts: [Double]
    private var sums: [[Double]]
    private var products: [SquareMatrix]

    /// - Parameter trials: one vector per trial; trial t belongs to fold t mod `folds`.
    init(_ trials: [[Double]], folds: Int) {
        let n = trials.first?.count ?? 0
        counts = Array(repeating: 0, count: folds)
        sums = Array(repeating: Array(repeating: 0, count: n), count: folds)
        products = Array(repeating: SquareMatrix(size: n), count: folds)
        for (trial, vector) in trials.enumerated() {
            let fold = trial % folds
            counts[fold] += 1
            for row in 0..<n {
                sums[fold][row] += vector[row]
                for column in 0...row { products[fold].entries[row * n + column] += vector[row] * vector[column] }
            }
        }
    }

    /// Over the trials that are not in `fold`; over all for `nil`.
    func covariance(without fold: Int?) -> SquareMatrix {
        let used = counts.indices.filter { $0 != fold }
        let count = used.reduce(0) { $0 + counts[$1] }
        let n = sums[0].count
        let mean = (0..<n).map { row in used.reduce(0) { $0 + sums[$1][row] } / count }
        var result = SquareMatrix(size: n)
        for row in 0..<n {
            for column in 0...row {
                let product = used.reduce(0) { $0 + products[$1][row, column] }
                result[row, column] = (product - count * mean[row] * mean[column]) / (count - 1)
                result[column, row] = result[row, column]
            }
        }
        return result
    }
}
