/// Whether residuals as large as these are chance, if the model holds.
///
/// Each residual is divided by its own standard error: that of what is left of the trials' scatter after the fit has
/// followed it. Where cells share random numbers most of their scatter is common, and the differences of neighbouring
/// residuals are known far better than either: they are tested in the same way, so that a law that passes near every mean
/// and contradicts what the trials say of its slope is rejected. The sum of their squares and the largest
/// of them are compared with the same numbers of resampled trials, centred at the law (a bootstrap of the residuals'
/// own distribution: whatever the correlation and its rank are, the resamples have them). The smaller of the two
/// probabilities counts, doubled.
struct GoodnessOfFit: Sendable {
    /// Mean square of the studentised residuals: 1 on average where the model holds, whatever the rank.
    var reduced: Double
    /// At least 2 / (resamples + 1).
    var probability: Double
    /// The residual that is largest in standard errors of its own mean: how many, and where (position in the window).
    var largest: Double
    var largestAt: Int

    /// A residual whose standard error is below this part of its point's is no more than rounding.
    static let leastError = 1e-5
    /// A point that the fit passes through, whatever its response is, says nothing.
    static let mostLeverage = 0.98
}

/// The residuals of a fit over the points that it is held against, where random numbers are common also the differences
/// of neighbouring ones, and how they follow the trials.
struct ResidualScatter {
    private let sample: WeightedSample
    /// Position of each tested point in the sample.
    private let tested: [Int]
    /// For each tested point its place among the points that took part; `nil` where the model passes over it.
    private let place: [Int?]
    private let used: [Int]
    private let linear: LinearisedFit
    private let lanes: Int
    /// How all parameters follow each point that took part.
    private let gains: [SIMD4<Double>]
    let residuals: [Double]
    /// Residuals, and differences of neighbours where trials are joint.
    private let count: Int

    /// - Parameters:
    ///   - used: positions in the sample of the points that took part.
    ///   - tested: those that the model is held against: these, or all.
    init(
        _ model: any FitModel, _ fit: ParametricFit, _ linear: LinearisedFit, abscissae: [Abscissa],
        sample: WeightedSample, used: [Int], tested: [Int]
    ) {
        (self.sample, self.used, self.tested, self.linear) = (sample, used, tested, linear)
        let places = Dictionary(used.enumerated().map { ($1, $0) }, uniquingKeysWith: { a, _ in a })
        place = tested.map { places[$0] }
        lanes = linear.gain.count
        gains = used.indices.map { index in
            linear.gain.indices.reduce(into: SIMD4<Double>.zero) { $0[$1] = linear.gain[$1][index] }
        }
        residuals = tested.map { sample.means[$0] - model.value(fit.theta, at: abscissae[$0]) }
        count = sample.isJoint ? max(1, 2 * tested.count - 1) : tested.count
    }

    /// How the parameters follow a deviation of the means of the points that took part.
    @inline(__always)
    private func shift(_ deviation: (Int) -> Double) -> SIMD4<Double> {
        var shift = SIMD4<Double>.zero
        for index in 0..<used.count { shift += gains[index] * deviation(used[index]) }
        return shift
    }

    /// What is left of a deviation of the means, per tested point and difference.
    @inline(__always)
    private func left(_ deviation: (Int) -> Double, into result: UnsafeMutableBufferPointer<Double>) {
        let shift = shift(deviation)
        for index in 0..<tested.count {
            var rest = deviation(tested[index])
            if let place = place[index] { rest -= (linear.jacobian[place] * shift).orderedSum }
            result[index] = rest
        }
        for index in tested.count..<count { result[index] = result[index - tested.count + 1] - result[index - tested.count] }
    }

    private func leverage(_ index: Int) -> Double {
        guard let place = place[index] else { return 0 }
        return (0..<lanes).reduce(0) { $0 + linear.jacobian[place][$1] * linear.gain[$1][place] }
    }

