/// One exponent for many groups.
package struct PooledExponent: Sendable, Equatable {
    /// What the pooled groups have in common.
    package var by: GroupKey
    /// Groups with a free exponent and scatter.
    package var groups: Int
    /// Groups of the pool without one: not fitted, deterministic, or another kind of law.
    package var leftOut: Int
    /// The mean of the exponents' distribution over groups.
    package var exponent: Double
    package var standardError: Double
    package var interval: Interval
    package var confidence: Double
    /// Standard deviation of the true exponents between groups; 0 where scatter explains all differences.
    package var heterogeneity: Double
    /// How likely differences as large as these are if all groups have the same exponent; `nil` for one group.
    package var homogeneityProbability: Double?
    /// Whether the groups' errors are correlated, because they share random numbers, and that was taken into account.
    package var isJoint: Bool
}

/// A random-effects model: exponents k_g = mu + b_g + e_g, b with standard deviation tau between groups, e with the
/// covariance K of the trials' scatter. K has covariances between groups that share random numbers.
///
/// tau² by the method of moments for correlated errors: with Q = Σ w (k - mean)², w = 1/K_gg,
/// E Q = tr(A K) + tau² tr(A), A = W - w wᵀ/Σw (DerSimonian & Laird 1986 where K is diagonal). mu is the mean weighted by
/// 1/(K_gg + tau²), its variance from the full K.
package enum ExponentPooling {
    /// Pools the groups that agree in `by`, in order of their first group.
    ///
    /// - Parameter by: dimensions that tell pools apart, as `optimizer`; empty for one pool.
    package static func pool(
        _ outcomes: [FitOutcome], by names: [String], confidence: Double = 0.95
    ) -> [PooledExponent] {
        var places: [GroupKey: Int] = [:]
        var pools: [(key: GroupKey, fits: [ScalingFit], leftOut: Int)] = []
        for outcome in outcomes {
            let key = GroupKey(outcome.by.entries.filter { names.contains($0.name) })
            let place = places[key] ?? pools.count
            if place == pools.count {
                places[key] = place
                pools.append((key, [], 0))
            }
            if case .fit(let fit) = outcome, (fit.exponentScatter?.standardError ?? 0) > 0 {
                pools[place].fits.append(fit)
            } else {
                pools[place].leftOut += 1
            }
        }
        return pools.compactMap { pool in
            RandomEffects(pool.fits).map { $0.pooled(pool.key, leftOut: pool.leftOut, confidence: confidence) }
        }
    }
}

/// The moments of a pool.
private struct RandomEffects {
    private let exponents: [Double]
    private let variances: [Double]
    /// Per group and trial, with squares that sum to the variance; empty where groups are independent.
    private let influences: [[Double]]
    /// What the choice of a window adds to a group's variance, as its printed interval has it: independent of the other groups.
    private let choices: [Double]
    private let freedom: Double

    init?(_ fits: [ScalingFit]) {
        let scatters = fits.compactMap(\.exponentScatter)
        guard !fits.isEmpty, scatters.count == fits.count else { return nil }
        exponents = fits.compactMap(\.exponent)
        choices = zip(fits, scatters).map { fit, scatter in
            guard fit.windowOrigin == .found, let exponent = fit.exponent, let interval = fit.exponentInterval else { return 0 }
            let arm = max(interval.upper - exponent, exponent - interval.lower)
            let error = arm / StudentT(freedom: max(1, scatter.freedom)).quantile(confidence: fit.confidence)
            return max(0, error * error - scatter.standardError * scatter.standardError)
        }
        variances = zip(scatters, choices).map { $0.standardError * $0.standardError + $1 }
        let length = scatters[0].influence.count
        let isJoint = length > 1 && scatters.allSatisfy { $0.influence.count == length }
        let unit = 1 / (Double(length) * Double(max(1, length - 1))).squareRoot()
        influences = isJoint ? scatters.map { $0.influence.map { $0 * unit } } : []
        freedom = scatters.map(\.freedom).min() ?? 1
    }

