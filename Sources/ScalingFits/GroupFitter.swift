/// The way of one group: check, compare models, find the window, choose, resample, report.
struct GroupFitter {
    let table: ResponseTable
    let options: FitOptions
    /// At least as many resamples as tests of residuals need; intervals use those that the options ask for.
    let plan: ResamplePlan

    func outcome() -> FitOutcome {
        var window: ClosedRange<Double>?
        if case .range(let range) = options.window { window = range }
        let data = GroupData(table, window: window, summary: options.summary, leavesOutRunaways: options.window == .automatic)
        let admission = Admission(table: table, data: data)
        if let objection = admission.objection() { return unfit(objection) }
        let objections = ModelCatalogue.all.map { ($0, admission.objection(to: $0)) }
        if options.isForced, let objection = objections.first(where: { $0.0.name == options.model })?.1 {
            return unfit(objection)
        }
        let models = objections.filter { $0.1 == nil }.map(\.0)
        let simplest = objections.first { $0.0.name == ModelCatalogue.simplestLaw?.name }?.1
        guard let analysis = analysis(of: data, models) else {
            return unfit(
                simplest ?? "the points do not determine any model; add values of \(table.against) or trials")
        }
        let laws = models.contains { $0.isChosenAutomatically && !$0.isConstant }
        if analysis.chosen == nil, !options.isForced, !laws, let simplest { return unfit(simplest) }
        return .fit(FitReport(table: table, options: options, analysis: analysis).fit())
    }

    private func unfit(_ objection: String) -> FitOutcome {
        let whole = GroupData(table, window: nil, summary: options.summary)
        return .unfit(UnfitGroup(
            by: table.group, response: options.summary.label(table.response), against: table.against,
            diverged: table.diverged, missing: table.missing, objection: objection, tally: whole.tally,
            curve: MeasuredPoints.of(
                whole, scatter: Scatter(whole), hasIntervals: whole.trials >= Acceptance.fewestTrials, options: options)))
    }

    private var forced: String? { options.isForced ? options.model : nil }

    /// The whole group where a model describes it, otherwise a part of it that one does, otherwise no law.
    private func analysis(of data: GroupData, _ models: [any FitModel]) -> GroupAnalysis? {
        let scatter = Scatter(data)
        let sample: WeightedSample = switch scatter {
        case .statistical: WeightedSample(data, isJoint: table.isJoint, plan: plan)
        case .none: .withoutScatter(data)
        }
        let contenders = options.isForced ? models.filter { $0.name == options.model } : models
        var comparison = ModelComparison(
            data: data, sample: sample, scatter: scatter, models: contenders, forced: forced)
        guard !comparison.candidates.isEmpty else { return nil }
        let origin: WindowOrigin = if case .range = options.window { .set } else { .all }
        let isDecidable = if case .statistical = scatter { data.trials >= Acceptance.fewestTrials } else { true }
        guard isDecidable else {
            return GroupAnalysis(
                whole: data, wholeSample: sample, comparison: comparison, chosen: nil, origin: origin, neighbours: [], hasTooFewTrials: true)
        }
        if let constant = constant(comparison, models) {
            return GroupAnalysis(
                whole: data, wholeSample: sample, comparison: constant, chosen: constant.candidates.first { $0.model.isConstant }, origin: origin,
                neighbours: [])
        }
        let chosen = options.isForced
            ? comparison.candidates.first { Acceptance.accepts($0, scatter: scatter) }
            : ModelChoice.preferred(comparison)
        if chosen == nil, case .automatic = options.window {
            let windows = WindowSearch(
                data: data, sample: sample, scatter: scatter, models: contenders, forced: forced,
                constant: models.first(where: \.isConstant)
            ).windows()
            if let best = windows.first {
                return GroupAnalysis(
                    whole: data, wholeSample: sample, comparison: best.comparison, chosen: best.chosen, origin: .found,
                    neighbours: Array(windows.dropFirst()))
            }
        }
        if options.isForced { comparison = comparison.adding(models) }
        return GroupAnalysis(
            whole: data, wholeSample: sample, comparison: comparison, chosen: chosen, origin: origin, neighbours: [])
    }

    /// Where a law with terms beside its floor was asked for and nothing depends on x, its exponent means nothing.
    private func constant(_ comparison: ModelComparison, _ models: [any FitModel]) -> ModelComparison? {
        guard let forced = comparison.candidates.first, options.isForced, forced.model.usesZero,
            !forced.model.isConstant, let model = models.first(where: \.isConstant)
        else { return nil }
        let other = ModelComparison(
            data: comparison.data, sample: comparison.sample, scatter: comparison.scatter, models: [model], forced: nil)
        return ModelChoice.preferred(other) == nil ? nil : other
    }
}
