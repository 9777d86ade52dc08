import ScalingFits

/// The laws of all groups.
enum FitTable {
    /// Parameters with a column of their own in any case.
    private static let common = ["exponent", "prefactor", "floor"]

    static func table(_ outcomes: [FitOutcome], _ signs: TableSigns) -> ReportTable {
        let names = outcomes.first?.by.entries.map(\.name) ?? []
        let extra = extraParameters(outcomes)
        var table = ReportTable(
            title: title(outcomes),
            headers: ["#"] + names + ["model"] + common + extra
                + ["p(2)", "window", "points", "trials", "diverged", "chi2/dof"],
            keys: 1 + names.count, rows: [])
        for (index, outcome) in outcomes.enumerated() {
            let key = ["\(index + 1)"] + names.map { signs.coordinate(outcome.by[$0]) }
            switch outcome {
            case .fit(let fit):
                table.rows.append(key + cells(fit, extra, signs))
                fit.warnings.forEach { table.note($0, row: index + 1) }
            case .unfit(let group):
                // The same reason for many groups is one note.
                table.note("not fitted: " + group.objection, row: index + 1)
            }
        }
        func has(_ isTrue: (ScalingFit) -> Bool) -> Bool {
            outcomes.contains { if case .fit(let fit) = $0 { isTrue(fit) } else { false } }
        }
        if has({ !$0.undecided.isEmpty }) { table.notes.append(([], "? undecided: see the notes")) }
        if has({ $0.windowOrigin == .found }) { table.notes.append(([], windowNote)) }
        if has({ $0.outcome == .noLaw }) {
            table.notes.append(([], "loc.: no law; the range of local exponents, between neighbouring points"))
        }
        return table
    }

    /// In the order in which they first occur.
    private static func extraParameters(_ outcomes: [FitOutcome]) -> [String] {
        var names: [String] = []
        for case .fit(let fit) in outcomes {
            for parameter in fit.parameters where !(common + names).contains(parameter.name) {
                names.append(parameter.name)
            }
        }
        return names
    }

    private static func cells(_ fit: ScalingFit, _ extra: [String], _ signs: TableSigns) -> [String] {
        func parameter(_ name: String) -> String {
            let own = fit.parameters.first { $0.name == name }
            return signs.uncertain(own?.value ?? (name == "exponent" ? fit.exponent : nil), own?.interval)
        }
        let window = "\(Figures.significant(fit.window.lower, 3)) to \(Figures.significant(fit.window.upper, 3))"
        let law = (common + extra).map { name in
            name == "exponent" && fit.outcome == .noLaw ? localExponents(fit, signs) : parameter(name)
        }
        return [modelName(fit)] + law
            + [signs.probability(fit.exponentTest?.adjusted), window + (fit.windowOrigin == .found ? "*" : "")]
            + ["\(fit.points)", "\(fit.trials)", "\(fit.diverged)", signs.number(fit.reducedChiSquared, 3)]
    }

    static let windowNote = "* the window was found: the longest part of the group that a law describes; intervals include those "
        + "of neighbouring windows."

    /// The law's name, with ? where other laws describe the points as well.
    static func modelName(_ fit: ScalingFit) -> String {
        guard let model = fit.model else { return "no law" }
        return model + (fit.undecided.isEmpty ? "" : "?")
    }

    /// From the least to the largest.
    static func localExponents(_ fit: ScalingFit, _ signs: TableSigns) -> String {
        guard let range = fit.localRange else { return signs.none }
        let ends = [range.least, range.largest].map { Figures.fixed($0.slope, decimals: 1) }
        return ends[0] == ends[1] ? "loc. \(ends[0])" : "loc. \(ends[0]) to \(ends[1])"
    }

    static func title(_ outcomes: [FitOutcome]) -> String {
        var names = ("response", "abscissa")
        switch outcomes.first {
        case .unfit(let group)?: names = (group.response, group.against)
        case .fit(let fit)?: names = (fit.response, fit.against)
        case nil: break
        }
        var confidence = ""
        for case .fit(let fit) in outcomes where fit.parameters.contains(where: { $0.interval != nil }) {
            confidence = ", with \(Figures.significant(fit.confidence * 100, 3)) % bootstrap intervals of the law and window shown"
            break
        }
        return "Scaling of \(names.0) with \(names.1)\(confidence)"
    }
}

/// Akaike weights of all models in all groups.
enum WeightTable {
    /// `nil` where no group compares models.
    static func table(_ outcomes: [FitOutcome], _ signs: TableSigns) -> ReportTable? {
        let models = ModelCatalogue.descriptions.map(\.name)
        var rows: [[String]] = []
        for (index, outcome) in outcomes.enumerated() {
            guard case .fit(let fit) = outcome, fit.candidates.contains(where: { $0.weight != nil }) else { continue }
            rows.append(["\(index + 1)"] + models.map { model in
                let weight = fit.candidates.first { $0.model == model }?.weight
                return weight.map { Figures.fixed(100 * $0, decimals: 0) } ?? signs.none
            })
        }
        guard !rows.isEmpty else { return nil }
        return ReportTable(title: "Akaike weights in per cent, of the models that describe the points", headers: ["#"] + models, keys: 1, rows: rows)
    }
}
