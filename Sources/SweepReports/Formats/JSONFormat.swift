import JSONText
import ScalingFits

/// A list with an object per group, its keys as users rely on them. What a model does not have is null, and so is
/// everything but `warnings` of a group that could not be fitted.
struct JSONFormat: ReportFormat {
    let name = "json"
    let summary = "a list with an object per group, for programs"

    func render(_ outcomes: [FitOutcome], style: ReportStyle) -> String {
        JSONValue.array(outcomes.map(object)).pretty + "\n"
    }

    private func object(_ outcome: FitOutcome) -> JSONValue {
        switch outcome {
        case .fit(let fit): object(fit)
        case .unfit(let group): object(group)
        }
    }

    private func object(_ fit: ScalingFit) -> JSONValue {
        .object([
            ("by", by(fit.by)),
            ("response", .string(fit.response)),
            ("against", .string(fit.against)),
            ("model", .string(fit.model)),
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
        ])
    }

    private func object(_ group: UnfitGroup) -> JSONValue {
        .object([
            ("by", by(group.by)),
            ("response", .string(group.response)),
            ("against", .string(group.against)),
            ("model", .null),
            ("exponent", .null),
            ("exponent_interval", .null),
            ("confidence", .null),
            ("prefactor", .null),
            ("floor", .null),
            ("floor_interval", .null),
            ("candidates", .array([])),
            ("window", .null),
            ("points", .null),
            ("trials", .null),
            ("diverged", .integer(group.diverged)),
            ("reduced_chi_squared", .null),
            ("warnings", .array([.string(group.reason)])),
        ])
    }

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
}
