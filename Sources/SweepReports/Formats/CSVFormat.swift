import ScalingFits

/// A row per group, numbers as the shortest text that reads back as they are; NaN, and an empty text, where there is nothing.
/// Further sections follow after an empty line, each with a header of its own.
struct CSVFormat: ReportFormat {
    let name = "csv"
    let summary = "a row per group with exact numbers, for tables"

    func render(_ document: FitDocument, style: ReportStyle) -> String {
        var sections = [fits(document.outcomes)]
        if document.showsCells { sections.append(cells(document.outcomes)) }
        if !document.pooled.isEmpty { sections.append(pooled(document.pooled)) }
        if !document.regimes.isEmpty { sections.append(locals(document.outcomes)) }
        if !document.theory.isEmpty { sections.append(theory(document.theory)) }
        if document.theory.contains(where: { !$0.coefficients.isEmpty }) { sections.append(coefficients(document.theory)) }
        if !document.precision.isEmpty { sections.append(precision(document.precision)) }
        return sections.joined(separator: "\n")
    }

    func render(_ products: [ProductOutcome], style: ReportStyle) -> String {
        var text = products.isEmpty ? CSVRow.line(Self.productColumns) : ""
        for product in products {
            switch product {
            case .law(let law):
                let names = law.by.entries.map(\.name)
                if text.isEmpty { text = CSVRow.line(names + Self.productColumns) }
                let key = law.by.entries.map { CSVRow.coordinate($0) }
                for regressor in law.regressors { text += CSVRow.line(key + row(law, regressor)) }
            case .unfit(let group):
                if text.isEmpty { text = CSVRow.line(group.by.entries.map(\.name) + Self.productColumns) }
                let key = group.by.entries.map { CSVRow.coordinate($0) }
                let empty = Array(repeating: CSVRow.number(nil), count: 7)
                text += CSVRow.line(key + [group.response, ""] + empty + ["0", "0", group.reason])
            }
        }
        return text
    }

    func render(best settings: [BestSetting], style: ReportStyle) -> String {
        let names = settings.first?.by.entries.map(\.name) ?? []
        let over = settings.lazy.compactMap(\.best).first?.at.entries.map(\.name) ?? settings.first?.over ?? []
        let known = settings.flatMap { [$0.best?.at, $0.runnerUp?.at].compactMap(\.self) + $0.diverged }
        let named = over.filter { name in known.contains { if case .name? = $0[name] { true } else { false } } }
        var text = CSVRow.line(names + ["response"] + over.map { "best_\($0)" } + ["best_mean", "best_standard_error"]
            + over.map { "runner_up_\($0)" } + [
                "runner_up_mean", "runner_up_standard_error", "difference", "difference_lower", "difference_upper", "confidence",
                "differs", "trial_by_trial", "no_worse", "diverged", "at_end",
            ])
        for setting in settings {
            func fields(_ candidate: BestSetting.Candidate?) -> [String] {
                over.map { Self.place(candidate?.at, $0, isNamed: named.contains($0)) }
                    + [candidate?.mean, candidate?.standardError].map(CSVRow.number)
            }
            let numbers = [setting.difference, setting.interval?.lower, setting.interval?.upper, setting.confidence]
            text += CSVRow.line(
                names.map { CSVRow.coordinate(setting.by, $0) } + [setting.response] + fields(setting.best)
                    + fields(setting.runnerUp) + numbers.map(CSVRow.number)
                    + [setting.differs.map { "\($0)" } ?? "", "\(setting.isPaired)"]
                    + ["\(setting.equals.count)", "\(setting.diverged.count)", "\(setting.isAtEnd)"])
        }
        return text
    }

    /// Where the best setting or the runner-up stands. There may be none, so numbers are floats, and NaN there.
    private static func place(_ key: GroupKey?, _ name: String, isNamed: Bool) -> String {
        switch key?[name] {
        case .name(let value): value
        case .number(let value): CSVRow.number(value)
        case nil: isNamed ? "" : CSVRow.number(nil)
        }
    }

