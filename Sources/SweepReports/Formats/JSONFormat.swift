import JSONText
import ScalingFits

/// A list with an object per group, its keys as users rely on them. What a model does not have is null, and so is what only a
/// fit can know of a group that could not be fitted.
struct JSONFormat: ReportFormat {
    let name = "json"
    let summary = "a list with an object per group, for programs"

    func render(_ document: FitDocument, style: ReportStyle) -> String { value(document).pretty + "\n" }

    func value(_ document: FitDocument) -> JSONValue {
        .array(document.outcomes.map { outcome in
            switch outcome {
            case .fit(let fit): .object(members(fit) + details(fit) + shared(fit.by, document))
            case .unfit(let group): .object(members(group) + details(group))
            }
        })
    }

    func render(_ products: [ProductOutcome], style: ReportStyle) -> String {
        JSONValue.array(products.map { product in
            switch product {
            case .law(let law): .object(members(law))
            case .unfit(let group): .object(members(group))
            }
        }).pretty + "\n"
    }

    func render(best settings: [BestSetting], style: ReportStyle) -> String {
        JSONValue.array(settings.map { setting in
            .object([
                ("by", by(setting.by)), ("response", .string(setting.response)),
                ("over", .array(setting.over.map(JSONValue.string))), ("best", place(setting.best)),
                ("runner_up", place(setting.runnerUp)), ("difference", .optional(setting.difference)),
                ("difference_interval", interval(setting.interval)), ("confidence", .number(setting.confidence)),
                ("differs", setting.differs.map(JSONValue.boolean) ?? .null), ("trial_by_trial", .boolean(setting.isPaired)),
                ("no_worse", .array(setting.equals.map(by))), ("diverged", .array(setting.diverged.map(by))),
                ("at_end", .boolean(setting.isAtEnd)),
            ])
        }).pretty + "\n"
    }

    func render(comparison: PairComparison, style: ReportStyle) -> String {
        func name(_ value: GroupValue) -> JSONValue {
            switch value {
            case .name(let name): .string(name)
            case .number(let number): .number(number)
            }
        }
        return JSONValue.object([
            ("over", .string(comparison.over)), ("first", name(comparison.first)), ("second", name(comparison.second)),
            ("response", .string(comparison.response)), ("against", comparison.against.map(JSONValue.string) ?? .null),
            ("trial_by_trial", .boolean(comparison.isPaired)), ("confidence", .number(comparison.confidence)),
            ("first_alone", .integer(comparison.firstAlone)), ("second_alone", .integer(comparison.secondAlone)),
            ("places", .array(comparison.places.map { place in
                .object([
                    ("at", by(place.at)), ("first", .number(place.first)), ("second", .number(place.second)),
                    ("trials", .integer(place.trials)), ("difference", .number(place.difference)),
                    ("difference_interval", interval(place.interval)), ("ratio", .optional(place.ratio)),
                    ("ratio_interval", interval(place.ratioInterval)), ("share_first_nearer", .optional(place.shareNearer)),
                    ("probability", .optional(place.probability)), ("probability_holm", .optional(place.adjusted)),
                    ("nearer", comparison.nearer(place).map(name) ?? .null),
                ])
            })),
            ("crossings", .array(comparison.crossings.map { group in
                .object([("by", by(group.by)), ("found", .array(group.found.map(crossing)))])
            })),
        ]).pretty + "\n"
    }

    private func place(_ candidate: BestSetting.Candidate?) -> JSONValue {
        candidate.map { candidate in
            .object([
                ("at", by(candidate.at)), ("mean", .number(candidate.mean)),
                ("standard_error", .optional(candidate.standardError)), ("trials", .integer(candidate.finished)),
            ])
        } ?? .null
    }

    private func members(_ fit: ScalingFit) -> [(String, JSONValue)] {
        [
            ("by", by(fit.by)),
            ("response", .string(fit.response)),
            ("against", .string(fit.against)),
            ("model", fit.model.map(JSONValue.string) ?? .null),
            ("exponent", .optional(fit.exponent)),
            ("exponent_interval", interval(fit.exponentInterval)),
            ("confidence", .number(fit.confidence)),
            ("prefactor", .optional(fit.prefactor)),
            ("floor", .optional(fit.floor)),
            ("floor_interval", interval(fit.floorInterval)),
            ("candidates", .array(fit.candidates.map(candidate))),
            ("window", interval(fit.window)),
            ("points", .integer(fit.points)),
            ("trials", .integer(fit.trials)),
            ("diverged", .integer(fit.diverged)),
            ("reduced_chi_squared", .optional(fit.reducedChiSquared)),
            ("warnings", .array(fit.warnings.map(JSONValue.string))),
        ]
    }

