/// Turns the analysis of a group into what is told of it.
struct FitReport {
    let table: ResponseTable
    let options: FitOptions
    let analysis: GroupAnalysis

    private var data: GroupData { analysis.data }
    private var comparison: ModelComparison { analysis.comparison }
    private var scatter: Scatter { comparison.scatter }
    private var isStatistical: Bool {
        if case .statistical = scatter { true } else { false }
    }

    /// An estimate whose variance is known to fewer degrees of freedom has no interval: what the study covers.
    private static let leastFreedom = 3.0

    func fit() -> ScalingFit {
        let whole = analysis.origin == .set ? GroupData(table, window: nil, summary: options.summary) : analysis.whole
        let locals = LocalExponents.of(
            whole, isJoint: table.isJoint, confidence: options.confidence,
            hasIntervals: !analysis.hasTooFewTrials)
        let used = analysis.chosen?.indices ?? Array(data.x.indices)
        let nearest = analysis.chosen ?? nearest
        let counts = used.map { data.counts[$0] }
        var fit = ScalingFit(
            outcome: outcome, by: table.group, response: options.summary.label(table.response), against: table.against,
            confidence: options.confidence, candidates: comparison.scores,
            window: Interval(data.x[used[0]], data.x[used[used.count - 1]]), windowOrigin: analysis.origin,
            points: used.count, trials: table.isJoint ? counts.max() ?? 0 : counts.reduce(0, +),
            diverged: table.diverged, missing: table.missing,
            reducedChiSquared: isStatistical && !analysis.hasTooFewTrials ? nearest?.test?.reduced : nil,
            fitProbability: isStatistical && !analysis.hasTooFewTrials ? nearest?.test?.probability : nil,
            undecided: [], extraTerms: [], warnings: [], parameters: [], localExponents: locals, leaveOneOut: [],
            tally: data.tally, localRange: LocalExponentRange(locals),
            contrast: BaselineContrast.of(analysis.whole, analysis.wholeSample, confidence: options.confidence), curve: [])
        var failures = 0
        var bands: [Interval?] = []
        if let chosen = analysis.chosen { (failures, bands) = describe(chosen, in: &fit) }
        fit.curve = curve(whole, bands)
        let warnings = FitWarnings(
            table: table, analysis: analysis, fit: fit, failures: failures, resamples: options.bootstrapResamples).all
        fit.warnings = warnings.map(\.text)
        fit.notes = warnings.map(\.note)
        return fit
    }

    private var outcome: FitKind {
        analysis.chosen.map { $0.model.isConstant ? .constant : .law } ?? .noLaw
    }

    /// The model that is rejected least.
    private var nearest: Candidate? {
        comparison.candidates.filter { $0.test != nil && !$0.isAtTheEdge }.min {
            let own = ($0.test!.probability, -$0.test!.reduced)
            let other = ($1.test!.probability, -$1.test!.reduced)
            return own > other
        }
    }

    /// Parameters with intervals, tests and bounds of the law that holds; gives the resamples without a fit and the bands
    /// at the points.
    private func describe(_ chosen: Candidate, in fit: inout ScalingFit) -> (Int, [Interval?]) {
        let inference = ParameterInference(chosen, comparison.sample, logScale: data.logScale)
        let (parameters, exponentScatter, failures) = parameters(chosen, inference)
        func parameter(_ role: LawParameter.Role) -> FittedParameter? { parameters.first { $0.role == role } }
        let exponent = parameter(.exponent)
        fit.model = chosen.model.name
        fit.parameters = parameters
        fit.exponent = exponent?.value ?? chosen.model.fixedExponent
        fit.exponentInterval = exponent?.interval
        fit.prefactor = parameter(.prefactor)?.value
        fit.floor = parameter(.floor)?.value
        fit.floorInterval = parameter(.floor)?.interval
        fit.undecided = ModelChoice.undecided(comparison, chosen: chosen)
        fit.extraTerms = chosen.extras.map {
            ExtraTermBound(term: $0.term.name, share: $0.bound(confidence: options.confidence))
        }
        fit.foundTerms = chosen.extras.filter {
            ModelChoice.isFound($0, of: chosen) && $0.size >= ModelChoice.materialShare
        }.map(\.term.name)
        fit.exponentTest = options.bootstrapResamples > 0 && exponent?.interval == nil ? nil : exponentScatter.flatMap { test(exponent, $0) }
        fit.exponentScatter = exponentScatter
        fit.leaveOneOut = chosen.leaveOneOut(data.x, logScale: data.logScale)
        return (failures, bands(chosen, inference))
    }