    func pooled(_ key: GroupKey, leftOut: Int, confidence: Double) -> PooledExponent {
        let weights = variances.map { 1 / $0 }
        let excess = quadratic(weights) - expected(weights)
        let between = exponents.count > 1 ? max(0, excess / spread(weights)) : 0
        let shrunk = variances.map { 1 / ($0 + between) }
        let total = shrunk.reduce(0, +)
        let scatter = variance(of: shrunk) / (total * total)
        let groups = between * shrunk.reduce(0) { $0 + $1 * $1 } / (total * total)
        let error = (scatter + groups).squareRoot()
        let few = Double(max(1, exponents.count - 1))
        let effective = (scatter + groups) * (scatter + groups) / (scatter * scatter / freedom + groups * groups / few)
        let reach = StudentT(freedom: max(1, effective)).quantile(confidence: confidence) * error
        let mean = mean(shrunk)
        return PooledExponent(
            by: key, groups: exponents.count, leftOut: leftOut, exponent: mean, standardError: error,
            interval: Interval(mean - reach, mean + reach), confidence: confidence,
            heterogeneity: between.squareRoot(), homogeneityProbability: homogeneity(weights),
            isJoint: !influences.isEmpty)
    }

    private func mean(_ weights: [Double]) -> Double {
        zip(weights, exponents).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }

    private func quadratic(_ weights: [Double]) -> Double {
        let mean = mean(weights)
        return zip(weights, exponents).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
    }

    /// wᵀ K w.
    private func variance(of weights: [Double]) -> Double {
        guard !influences.isEmpty else { return zip(weights, variances).reduce(0) { $0 + $1.0 * $1.0 * $1.1 } }
        return combined(weights).reduce(0) { $0 + $1 * $1 } + zip(weights, choices).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    }

    /// The influence of each trial on Σ w k.
    private func combined(_ weights: [Double]) -> [Double] {
        var sums = Array(repeating: 0.0, count: influences[0].count)
        for (weight, influence) in zip(weights, influences) {
            for trial in sums.indices { sums[trial] += weight * influence[trial] }
        }
        return sums
    }

    /// tr(A K).
    private func expected(_ weights: [Double]) -> Double {
        zip(weights, variances).reduce(0) { $0 + $1.0 * $1.1 } - variance(of: weights) / weights.reduce(0, +)
    }

    /// tr(A).
    private func spread(_ weights: [Double]) -> Double {
        let total = weights.reduce(0, +)
        return total - weights.reduce(0) { $0 + $1 * $1 } / total
    }

    /// The upper tail of Q, a sum of chi squared variables: mean and variance are matched. `nil` where the variance
    /// would take minutes.
    private func homogeneity(_ weights: [Double]) -> Double? {
        guard exponents.count > 1 else { return nil }
        let mean = expected(weights)
        guard mean > 0, let square = squaredTrace(weights), square > 0 else { return nil }
        let effective = min(mean * mean / square, Double(exponents.count - 1))
        return ChiSquared.upperTail(quadratic(weights) * effective / mean, freedom: effective)
    }

    /// tr((A K)²).
    private func squaredTrace(_ weights: [Double]) -> Double? {
        let total = weights.reduce(0, +)
        guard !influences.isEmpty else { return Double(exponents.count - 1) }
        let trials = influences[0].count
        guard exponents.count * trials * trials <= 2_000_000_000 else { return nil }
        // With K = U Uᵀ it is the squared norm of Uᵀ A U.
        let sums = combined(weights)
        var product = SquareMatrix(size: trials)
        for (weight, influence) in zip(weights, influences) {
            for row in 0..<trials {
                let factor = weight * influence[row]
                for column in 0...row { product.entries[row * trials + column] += factor * influence[column] }
            }
        }
        var sum = 0.0
        for row in 0..<trials {
            for column in 0...row {
                let entry = product[row, column] - sums[row] * sums[column] / total
                sum += (row == column ? 1 : 2) * entry * entry
            }
        }
        return sum + zip(weights, choices).reduce(0) { $0 + $1.0 * $1.0 * $1.1 * $1.1 }
    }
}