    func render(comparison: PairComparison, style: ReportStyle) -> String {
        let names = comparison.places.first?.at.entries.map(\.name) ?? []
        var text = CSVRow.line(names + [
            "response", "first", "second", "mean_first", "mean_second", "trials", "difference", "difference_lower", "difference_upper",
            "ratio", "ratio_lower", "ratio_upper", "share_first_nearer", "probability", "probability_holm", "nearer",
        ])
        for place in comparison.places {
            let means = [place.first, place.second].map(CSVRow.number)
            let numbers = [
                place.difference, place.interval?.lower, place.interval?.upper, place.ratio, place.ratioInterval?.lower,
                place.ratioInterval?.upper, place.shareNearer, place.probability, place.adjusted,
            ]
            text += CSVRow.line(
                names.map { CSVRow.coordinate(place.at, $0) }
                    + [comparison.response, comparison.first.description, comparison.second.description] + means
                    + ["\(place.trials)"] + numbers.map(CSVRow.number) + [comparison.nearer(place)?.description ?? ""])
        }
        guard !comparison.crossings.isEmpty else { return text }
        let groups = comparison.crossings[0].by.entries.map(\.name)
        text += "\n" + CSVRow.line(groups + [comparison.against ?? "x", "lower", "upper", "upward"])
        for group in comparison.crossings {
            for crossing in group.found {
                let numbers = [crossing.x, crossing.interval?.lower, crossing.interval?.upper]
                text += CSVRow.line(
                    groups.map { CSVRow.coordinate(group.by, $0) } + numbers.map(CSVRow.number) + ["\(crossing.isUpward)"])
            }
        }
        return text
    }

    private static let productColumns = [
        "response", "regressor", "exponent", "exponent_lower", "exponent_upper", "confidence", "prefactor",
        "deviation", "explained_deviation", "cells", "trials", "warnings",
    ]

    private func row(_ law: ProductLaw, _ regressor: ProductLaw.Regressor) -> [String] {
        let numbers = [regressor.exponent, regressor.interval?.lower, regressor.interval?.upper, law.confidence]
            + [law.prefactor, law.deviation, law.explainedDeviation]
        return [law.response, regressor.name] + numbers.map(CSVRow.number)
            + ["\(law.cells)", "\(law.trials)", law.warnings.joined(separator: "; ")]
    }

    // MARK: Groups

    private static let columns = [
        "response", "against", "model", "exponent", "exponent_lower", "exponent_upper", "confidence", "prefactor",
        "floor", "floor_lower", "floor_upper", "window_lower", "window_upper", "window_origin", "points", "trials",
        "diverged", "missing", "reduced_chi_squared", "fit_probability", "exponent_2_probability",
        "exponent_2_probability_holm", "undecided", "outcome", "least_local_exponent", "largest_local_exponent",
    ]

    private func fits(_ outcomes: [FitOutcome]) -> String {
        let names = outcomes.first?.by.entries.map(\.name) ?? []
        let models = ModelCatalogue.descriptions.map(\.name)
        // Floor, prefactor and exponent have columns of their own.
        let parameters = ModelCatalogue.parameters.map(\.name).filter { !Self.columns.contains($0) }
        let extra = parameters.flatMap { [$0, "\($0)_lower", "\($0)_upper"] } + models.map { "weight_\($0)" }
        var text = CSVRow.line(names + Self.columns + extra + ["warnings"])
        for outcome in outcomes {
            let key = names.map { CSVRow.coordinate(outcome.by, $0) }
            switch outcome {
            case .fit(let fit):
                let values = parameters.flatMap { name -> [Double?] in
                    let own = fit.parameters.first { $0.name == name }
                    return [own?.value, own?.interval?.lower, own?.interval?.upper]
                } + models.map { model in fit.candidates.first { $0.model == model }?.weight }
                text += CSVRow.line(
                    key + fields(fit) + values.map(CSVRow.number) + [fit.warnings.joined(separator: "; ")])
            case .unfit(let group):
                let known = [
                    "response": group.response, "against": group.against, "model": "", "window_origin": "", "points": "0",
                    "trials": "0", "diverged": "\(group.diverged)", "missing": "\(group.missing)", "undecided": "", "outcome": "",
                ]
                let own = Self.columns.map { known[$0] ?? CSVRow.number(nil) }
                text += CSVRow.line(key + own + extra.map { _ in CSVRow.number(nil) } + [group.reason])
            }
        }
        return text
    }

    private func fields(_ fit: ScalingFit) -> [String] {
        let law = [
            fit.exponent, fit.exponentInterval?.lower, fit.exponentInterval?.upper, fit.confidence, fit.prefactor,
            fit.floor, fit.floorInterval?.lower, fit.floorInterval?.upper, fit.window.lower, fit.window.upper,
        ]
        let tests = [
            fit.reducedChiSquared, fit.fitProbability, fit.exponentTest?.probability, fit.exponentTest?.adjusted,
        ]
        return [fit.response, fit.against, fit.model ?? ""] + law.map(CSVRow.number) + [fit.windowOrigin.rawValue]
            + ["\(fit.points)", "\(fit.trials)", "\(fit.diverged)", "\(fit.missing)"] + tests.map(CSVRow.number)
            + [fit.undecided.joined(separator: " "), fit.outcome.rawValue]
            + [fit.localRange?.least.slope, fit.localRange?.largest.slope].map(CSVRow.number)
    }