    private func bands(_ chosen: Candidate, _ inference: ParameterInference?) -> [Interval?] {
        guard isStatistical, let inference else { return [] }
        let student = StudentT(freedom: Double(max(1, data.trials - 1))).quantile(confidence: options.confidence)
        return zip(chosen.indices, inference.curveErrors()).map { index, error in
            let value = chosen.value(data.abscissae[index])
            return Interval(value - student * error, value + student * error)
        }
    }

    /// The parameters, what is known of the exponent's scatter, and how many resamples have no fit.
    private func parameters(
        _ chosen: Candidate, _ inference: ParameterInference?
    ) -> ([FittedParameter], ExponentScatter?, failures: Int) {
        let declared = chosen.model.lawParameters
        guard isStatistical, let inference else {
            let reading = chosen.model.reading(chosen.fit.theta, logScale: data.logScale)
            return (
                declared.enumerated().map { FittedParameter(name: $1.name, role: $1.role, value: reading[$0]) }, nil, 0)
        }
        let resamples = inference.resamples(options.bootstrapResamples)
        var exponentScatter: ExponentScatter?
        var parameters = declared.enumerated().map { index, parameter in
            let moments = inference.moments(index)
            if parameter.role == .exponent {
                exponentScatter = ExponentScatter(
                    standardError: moments.error, freedom: moments.freedom,
                    influence: table.sharesRandomNumbers ? moments.influence : [])
            }
            let interval = moments.freedom < Self.leastFreedom || resamples.isEmpty ? nil : BootstrapInterval(
                method: options.intervalMethod, confidence: options.confidence, freedom: moments.freedom,
                trials: data.trials, parameters: declared.count
            ).interval(resamples[index], estimate: inference.values[index], acceleration: moments.acceleration)
            return FittedParameter(
                name: parameter.name, role: parameter.role, value: inference.values[index], standardError: moments.error,
                interval: interval)
        }
        widen(&parameters)
        if data.isNeverNegative { clip(&parameters) }
        let failures = resamples.isEmpty ? 0 : options.bootstrapResamples - resamples[0].count
        return (parameters, exponentScatter, failures)
    }

    /// By what the same law says on the neighbouring windows on which it holds as well: the window was chosen by the data.
    private func widen(_ parameters: inout [FittedParameter]) {
        for window in analysis.neighbours {
            guard let other = ParameterInference(
                window.chosen, window.comparison.sample, logScale: window.comparison.data.logScale)
            else { continue }
            let resamples = other.resamples(options.bootstrapResamples)
            guard !resamples.isEmpty else { continue }
            for index in parameters.indices {
                let moments = other.moments(index)
                guard let own = parameters[index].interval, let interval = BootstrapInterval(
                    method: options.intervalMethod, confidence: options.confidence, freedom: moments.freedom,
                    trials: data.trials, parameters: parameters.count
                ).interval(resamples[index], estimate: other.values[index], acceleration: moments.acceleration)
                else { continue }
                parameters[index].interval = Interval(
                    min(own.lower, interval.lower), max(own.upper, interval.upper))
            }
        }
    }

    /// No floor of a response that is never negative reaches below zero.
    private func clip(_ parameters: inout [FittedParameter]) {
        for index in parameters.indices where parameters[index].role == .floor {
            guard let interval = parameters[index].interval, interval.lower < 0, parameters[index].value >= 0 else { continue }
            parameters[index].interval = Interval(0, max(0, interval.upper))
        }
    }

    private func test(_ exponent: FittedParameter?, _ scatter: ExponentScatter) -> ExponentTest? {
        guard let exponent, scatter.standardError > 0 else { return nil }
        let statistic = (exponent.value - ExponentTest.hypothesis) / scatter.standardError
        let probability = StudentT(freedom: max(1, scatter.freedom)).twoSided(statistic)
        return ExponentTest(statistic: statistic, probability: probability, adjusted: probability)
    }

    /// All cells of the group; the law's value where they took part.
    private func curve(_ whole: GroupData, _ bands: [Interval?]) -> [FittedPoint] {
        let indices = analysis.chosen?.indices ?? []
        let used = Dictionary(indices.enumerated().map { (data.x[$1], ($1, $0)) }, uniquingKeysWith: { a, _ in a })
        let measured = MeasuredPoints.of(
            whole, scatter: scatter, hasIntervals: !analysis.hasTooFewTrials, options: options)
        return measured.map { measured in
            guard let own = used[measured.x] else { return measured }
            var point = measured
            point.fitted = analysis.chosen?.value(data.abscissae[own.0])
            point.band = bands.indices.contains(own.1) ? bands[own.1] : nil
            point.weight = analysis.chosen?.points.weights[own.1]
            return point
        }
    }
}