    /// Standard error and degrees of freedom of each residual.
    private func moments() -> [(error: Double, freedom: Double)] {
        let trials = Double(sample.trials)
        let unit = trials * max(1, trials - 1)
        if sample.isJoint {
            var squares = Array(repeating: 0.0, count: count)
            var fourths = squares
            withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { row in
                row.initialize(repeating: 0)
                for trial in 0..<sample.trials {
                    left({ sample.responses[$0][trial] - sample.means[$0] }, into: row)
                    for index in 0..<count {
                        let square = row[index] * row[index]
                        squares[index] += square
                        fourths[index] += square * square
                    }
                }
            }
            return (0..<count).map { index in
                let noise = fourths[index] - squares[index] * squares[index] / trials
                let freedom = noise > 0 ? 2 * squares[index] * squares[index] / noise : trials - 1
                return ((squares[index] / unit).squareRoot(), min(freedom, trials - 1))
            }
        }
        let own = sample.means.indices.map { point -> (square: Double, noise: Double) in
            let deviations = sample.responses[point].map { $0 - sample.means[point] }
            let squares = deviations.map { $0 * $0 }
            let sum = squares.reduce(0, +)
            return (sum, TrialSums.product(squares, squares) - sum * sum / trials)
        }
        return tested.indices.map { index in
            var (square, noise) = (0.0, 0.0)
            func add(_ point: Int, _ factor: Double) {
                square += factor * factor * own[point].square
                noise += factor * factor * factor * factor * own[point].noise
            }
            guard let row = place[index] else {
                add(tested[index], 1)
                return ((square / unit).squareRoot(), noise > 0 ? 2 * square * square / noise : trials - 1)
            }
            for (column, point) in used.enumerated() {
                let followed = (0..<lanes).reduce(0) { $0 + linear.jacobian[row][$1] * linear.gain[$1][column] }
                add(point, (column == row ? 1 : 0) - followed)
            }
            return ((square / unit).squareRoot(), noise > 0 ? 2 * square * square / noise : trials - 1)
        }
    }

    /// The residual that is largest in standard errors of its own mean, and its position in the sample.
    var largest: (size: Double, at: Int) {
        let freedom = Double(sample.trials) - 1
        return zip(tested, residuals).reduce((0, 0)) { largest, point in
            let size = NormalEquivalent.of(abs(point.1) / sample.errors[point.0], freedom: freedom)
            return size > largest.0 ? (size, point.0) : largest
        }
    }

    /// `nil` without resamples.
    func test() -> GoodnessOfFit? {
        guard let resamples = sample.resamples else { return nil }
        let moments = moments()
        let trials = Double(sample.trials)
        let largest = largest
        var (squares, most, used) = (0.0, 0.0, 0)
        /// 0 where a residual takes no part.
        var inverse = Array(repeating: 0.0, count: count)
        for index in 0..<count {
            let isDifference = index >= tested.count
            let place = isDifference ? index - tested.count : index
            let own = isDifference
                ? max(sample.errors[tested[place]], sample.errors[tested[place + 1]]) : sample.errors[tested[place]]
            let residual = abs(isDifference ? residuals[place + 1] - residuals[place] : residuals[place])
            guard leverage(place) <= GoodnessOfFit.mostLeverage,
                !isDifference || leverage(place + 1) <= GoodnessOfFit.mostLeverage
            else { continue }
            let least = GoodnessOfFit.leastError * own
            if moments[index].error <= least, residual <= 10 * least { continue }
            let error = max(moments[index].error, least)
            let studentised = NormalEquivalent.of(residual / error, freedom: moments[index].freedom)
            squares += studentised * studentised
            most = max(most, studentised)
            used += 1
            inverse[index] = (trials / max(1, trials - 1)).squareRoot() / error
        }
        guard used > 0 else {
            return GoodnessOfFit(reduced: 0, probability: 1, largest: largest.size, largestAt: largest.at)
        }
        let (sums, maxima) = exceedances(resamples, inverse, squares: squares, most: most)
        let all = Double(resamples.plan.resamples + 1)
        let probability = min(1, 2 * Double(min(sums, maxima) + 1) / all)
        return GoodnessOfFit(
            reduced: squares / Double(used), probability: probability, largest: largest.size, largestAt: largest.at)
    }

