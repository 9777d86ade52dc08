import ScalingFits

/// A row per group, numbers to 17 digits; empty where there is nothing.
struct CSVFormat: ReportFormat {
    let name = "csv"
    let summary = "a row per group with 17 digits, for tables"

    private static let columns = [
        "response", "against", "model", "exponent", "exponent_lower", "exponent_upper", "confidence", "prefactor",
        "floor", "floor_lower", "floor_upper", "window_lower", "window_upper", "points", "trials", "diverged",
        "reduced_chi_squared", "warnings",
    ]

    func render(_ outcomes: [FitOutcome], style: ReportStyle) -> String {
        let names = outcomes.first?.by.entries.map(\.name) ?? []
        var text = CSVRow.line(names + Self.columns)
        for outcome in outcomes {
            let key = names.map { CSVRow.coordinate(outcome.by[$0]) }
            text += CSVRow.line(key + fields(outcome))
        }
        return text
    }

    private func fields(_ outcome: FitOutcome) -> [String] {
        switch outcome {
        case .unfit(let group):
            let empty = Array(repeating: "", count: 13)
            return [group.response, group.against] + empty + ["\(group.diverged)", "", group.reason]
        case .fit(let fit):
            let exponent = [fit.exponent, fit.exponentInterval?.lower, fit.exponentInterval?.upper]
            let floor = [fit.floor, fit.floorInterval?.lower, fit.floorInterval?.upper]
            return [fit.response, fit.against, fit.model] + exponent.map(CSVRow.number)
                + [CSVRow.number(fit.confidence), CSVRow.number(fit.prefactor)] + floor.map(CSVRow.number)
                + [CSVRow.number(fit.window.lower), CSVRow.number(fit.window.upper)]
                + ["\(fit.points)", "\(fit.trials)", "\(fit.diverged)", CSVRow.number(fit.reducedChiSquared)]
                + [fit.warnings.joined(separator: "; ")]
        }
    }
}
