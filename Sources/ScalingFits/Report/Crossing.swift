/// Where the difference of two responses changes its sign along the abscissa.
package struct Crossing: Sendable, Equatable {
    package var x: Double
    /// The places at which a difference of zero is not rejected (Fieller 1954); `nil` without scatter.
    package var interval: Interval?
    /// Whether the difference is positive beyond the crossing.
    package var isUpward: Bool
}

/// Finds crossings between cells that differ beyond doubt, on both sides.
///
/// Between cells the difference over x is the cubic in ln x through the four cells around (Lagrange): it is smooth and, where
/// both responses agree at x = 0, does not vanish there. Its mean and standard error are known at every place, so a confidence
/// set of the crossing is the places at which Student's t of the difference stays below its quantile (Fieller 1954 for a
/// ratio). It covers what the test of one difference covers; a bend that four cells do not show it does not know.
struct CrossingSearch {
    /// Positive, ascending.
    let x: [Double]
    /// Per place the trials of either.
    let first: [[Double]]
    let second: [[Double]]
    /// Whether trials with the same number belong together.
    let isPaired: Bool
    /// Whether the trials of the second are the same at all places, as those of the cell at zero.
    let secondIsShared: Bool
    let confidence: Double
    let isScattered: Bool

    /// Means, variances of means and degrees of freedom of d / x.
    private struct Slopes {
        var means: [Double] = []
        var variances: [Double] = []
        var freedoms: [Double] = []
        /// Deviations per place and trial where trials are paired, otherwise what the places share.
        var columns: [[Double]] = []
        var shared: [Double] = []

        func covariance(_ a: Int, _ b: Int) -> Double {
            if a == b { return variances[a] }
            guard !columns.isEmpty else { return shared[a] * shared[b] }
            let counts = (Double(columns[a].count), Double(columns[b].count))
            guard counts.0 != counts.1 else { return TrialSums.product(columns[a], columns[b]) / (counts.0 * max(1, counts.0 - 1)) }
            // A place's trials are the first of the other's: c/max(n) from products of the deviations that enter the variances, so
            // that no combination of places has a variance below zero.
            let common = min(columns[a].count, columns[b].count)
            let product = TrialSums.product(Array(columns[a].prefix(common)), Array(columns[b].prefix(common)))
            return product / (counts.0 * max(1, counts.0 - 1) * counts.1 * max(1, counts.1 - 1)).squareRoot()
        }
    }

    /// A crossing, and how its logarithm moves with the mean of the difference over x at each place.
    struct Located {
        var crossing: Crossing
        var influences: [Double]
    }

    var crossings: [Crossing] { located.map(\.crossing) }

    /// Covariances of single trials' differences over x, place by place.
    var covariances: [[Double]] {
        let slopes = slopes
        return x.indices.map { a in
            x.indices.map { b in
                let counts = [a, b].map { Double(min(first[$0].count, second[$0].count)) }
                return (a == b || isPaired ? slopes.covariance(a, b) : 0) * max(counts[0], counts[1])
            }
        }
    }

    /// Degrees of freedom of the variance at each place.
    var freedoms: [Double] { slopes.freedoms }

    /// Signs of the difference where it differs from zero beyond doubt, 0 elsewhere.
    var signs: [Int] { signs(slopes) }

    private func signs(_ slopes: Slopes) -> [Int] {
        let doubt = 1 - (1 - confidence) / Double(max(1, x.count))
        let scales = zip(x, zip(first, second)).map { x, pair in (abs(GroupData.mean(pair.1)) + abs(GroupData.mean(pair.0))) / x }
        return x.indices.map { index in
            let reach = isScattered
                ? StudentT(freedom: slopes.freedoms[index]).quantile(confidence: doubt) * slopes.variances[index].squareRoot() : 0
            return abs(slopes.means[index]) > max(reach, 1e-9 * scales[index]) ? (slopes.means[index] > 0 ? 1 : -1) : 0
        }
    }

    var located: [Located] {
        let slopes = slopes, signs = signs(slopes)
        let certain = x.indices.filter { signs[$0] != 0 }
        return zip(certain, certain.dropFirst()).compactMap { low, high in
            let isUpward = slopes.means[high] > 0
            guard isUpward != (slopes.means[low] > 0) else { return nil }
            let place = place(low, high, slopes, isUpward)
            let at = position(place.segment, place.share)
            return Located(
                crossing: Crossing(x: at, interval: isScattered ? interval(low, high, place, slopes) : nil, isUpward: isUpward),
                influences: influences(place.segment, place.share, slopes))
        }
    }

