/// Turns the analysis of a group into what is told of it.
struct FitReport {
    let table: ResponseTable
    let options: FitOptions
    let plan: ResamplePlan?
    let analysis: GroupAnalysis

    private var data: GroupData { analysis.data }
    private var chosen: Candidate { analysis.chosen }
    private var scatter: Scatter { analysis.comparison.scatter }

    func fit() -> ScalingFit {
        let inference = ParameterInference(chosen, analysis.comparison.sample, logScale: data.logScale)
        let (parameters, exponentScatter, failures) = parameters(inference)
        let whole = analysis.origin == .all ? data : GroupData(table, window: nil, summary: options.summary)
        func parameter(_ name: String) -> FittedParameter? { parameters.first { $0.name == name } }
        let exponent = parameter("exponent")
        let undecided = ModelChoice.undecided(analysis.comparison, chosen: chosen)
        var fit = ScalingFit(
            by: table.group, response: options.summary.label(table.response), against: table.against,
            model: chosen.model.name, exponent: exponent?.value ?? chosen.model.fixedExponent,
            exponentInterval: exponent?.interval, confidence: options.confidence,
            prefactor: parameter("prefactor")?.value, floor: parameter("floor")?.value,
            floorInterval: parameter("floor")?.interval, candidates: analysis.comparison.scores,
            window: Interval(data.x[chosen.indices[0]], data.x[chosen.indices[chosen.indices.count - 1]]),
            windowOrigin: analysis.origin, points: chosen.indices.count,
            trials: chosen.indices.reduce(0) { $0 + data.counts[$1] }, diverged: table.diverged,
            missing: table.missing, reducedChiSquared: reducedChiSquared,
            fitProbability: (analysis.rejection ?? chosen).ownProbability, undecided: undecided, warnings: [],
            parameters: parameters, exponentTest: exponentScatter.flatMap { test(exponent, $0) },
            localExponents: LocalExponents.of(whole, isJoint: table.isJoint, confidence: options.confidence),
            leaveOneOut: chosen.leaveOneOut(data.x, logScale: data.logScale), tally: data.tally, curve: curve(whole),
            exponentScatter: exponentScatter)
        let warnings = FitWarnings(table: table, analysis: analysis, fit: fit, failures: failures, plan: plan).all
        fit.warnings = warnings.map(\.text)
        fit.notes = warnings.map(\.note)
        return fit
    }

    private var reducedChiSquared: Double? {
        let candidate = analysis.rejection ?? chosen
        guard case .statistical = scatter, candidate.freedom > 0 else { return nil }
        return candidate.fit.chiSquared / Double(candidate.freedom)
    }

    /// The parameters, what is known of the exponent's scatter, and how many resamples have no fit.
    private func parameters(
        _ inference: ParameterInference?
    ) -> ([FittedParameter], ExponentScatter?, failures: Int) {
        let names = chosen.model.parameterNames
        guard case .statistical = scatter, let inference else {
            let reading = chosen.model.reading(chosen.fit.theta, logScale: data.logScale)
            return (names.indices.map { FittedParameter(name: names[$0], value: reading[$0]) }, nil, 0)
        }
        let resamples = plan.map(inference.resamples)
        var exponentScatter: ExponentScatter?
        let parameters = names.indices.map { index in
            let moments = inference.moments(index)
            if names[index] == "exponent" {
                exponentScatter = ExponentScatter(
                    standardError: moments.error, freedom: moments.freedom,
                    influence: table.sharesRandomNumbers ? moments.influence : [])
            }
            let interval = resamples.flatMap { resamples in
                BootstrapInterval(
                    method: options.intervalMethod, confidence: options.confidence, freedom: moments.freedom,
                    trials: data.trials, parameters: names.count
                ).interval(
                    resamples[index], estimate: inference.values[index], acceleration: moments.acceleration)
            }
            return FittedParameter(
                name: names[index], value: inference.values[index], standardError: moments.error, interval: interval)
        }
        let failures = plan.map { $0.resamples - (resamples?.first?.count ?? 0) } ?? 0
        return (parameters, exponentScatter, failures)
    }

    private func test(_ exponent: FittedParameter?, _ scatter: ExponentScatter) -> ExponentTest? {
        guard let exponent, scatter.standardError > 0 else { return nil }
        let statistic = (exponent.value - ExponentTest.hypothesis) / scatter.standardError
        let probability = StudentT(freedom: max(1, scatter.freedom)).twoSided(statistic)
        return ExponentTest(statistic: statistic, probability: probability, adjusted: probability)
    }

    /// All cells of the group; the law's value where they took part.
    private func curve(_ whole: GroupData) -> [FittedPoint] {
        let value = chosen.value
        let used = Dictionary(chosen.indices.map { (data.x[$0], data.abscissae[$0]) }, uniquingKeysWith: { a, _ in a })
        var student: Double?
        if case .statistical = scatter {
            student = StudentT(freedom: Double(max(1, data.trials - 1))).quantile(confidence: options.confidence)
        }
        return whole.x.indices.map { index in
            let (mean, error) = (whole.means[index], whole.standardErrors[index])
            var interval = student.map { Interval(mean - $0 * error, mean + $0 * error) }
            if case .within = options.summary {
                interval = Wilson.interval(share: mean, trials: whole.counts[index], confidence: options.confidence)
            }
            return FittedPoint(
                x: whole.x[index], mean: mean, standardError: student == nil ? nil : error, interval: interval,
                fitted: used[whole.x[index]].map(value), cell: whole.cells[index])
        }
    }
}

/// Wilson's score interval of a share (1927): inside [0, 1], and of the right width also at its ends.
enum Wilson {
    static func interval(share: Double, trials: Int, confidence: Double) -> Interval {
        let z = Normal.quantile(0.5 + confidence / 2)
        let n = Double(trials)
        let center = share + z * z / (2 * n)
        let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        let width = 1 + z * z / n
        return Interval(share <= 0 ? 0 : (center - reach) / width, share >= 1 ? 1 : (center + reach) / width)
    }
}