    /// What stands behind the promised keys.
    private func details(_ fit: ScalingFit) -> [(String, JSONValue)] {
        [
            ("outcome", .string(fit.outcome.rawValue)),
            ("missing", .integer(fit.missing)),
            ("window_origin", .string(fit.windowOrigin.rawValue)),
            ("fit_probability", .optional(fit.fitProbability)),
            ("undecided", .array(fit.undecided.map(JSONValue.string))),
            ("parameters", .array(fit.parameters.map(parameter))),
            ("extra_terms", .array(fit.extraTerms.map { bound in
                .object([("term", .string(bound.term)), ("share_not_excluded", .number(bound.share))])
            })),
            ("baseline", fit.contrast.map(contrast) ?? .null),
            ("exponent_2", fit.exponentTest.map(test) ?? .null),
            ("local_exponents", .array(fit.localExponents.map(local))),
            ("leave_one_out", .array(fit.leaveOneOut.map { left in
                .object([("left_out", .number(left.x)), ("exponent", .number(left.exponent))])
            })),
            ("cells", .array(cells(.fit(fit)))),
        ]
    }

    /// Sections over several groups, in each group they concern.
    private func shared(_ key: GroupKey, _ document: FitDocument) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = []
        if let pool = document.pooled.first(where: { $0.by.entries.allSatisfy { key[$0.name] == $0.value } }) {
            members.append(("pooled", pooled(pool)))
        }
        if let comparison = document.theory.first(where: { $0.by == key }) {
            members.append(("theory", .array(comparison.rows.map(theory))))
            members.append(("theory_parameters", .array(comparison.coefficients.map { own in
                .object([
                    ("name", .string(own.name)), ("fitted", .number(own.fitted)), ("standard_error", .optional(own.standardError)),
                    ("interval", interval(own.interval)), ("theory", .number(own.theory)), ("z", .optional(own.zScore)),
                ])
            })))
        }
        if let need = document.precision.first(where: { $0.by == key }) {
            members.append(("precision", .object([
                ("target", .number(need.target)), ("half_width", .optional(need.halfWidth)), ("trials_per_cell", .integer(need.present)),
                ("needed_per_cell", need.trials.map(JSONValue.integer) ?? .null), ("cells", .integer(need.cells)),
                ("needed", need.total.map(JSONValue.integer) ?? .null), ("to_run", need.further.map(JSONValue.integer) ?? .null),
            ])))
        }
        return members
    }

    private func members(_ group: UnfitGroup) -> [(String, JSONValue)] {
        let empty = ["model", "exponent", "exponent_interval", "confidence", "prefactor", "floor", "floor_interval"]
        let start: [(String, JSONValue)] = [
            ("by", by(group.by)), ("response", .string(group.response)), ("against", .string(group.against)),
        ]
        return start + empty.map { ($0, .null) } + [
            ("candidates", .array([])),
            ("window", .null),
            ("points", .null),
            ("trials", .null),
            ("diverged", .integer(group.diverged)),
            ("reduced_chi_squared", .null),
            ("warnings", .array([.string(group.reason)])),
            ("outcome", .null),
        ]
    }

    /// What was measured all the same.
    private func details(_ group: UnfitGroup) -> [(String, JSONValue)] {
        [
            ("missing", .integer(group.missing)), ("parameters", .array([])), ("local_exponents", .array([])),
            ("cells", .array(cells(.unfit(group)))),
        ]
    }

    private func members(_ law: ProductLaw) -> [(String, JSONValue)] {
        [
            ("by", by(law.by)),
            ("response", .string(law.response)),
            ("model", .string("product")),
            ("exponents", .array(law.regressors.map { regressor in
                .object([
                    ("against", .string(regressor.name)), ("exponent", .number(regressor.exponent)),
                    ("exponent_interval", interval(regressor.interval)),
                    ("standard_error", .optional(regressor.standardError)),
                ])
            })),
            ("confidence", .number(law.confidence)),
            ("prefactor", .number(law.prefactor)),
            ("prefactor_interval", interval(law.prefactorInterval)),
            ("deviation", .number(law.deviation)),
            ("explained_deviation", .number(law.explainedDeviation)),
            ("cells", .integer(law.cells)),
            ("trials", .integer(law.trials)),
            ("diverged", .integer(law.diverged)),
            ("missing", .integer(law.missing)),
            ("warnings", .array(law.warnings.map(JSONValue.string))),
        ]
    }
}