    private var slopes: Slopes {
        var result = Slopes()
        for index in x.indices {
            let count = min(first[index].count, second[index].count)
            if isPaired {
                let column = (0..<count).map { (first[index][$0] - second[index][$0]) / x[index] }
                let (mean, error) = GroupData.meanAndError(column)
                result.means.append(mean)
                result.variances.append(error * error)
                result.freedoms.append(max(1, VarianceFreedom.of(column)))
                result.columns.append(column.map { $0 - mean })
            } else {
                let parts = [first[index], second[index]].map { column -> (mean: Double, variance: Double, freedom: Double) in
                    let (mean, error) = GroupData.meanAndError(column)
                    return (mean / x[index], error * error / (x[index] * x[index]), max(1, VarianceFreedom.of(column)))
                }
                let variance = parts[0].variance + parts[1].variance
                let noise = parts.reduce(0) { $0 + $1.variance * $1.variance / $1.freedom }
                result.means.append(parts[0].mean - parts[1].mean)
                result.shared.append(secondIsShared ? parts[1].variance.squareRoot() : 0)
                result.variances.append(variance)
                result.freedoms.append(noise > 0 ? max(1, variance * variance / noise) : Double(max(1, count - 1)))
            }
        }
        return result
    }

    /// The weights of the places around a position between `index` and the next: Lagrange's in ln x.
    private func weights(_ index: Int, _ share: Double) -> (first: Int, weights: [Double]) {
        let first = max(0, index - 1)
        let last = min(x.count - 1, index + 2)
        let logs = (first...last).map { logarithm(x[$0] / x[index]) }
        let position = share * logs[index + 1 - first]
        return (first, logs.indices.map { own in
            logs.indices.reduce(1.0) { $1 == own ? $0 : $0 * (position - logs[$1]) / (logs[own] - logs[$1]) }
        })
    }

    private func value(_ index: Int, _ share: Double, _ slopes: Slopes) -> Double {
        let (first, weights) = weights(index, share)
        return weights.indices.reduce(0) { $0 + weights[$1] * slopes.means[first + $1] }
    }

    /// By the implicit function: a mean that is raised by m moves the zero of sum w(s) m by -w/(sum w' m).
    private func influences(_ index: Int, _ share: Double, _ slopes: Slopes) -> [Double] {
        let step = 1e-5
        let slope = (value(index, share + step, slopes) - value(index, share - step, slopes)) / (2 * step)
        let (first, weights) = weights(index, share)
        var result = [Double](repeating: 0, count: x.count)
        guard slope != 0 else { return result }
        for (row, weight) in weights.enumerated() {
            result[first + row] = -weight / slope * logarithm(x[index + 1] / x[index])
        }
        return result
    }

    /// Below zero where a difference of zero is not rejected.
    private func excess(_ index: Int, _ share: Double, _ slopes: Slopes, _ student: Double) -> Double {
        let (first, weights) = weights(index, share)
        var (mean, variance) = (0.0, 0.0)
        for (row, weight) in weights.enumerated() {
            mean += weight * slopes.means[first + row]
            for (column, other) in weights.enumerated() {
                variance += weight * other * slopes.covariance(first + row, first + column)
            }
        }
        return mean * mean - student * student * variance
    }

    private func position(_ index: Int, _ share: Double) -> Double {
        x[index] * exponential(share * logarithm(x[index + 1] / x[index]))
    }

    /// Where a function changes its sign between two shares of a segment.
    private func root(_ from: Double, _ to: Double, _ function: (Double) -> Double) -> Double {
        var (low, high) = (from, to)
        let sign = function(low) > 0
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if (function(middle) > 0) == sign { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    private func place(_ low: Int, _ high: Int, _ slopes: Slopes, _ isUpward: Bool) -> (segment: Int, share: Double) {
        let above = (low + 1...high).first { (slopes.means[$0] > 0) == isUpward } ?? high
        return (above - 1, root(0, 1) { value(above - 1, $0, slopes) })
    }

    /// Between neighbouring places a segment is looked at in so many steps.
    private static let steps = 32

    /// From the first to the last place at which the difference may be zero, the crossing itself among them.
    private func interval(
        _ low: Int, _ high: Int, _ crossing: (segment: Int, share: Double), _ slopes: Slopes
    ) -> Interval? {
        var ends: (lower: Double, upper: Double)?
        func add(_ place: Double) { ends = (min(ends?.lower ?? place, place), max(ends?.upper ?? place, place)) }
        // What is estimated is never rejected, also where all places see the same noise and only rounding is left of it.
        add(position(crossing.segment, crossing.share))
        for index in low..<high {
            let freedom = min(slopes.freedoms[index], slopes.freedoms[index + 1])
            let student = StudentT(freedom: freedom).quantile(confidence: confidence)
            let own = index == crossing.segment ? [crossing.share] : []
            let shares = ((0...Self.steps).map { Double($0) / Double(Self.steps) } + own).sorted()
            let values = shares.map { excess(index, $0, slopes, student) }
            for step in shares.indices {
                if values[step] <= 0 { add(position(index, shares[step])) }
                if step > 0, (values[step] > 0) != (values[step - 1] > 0) {
                    add(position(index, root(shares[step - 1], shares[step]) { excess(index, $0, slopes, student) }))
                }
            }
        }
        return ends.map { Interval($0.lower, $0.upper) }
    }
}
