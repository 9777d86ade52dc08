/// Weights that have not seen the trials which they weigh.
///
/// Generalised least squares needs the inverse covariance of the points, estimated from the same trials as the means.
/// Used as if it were known it spoils the statistics: with 13 points, 64 trials and skewed responses, estimates are
/// off by their standard error and 95 % intervals cover 60 %. So trials are dealt into folds; a fold's trials get the
/// weights W_k of all other trials, which are independent of them:
///
///     estimating equation  Jᵀ Σ_k (R_k/R) W_k (m_k - f) = 0
///
/// With W = Σ (R_k/R) W_k this is ordinary least squares with weights W for the responses
/// m + W⁻¹ W_k (y_t - m): unbiased, and their scatter over trials is that of the estimate, whatever the weights are
/// worth. (Cross-fitting as in Chernozhukov et al. 2018, applied to the weights.)
struct CrossFitting {
    static let folds = 8
    /// With fewer trials weights cannot be learnt: all points get the trend of the variances, and no correlation.
    static let fewestTrials = 16
    /// A fold may hold the one trial that makes a cell's scatter, which the other folds know nothing of: their standard
    /// deviations are taken to be at least this part of that of all trials.
    static let leastSpread = 0.5
    /// With more points a joint covariance costs more than it gives.
    static let mostJointPoints = 64

    let data: GroupData
    let guide: [Double]?
    private let isJoint: Bool
    /// Of single responses, over all trials; positive.
    let deviations: [Double]
    let trend: VarianceTrend
    var trials: Int { data.trials }

    /// - Parameter guide: fitted means where all means are positive, or `nil`.
    init(_ data: GroupData, isJoint: Bool, guide: [Double]?) {
        self.data = data
        self.isJoint = isJoint
        self.guide = guide
        deviations = Scatter.deviations(data)
        let kurtosis = zip(data.responses, zip(data.means, deviations)).map { column, moments in
            Self.kurtosis(column, mean: moments.0, deviation: moments.1)
        }
        trend = VarianceTrend(
            deviations: deviations, kurtosis: kurtosis, means: data.means, trials: data.trials, guide: guide)
    }

    private static func kurtosis(_ column: [Double], mean: Double, deviation: Double) -> Double {
        let fourth = column.reduce(0) { sum, value in
            let square = (value - mean) * (value - mean)
            return sum + square * square
        }
        let square = deviation * deviation
        return square > 0 ? fourth / (Double(column.count) * square * square) : 3
    }

    /// - Parameter joint: whether weights follow correlations as well, where there are any.
    func sample(jointWeights: Bool) -> WeightedSample {
        guard trials >= Self.fewestTrials else { return pooled() }
        if isJoint, jointWeights, data.count > 1, data.count <= Self.mostJointPoints, let sample = joint() {
            return sample
        }
        return independent()
    }

    func calibrated(
        _ responses: [[Double]], _ precision: Precision, hasJointWeights: Bool
    ) -> WeightedSample {
        let means = responses.map { GroupData.mean($0) }
        let covariance = Covariance.ofMeans(responses, means, isJoint: isJoint)
        // A point's chi squared is to be one on average, by the covariance that the responses really have.
        var expected = 0.0
        switch precision {
        case .diagonal(let weights):
            for point in weights.indices { expected += weights[point] * covariance[point, point] }
        case .dense(let matrix):
            for row in 0..<matrix.size {
                for column in 0..<matrix.size { expected += matrix[row, column] * covariance[column, row] }
            }
        }
        let factor = expected > 0 ? Double(data.count) / expected : 1
        return WeightedSample(
            responses: responses, means: means, precision: precision.scaled(by: factor), covariance: covariance,
            isJoint: isJoint, hasJointWeights: hasJointWeights)
    }

    private func pooled() -> WeightedSample {
        let spread = trend.smoothed(deviations)
        return calibrated(
            data.responses, .diagonal(spread.map { Double(trials) / ($0 * $0) }), hasJointWeights: false)
    }

    /// Weights by variances alone.
    private func independent() -> WeightedSample {
        let weights = (0..<Self.folds).map { fold in
            let weights = trend.smoothed(deviations(without: fold)).map { 1 / ($0 * $0) }
            let information = zip(weights, data.means).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
            return information > 0 ? weights.map { $0 / information } : weights
        }
        let shares = (0..<Self.folds).map { fold in
            Double((trials - fold + Self.folds - 1) / Self.folds) / Double(trials)
        }
        let total = data.x.indices.map { point in
            (0..<Self.folds).reduce(0) { $0 + shares[$1] * weights[$1][point] }
        }
        let responses = data.x.indices.map { point in
            let factors = (0..<Self.folds).map { weights[$0][point] / total[point] }
            return data.responses[point].enumerated().map { trial, value in
                data.means[point] + factors[trial % Self.folds] * (value - data.means[point])
            }
        }
        return calibrated(responses, .diagonal(total.map { $0 * Double(trials) }), hasJointWeights: false)
    }

    /// Standard deviations over the trials of the other folds.
    private func deviations(without fold: Int) -> [Double] {
        zip(data.responses, zip(data.means, deviations)).map { column, moments in
            var (sum, squares, count) = (0.0, 0.0, 0.0)
            for trial in column.indices where trial % Self.folds != fold {
                let deviation = column[trial] - moments.0
                sum += deviation
                squares += deviation * deviation
                count += 1
            }
            let variance = (squares - sum * sum / count) / (count - 1)
            let least = Self.leastSpread * moments.1
            return max(variance, least * least).squareRoot()
        }
    }
}
