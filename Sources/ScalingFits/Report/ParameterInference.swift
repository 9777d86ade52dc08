/// What the trials say of a fit's parameters, in the user's units.
struct ParameterInference {
    private let candidate: Candidate
    private let sample: WeightedSample
    private let logScale: Double
    /// d parameter / d response, one row per parameter.
    private let gain: [[Double]]
    let values: [Double]

    /// - Parameter sample: of all points of the window.
    init?(_ candidate: Candidate, _ sample: WeightedSample, logScale: Double) {
        guard let linear = LinearisedFit(candidate.model, candidate.fit, candidate.points) else { return nil }
        self.candidate = candidate
        self.sample = sample
        self.logScale = logScale
        let gradients = candidate.model.readingGradients(candidate.fit.theta, logScale: logScale)
        gain = gradients.map { gradient in
            candidate.points.responses.indices.map { point in
                linear.gain.indices.reduce(0) { $0 + gradient[$1] * linear.gain[$1][point] }
            }
        }
        let reading = candidate.model.reading(candidate.fit.theta, logScale: logScale)
        values = candidate.model.lawParameters.indices.map { reading[$0] }
    }

    /// The influence of each trial on a parameter: their sum over R (R - 1) is its variance. Where points are
    /// independent, the influences of the points' trials are kept apart.
    private func influences(_ parameter: Int) -> [[Double]] {
        let columns = zip(candidate.indices, gain[parameter]).map { index, gain in
            sample.responses[index].map { gain * ($0 - sample.means[index]) }
        }
        guard sample.isJoint, var sums = columns.first else { return columns }
        for column in columns.dropFirst() { for trial in column.indices { sums[trial] += column[trial] } }
        return [sums]
    }

    /// The standard error, its degrees of freedom, the acceleration of BCa and, for joint trials, the influence of each.
    ///
    /// The degrees of freedom are those of a normal sample whose variance is as uncertain as this one's: 2 S² / Var(S)
    /// with S the sum of squared influences and Var(S) from their fourth powers (Satterthwaite 1946), at most R - 1.
    /// With heavy tails they are far fewer than trials.
    func moments(_ parameter: Int) -> (error: Double, freedom: Double, acceleration: Double, influence: [Double]) {
        let influences = influences(parameter)
        let trials = Double(sample.trials)
        let unit = trials * max(1, trials - 1)
        var (total, cubes, noise) = (0.0, 0.0, 0.0)
        for column in influences {
            let squares = column.map { $0 * $0 }
            let sum = squares.reduce(0, +)
            total += sum
            cubes += TrialSums.product(squares, column)
            noise += TrialSums.product(squares, squares) - sum * sum / trials
        }
        let most = sample.isJoint ? trials - 1 : Double(influences.count) * (trials - 1)
        return (
            (total / unit).squareRoot(), noise > 0 ? min(2 * total * total / noise, most) : most,
            total > 0 ? cubes / (6 * total * total.squareRoot()) : 0, sample.isJoint ? influences[0] : [])
    }

    /// The standard error of the law's value at each point that took part.
    func curveErrors() -> [Double] {
        guard let linear = LinearisedFit(candidate.model, candidate.fit, candidate.points) else { return [] }
        let lanes = linear.gain.indices
        let gains = candidate.indices.indices.map { index in
            lanes.reduce(into: SIMD4<Double>.zero) { $0[$1] = linear.gain[$1][index] }
        }
        let trials = Double(sample.trials)
        let unit = trials * max(1, trials - 1)
        var products = Array(repeating: SIMD4<Double>.zero, count: lanes.count)
        func add(_ shift: SIMD4<Double>, _ weight: Double) {
            for lane in lanes { products[lane] += shift * (shift[lane] * weight / unit) }
        }
        if sample.isJoint {
            for trial in 0..<sample.trials {
                var shift = SIMD4<Double>.zero
                for (index, point) in candidate.indices.enumerated() {
                    shift += gains[index] * (sample.responses[point][trial] - sample.means[point])
                }
                add(shift, 1)
            }
        } else {
            for (index, point) in candidate.indices.enumerated() {
                let mean = sample.means[point]
                add(gains[index], sample.responses[point].reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
            }
        }
        return linear.jacobian.map { gradient in
            let form = lanes.reduce(0) { $0 + gradient[$1] * (products[$1] * gradient).orderedSum }
            return max(0, form).squareRoot()
        }
    }

    /// The parameters of each resample, one row per parameter; empty without any.
    ///
    /// - Parameter count: those of the plan that are used.
    func resamples(_ count: Int) -> [[Double]] {
        guard count > 0, let means = sample.resamples?.selecting(candidate.indices) else { return [] }
        let thetas = candidate.model.resampled(
            means, resamples: min(count, means.plan.resamples), points: candidate.points, fit: candidate.fit)
        let readings = thetas.map { candidate.model.reading($0, logScale: logScale) }
        return values.indices.map { parameter in readings.map { $0[parameter] } }
    }
}