    // MARK: Sections

    private func cells(_ outcomes: [FitOutcome]) -> String {
        perGroup(outcomes, [
            "measured", "measured_lower", "measured_upper", "standard_error", "fitted", "fitted_lower", "fitted_upper",
            "residual", "finished", "diverged", "missing",
        ]) { outcome in
            outcome.cells.map { cell, point in
                let measured = [point?.mean, point?.interval?.lower, point?.interval?.upper, point?.standardError]
                let law = [point?.fitted, point?.band?.lower, point?.band?.upper, point?.residual]
                return (cell.x, (measured + law).map(CSVRow.number) + ["\(cell.finished)", "\(cell.diverged)", "\(cell.missing)"])
            }
        }
    }

    private func locals(_ outcomes: [FitOutcome]) -> String {
        perGroup(outcomes, ["to", "local_exponent", "lower", "upper", "regime"]) { outcome in
            guard case .fit(let fit) = outcome else { return [] }
            return fit.localExponents.map { local in
                (local.from, [local.to, local.slope, local.interval?.lower, local.interval?.upper].map(CSVRow.number)
                    + [Regime(local).rawValue])
            }
        }
    }

    /// A row per group and abscissa.
    private func perGroup(
        _ outcomes: [FitOutcome], _ columns: [String], _ rows: (FitOutcome) -> [(x: Double, fields: [String])]
    ) -> String {
        guard let first = outcomes.first else { return "" }
        var text = CSVRow.line(first.by.entries.map(\.name) + [first.against] + columns)
        for outcome in outcomes {
            let key = outcome.by.entries.map { CSVRow.coordinate($0) }
            for row in rows(outcome) { text += CSVRow.line(key + [CSVRow.number(row.x)] + row.fields) }
        }
        return text
    }

    private func pooled(_ pools: [PooledExponent]) -> String {
        let names = pools.first?.by.entries.map(\.name) ?? []
        var text = CSVRow.line(names + [
            "groups", "left_out", "exponent", "exponent_lower", "exponent_upper", "standard_error", "heterogeneity",
            "homogeneity_probability",
        ])
        for pool in pools {
            let numbers = [
                pool.exponent, pool.interval.lower, pool.interval.upper, pool.standardError, pool.heterogeneity,
                pool.homogeneityProbability,
            ]
            text += CSVRow.line(
                names.map { CSVRow.coordinate(pool.by, $0) } + ["\(pool.groups)", "\(pool.leftOut)"]
                    + numbers.map(CSVRow.number))
        }
        return text
    }

    private func coefficients(_ comparisons: [TheoryComparison]) -> String {
        let names = comparisons.first?.by.entries.map(\.name) ?? []
        var text = CSVRow.line(names + ["parameter", "fitted", "standard_error", "lower", "upper", "theory", "z"])
        for comparison in comparisons {
            let key = names.map { CSVRow.coordinate(comparison.by, $0) }
            for own in comparison.coefficients {
                let numbers = [own.fitted, own.standardError, own.interval?.lower, own.interval?.upper, own.theory, own.zScore]
                text += CSVRow.line(key + [own.name] + numbers.map(CSVRow.number))
            }
        }
        return text
    }

    private func precision(_ needs: [PrecisionNeed]) -> String {
        let names = needs.first?.by.entries.map(\.name) ?? []
        var text = CSVRow.line(names + [
            "target", "half_width", "trials_per_cell", "needed_per_cell", "cells", "needed", "to_run",
        ])
        for need in needs {
            text += CSVRow.line(
                names.map { CSVRow.coordinate(need.by, $0) } + [need.target, need.halfWidth].map(CSVRow.number)
                    + ["\(need.present)", CSVRow.count(need.trials), "\(need.cells)"] + [need.total, need.further].map(CSVRow.count))
        }
        return text
    }

    private func theory(_ comparisons: [TheoryComparison]) -> String {
        let names = comparisons.first?.by.entries.map(\.name) ?? []
        let against = comparisons.first?.against ?? "x"
        var text = CSVRow.line(names + [against] + [
            "measured", "standard_error", "predicted", "prediction_error", "z", "agrees", "form",
        ])
        for comparison in comparisons {
            let key = names.map { CSVRow.coordinate(comparison.by, $0) }
            for row in comparison.rows {
                let numbers = [
                    row.x, row.measured, row.standardError, row.predicted, row.predictionError, row.zScore,
                ]
                text += CSVRow.line(key + numbers.map(CSVRow.number) + [row.verdict, row.form])
            }
        }
        return text
    }
}