    /// In how many resamples the sum of squares and the largest residual reach what was measured.
    private func exceedances(
        _ resamples: ResampledMeans, _ inverse: [Double], squares: Double, most: Double
    ) -> (sums: Int, maxima: Int) {
        var (sums, maxima) = (0, 0)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: sample.means.count) { means in
            means.initialize(repeating: 0)
            withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { row in
                row.initialize(repeating: 0)
                for resample in 0..<resamples.plan.resamples {
                    resamples.means(of: resample, into: means)
                    sample.means.withUnsafeBufferPointer { own in
                        left({ means[$0] - own[$0] }, into: row)
                    }
                    var (sum, largest) = (0.0, 0.0)
                    for index in 0..<count {
                        let size = abs(row[index] * inverse[index])
                        sum += size * size
                        largest = max(largest, size)
                    }
                    sums += sum >= squares ? 1 : 0
                    maxima += largest >= most ? 1 : 0
                }
            }
        }
        return (sums, maxima)
    }

    /// tr(JᵀWJ V) with V the covariance of the parameters: what the trials' scatter makes of chi squared by moving them.
    /// The number of parameters for independent points with exact weights (Pan's penalty for quasi-likelihood under
    /// working independence, 2001).
    func penalty(_ weights: [Double]) -> Double {
        var information = Array(repeating: SIMD4<Double>.zero, count: lanes)
        for (index, gradient) in linear.jacobian.enumerated() {
            for lane in 0..<lanes { information[lane] += gradient * (gradient[lane] * weights[index]) }
        }
        return expectation { vector in
            (0..<lanes).reduce(0) { $0 + vector[$1] * (information[$1] * vector).orderedSum }
        }
    }

    /// gᵀVg: the variance that the trials' scatter gives to what follows the parameters by `gradient`.
    func variance(_ gradient: SIMD4<Double>) -> Double {
        expectation { shift in
            let change = (gradient * shift).orderedSum
            return change * change
        }
    }

    /// The mean of a quadratic form of the parameters' deviations.
    @inline(__always)
    private func expectation(_ form: (SIMD4<Double>) -> Double) -> Double {
        let trials = Double(sample.trials)
        let unit = trials * max(1, trials - 1)
        var sum = 0.0
        if sample.isJoint {
            for trial in 0..<sample.trials {
                sum += form(shift { sample.responses[$0][trial] - sample.means[$0] })
            }
        } else {
            for (index, point) in used.enumerated() {
                let mean = sample.means[point]
                let square = sample.responses[point].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                sum += square * form(gains[index])
            }
        }
        return sum / unit
    }

    /// The coefficient that a further term would have, by one step from the fit: its value, standard error and
    /// degrees of freedom; `nil` where the law cannot be told from it.
    ///
    /// - Parameter term: of the points that took part.
    func coefficient(
        of term: [Double], weights: [Double]
    ) -> (value: Double, error: Double, freedom: Double)? {
        // The part of the term that the parameters cannot follow (Frisch & Waugh 1933).
        let shift = (0..<lanes).reduce(into: SIMD4<Double>.zero) { shift, lane in
            shift[lane] = zip(linear.gain[lane], term).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let own = term.indices.map { term[$0] - (linear.jacobian[$0] * shift).orderedSum }
        let norm = own.indices.reduce(0) { $0 + weights[$1] * own[$1] * own[$1] }
        let whole = term.indices.reduce(0) { $0 + weights[$1] * term[$1] * term[$1] }
        guard norm > 1e-9 * whole, norm > 0 else { return nil }
        let factors = own.indices.map { weights[$0] * own[$0] / norm }
        var value = 0.0
        for (index, place) in place.enumerated() {
            if let place { value += factors[place] * residuals[index] }
        }
        let trials = Double(sample.trials)
        let unit = trials * max(1, trials - 1)
        var (square, fourth) = (0.0, 0.0)
        if sample.isJoint {
            for trial in 0..<sample.trials {
                var influence = 0.0
                for (index, point) in used.enumerated() {
                    influence += factors[index] * (sample.responses[point][trial] - sample.means[point])
                }
                square += influence * influence
                fourth += influence * influence * influence * influence
            }
            fourth -= square * square / trials
        } else {
            for (index, point) in used.enumerated() {
                var (squares, fourths) = (0.0, 0.0)
                for response in sample.responses[point] {
                    let influence = factors[index] * (response - sample.means[point])
                    squares += influence * influence
                    fourths += influence * influence * influence * influence
                }
                square += squares
                fourth += fourths - squares * squares / trials
            }
        }
        let freedom = fourth > 0 ? 2 * square * square / fourth : trials - 1
        // Where cells are one another's multiples, what is left is rounding, and no evidence of a term.
        let variance = used.indices.reduce(0.0) { sum, index in
            let part = factors[index] * sample.errors[used[index]]
            return sum + part * part
        }
        let error = max((square / unit).squareRoot(), GoodnessOfFit.leastError * variance.squareRoot())
        return (value, error, sample.isJoint ? min(freedom, trials - 1) : freedom)
    }
}

/// Student's t as a normal deviate of the same probability.
enum NormalEquivalent {
    static func of(_ t: Double, freedom: Double) -> Double {
        guard t > 1, freedom < 1e4 else { return t }
        let tail = StudentT(freedom: max(1, freedom)).twoSided(t)
        return tail > 1e-15 ? -Normal.quantile(tail / 2) : min(t, 8 + 0.1 * t.squareRoot())
    }
}
