/// The way of one group: check, compare models, find the window, choose, resample, report.
struct GroupFitter {
    let table: ResponseTable
    let options: FitOptions
    /// `nil`: no intervals.
    let plan: ResamplePlan?

    func outcome() -> FitOutcome {
        var window: ClosedRange<Double>?
        if case .range(let range) = options.window { window = range }
        let data = GroupData(table, window: window, summary: options.summary)
        let admission = Admission(table: table, data: data)
        if let objection = admission.objection() { return unfit(objection) }
        let objections = ModelCatalogue.all.map { ($0, admission.objection(to: $0)) }
        if options.isForced, let objection = objections.first(where: { $0.0.name == options.model })?.1 {
            return unfit(objection)
        }
        let models = objections.filter { $0.1 == nil }.map(\.0)
        let contenders = options.isForced ? models.filter { $0.name == options.model } : models
        guard let analysis = analysis(of: data, contenders)?.completed(by: models, table) else {
            return unfit(
                objections.first { $0.0.name == "power" }?.1
                    ?? "the points do not determine any model; add values of \(table.against) or trials")
        }
        return .fit(FitReport(table: table, options: options, plan: plan, analysis: analysis).fit())
    }

    private func unfit(_ objection: String) -> FitOutcome {
        .unfit(UnfitGroup(
            by: table.group, response: options.summary.label(table.response), against: table.against,
            diverged: table.diverged, reason: "group (\(table.group)): \(objection)"))
    }

    /// The whole group where a model describes it, otherwise a part of it that one does, otherwise the whole with
    /// weights by variances alone: joint weights would follow a wrong model's error.
    private func analysis(of data: GroupData, _ models: [any FitModel]) -> GroupAnalysis? {
        let origin: WindowOrigin = if case .range = options.window { .set } else { .all }
        guard let whole = GroupAnalysis(data, models, table: table, options: options, origin: origin) else { return nil }
        guard !whole.isAccepted else { return whole }
        if case .automatic = options.window, let part = found(whole, models) { return part }
        guard whole.comparison.sample.hasJointWeights else { return whole }
        var marginal = GroupAnalysis(
            data, models, table: table, options: options, origin: origin, jointWeights: false)
        marginal?.rejection = whole.chosen
        return marginal ?? whole
    }

    private func found(_ whole: GroupAnalysis, _ models: [any FitModel]) -> GroupAnalysis? {
        let search = WindowSearch(
            data: whole.data, sample: whole.comparison.sample, scatter: whole.comparison.scatter,
            models: models, isForced: options.isForced)
        guard let window = search.window() else { return nil }
        let data = GroupData(table, window: window, summary: options.summary)
        let admission = Admission(table: table, data: data)
        let allowed = models.filter { admission.objection(to: $0) == nil }
        let part = GroupAnalysis(data, allowed, table: table, options: options, origin: .found)
        return part.flatMap { $0.isAccepted ? $0 : nil }
    }
}

/// All models on one window of a group, and the one that is reported.
struct GroupAnalysis {
    let data: GroupData
    private(set) var comparison: ModelComparison
    let chosen: Candidate
    let origin: WindowOrigin
    let isAccepted: Bool
    /// The fit with joint weights that was given up because no model describes the points.
    var rejection: Candidate?

    /// `nil` where no model can be fitted.
    init?(
        _ data: GroupData, _ models: [any FitModel], table: ResponseTable, options: FitOptions, origin: WindowOrigin,
        jointWeights: Bool = true
    ) {
        let scatter = Scatter(data)
        let sample: WeightedSample
        switch scatter {
        case .statistical:
            let fitting = CrossFitting(data, isJoint: table.isJoint, guide: PilotFit.guide(data))
            sample = fitting.sample(jointWeights: jointWeights)
        case .none: sample = .withoutScatter(data)
        }
        self.data = data
        self.origin = origin
        comparison = ModelComparison(data: data, sample: sample, scatter: scatter, models: models)
        let choice = options.isForced
            ? comparison.candidate(named: options.model) : ModelChoice.preferred(comparison)
        guard let choice else { return nil }
        chosen = choice
        let rivals = options.isForced ? [choice] : ModelChoice.eligible(comparison)
        isAccepted = rivals.contains { Acceptance.accepts($0, isForced: options.isForced, scatter: scatter) }
    }
}

extension GroupAnalysis {
    /// Compares a model that was forced with the others that the window allows.
    func completed(by models: [any FitModel], _ table: ResponseTable) -> GroupAnalysis {
        let admission = Admission(table: table, data: data)
        var result = self
        result.comparison = comparison.adding(models.filter { admission.objection(to: $0) == nil })
        return result
    }
}

extension WeightedSample {
    /// Means that count in relative terms, with nothing known of their error.
    static func withoutScatter(_ data: GroupData) -> WeightedSample {
        let weights = Scatter.magnitudes(data).map { 1 / ($0 * $0) }
        return WeightedSample(
            responses: data.responses, means: data.means, precision: .diagonal(weights),
            covariance: .diagonal(weights.map { _ in 0 }), isJoint: false, hasJointWeights: false)
    }
}