extension JSONFormat {
    private func by(_ key: GroupKey) -> JSONValue {
        .object(key.entries.map { entry in
            switch entry.value {
            case .name(let name): (entry.name, .string(name))
            case .number(let number): (entry.name, .number(number))
            }
        })
    }

    private func interval(_ interval: Interval?) -> JSONValue {
        interval.map { .array([.number($0.lower), .number($0.upper)]) } ?? .null
    }

    private func candidate(_ score: ModelScore) -> JSONValue {
        .object([("model", .string(score.model)), ("aicc", .optional(score.aicc)), ("weight", .optional(score.weight))])
    }

    private func parameter(_ parameter: FittedParameter) -> JSONValue {
        .object([
            ("name", .string(parameter.name)), ("value", .number(parameter.value)),
            ("standard_error", .optional(parameter.standardError)), ("interval", interval(parameter.interval)),
        ])
    }

    private func contrast(_ contrast: BaselineContrast) -> JSONValue {
        .object([
            ("dip", contrast.dip.map { dip in
                .object([
                    ("at", .number(dip.x)), ("relative", .number(dip.relative)), ("interval", interval(dip.interval)),
                ])
            } ?? .null),
            ("crossings", .array(contrast.crossings.map(crossing))),
        ])
    }

    private func crossing(_ crossing: Crossing) -> JSONValue {
        .object([
            ("at", .number(crossing.x)), ("interval", interval(crossing.interval)), ("upward", .boolean(crossing.isUpward)),
        ])
    }

    private func test(_ test: ExponentTest) -> JSONValue {
        .object([
            ("statistic", .number(test.statistic)), ("probability", .number(test.probability)),
            ("probability_holm", .number(test.adjusted)),
        ])
    }

    private func local(_ local: LocalExponent) -> JSONValue {
        .object([
            ("from", .number(local.from)), ("to", .number(local.to)), ("exponent", .number(local.slope)),
            ("interval", interval(local.interval)), ("regime", .string(Regime(local).rawValue)),
        ])
    }

    private func cells(_ outcome: FitOutcome) -> [JSONValue] {
        outcome.cells.map { cell, point in
            .object([
                ("at", .number(cell.x)), ("finished", .integer(cell.finished)), ("diverged", .integer(cell.diverged)),
                ("missing", .integer(cell.missing)), ("measured", .optional(point?.mean)),
                ("standard_error", .optional(point?.standardError)), ("interval", interval(point?.interval)),
                ("fitted", .optional(point?.fitted)), ("band", interval(point?.band)),
                ("residual", .optional(point?.residual)),
            ])
        }
    }

    private func pooled(_ pool: PooledExponent) -> JSONValue {
        .object([
            ("by", by(pool.by)), ("groups", .integer(pool.groups)), ("exponent", .number(pool.exponent)),
            ("exponent_interval", interval(pool.interval)), ("heterogeneity", .number(pool.heterogeneity)),
            ("homogeneity_probability", .optional(pool.homogeneityProbability)),
        ])
    }

    private func theory(_ row: TheoryRow) -> JSONValue {
        .object([
            ("at", .number(row.x)), ("measured", .number(row.measured)),
            ("standard_error", .optional(row.standardError)), ("predicted", .number(row.predicted)),
            ("prediction_error", .number(row.predictionError)), ("z", .optional(row.zScore)),
            ("agrees", .boolean(row.agrees())), ("depends_on_rounding", .boolean(row.dependsOnRounding)),
            ("form", .string(row.form)),
        ])
    }
}
