/// The way of one group: check, compare models, choose, resample, report.
struct GroupFitter {
    let table: ResponseTable
    let options: FitOptions
    /// `nil`: no intervals.
    let plan: ResamplePlan?

    func outcome() -> FitOutcome {
        let data = GroupData(table, window: options.window)
        let admission = Admission(table: table, data: data)
        if let objection = admission.objection() { return unfit(objection) }
        let isForced = options.model != FitOptions.automatic
        let objections = ModelCatalogue.all.map { ($0, admission.objection(to: $0)) }
        if isForced, let objection = objections.first(where: { $0.0.name == options.model })?.1 {
            return unfit(objection)
        }
        let scatter: Scatter = data.hasScatter ? .statistical : .none
        let admitted = objections.filter { $0.1 == nil }.map(\.0)
        let comparison = ModelComparison(data: data, scatter: scatter, models: admitted)
        let chosen = isForced ? comparison.candidate(named: options.model) : comparison.preferred
        guard let chosen else {
            return unfit(
                objections.first?.1
                    ?? "the points do not determine any model; add values of \(table.against) or trials")
        }
        return .fit(report(data, scatter, comparison, chosen))
    }

    private func unfit(_ objection: String) -> FitOutcome {
        .unfit(UnfitGroup(
            by: table.group, response: table.response, against: table.against, diverged: table.diverged,
            reason: "group (\(table.group)): \(objection)"))
    }

    private func spread(_ data: GroupData, _ scatter: Scatter, _ chosen: ModelComparison.Candidate) -> BootstrapSpread {
        guard let plan, case .statistical = scatter else { return BootstrapSpread() }
        return chosen.model.resampled(
            chosen.indices.map { data.responses[$0] }, points: chosen.points, start: chosen.fit, plan: plan)
    }

    private func report(
        _ data: GroupData, _ scatter: Scatter, _ comparison: ModelComparison, _ chosen: ModelComparison.Candidate
    ) -> ScalingFit {
        let reading = chosen.model.reading(
            coefficients: chosen.fit.coefficients, exponent: chosen.fit.exponent, scale: data.scale)
        let freedom = chosen.points.count - chosen.model.parameters
        var reducedChiSquared: Double?
        if case .statistical = scatter, freedom > 0 { reducedChiSquared = chosen.fit.chiSquared / Double(freedom) }
        let spread = spread(data, scatter, chosen)
        var warnings = FitWarnings(
            table: table, data: data, scatter: scatter, comparison: comparison, chosen: chosen, reading: reading,
            reducedChiSquared: reducedChiSquared).all
        if let plan, spread.failures * 100 > plan.resamples {
            warnings.append("\(spread.failures) of \(plan.resamples) resamples have no fit: intervals are too narrow")
        }
        let used = chosen.indices
        return ScalingFit(
            by: table.group, response: table.response, against: table.against, model: chosen.model.name,
            exponent: reading.exponent,
            exponentInterval: BootstrapSpread.interval(spread.exponents, confidence: options.confidence),
            confidence: options.confidence, prefactor: reading.prefactor, floor: reading.floor,
            floorInterval: BootstrapSpread.interval(spread.floors, confidence: options.confidence),
            candidates: comparison.scores, window: Interval(data.x[used[0]], data.x[used[used.count - 1]]),
            points: used.count, trials: used.reduce(0) { $0 + data.counts[$1] }, diverged: table.diverged,
            reducedChiSquared: reducedChiSquared, warnings: warnings, coefficients: reading.coefficients,
            curve: curve(data, scatter, chosen))
    }

    private func curve(
        _ data: GroupData, _ scatter: Scatter, _ chosen: ModelComparison.Candidate
    ) -> [FittedPoint] {
        let values = chosen.model.values(chosen.fit, at: chosen.points.abscissae)
        return zip(chosen.indices, values).map { index, value in
            var error: Double?
            if case .statistical = scatter { error = data.standardErrors[index] }
            return FittedPoint(x: data.x[index], mean: data.means[index], standardError: error, fitted: value)
        }
    }
}
