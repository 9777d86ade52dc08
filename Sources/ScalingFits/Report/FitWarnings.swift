/// What a reader of a fit must know before believing its exponent.
struct FitWarnings {
    let table: ResponseTable
    let analysis: GroupAnalysis
    let fit: ScalingFit
    /// Resamples without a fit.
    let failures: Int
    let plan: ResamplePlan?

    private var data: GroupData { analysis.data }
    private var chosen: Candidate { analysis.chosen }
    private var comparison: ModelComparison { analysis.comparison }
    private var isStatistical: Bool {
        if case .statistical = comparison.scatter { true } else { false }
    }

    /// In the order of `FitNote`.
    var all: [(note: FitNote, text: String)] {
        FitNote.allCases.compactMap { note in text(of: note).map { (note, $0) } }
    }

    private func text(of note: FitNote) -> String? {
        switch note {
        case .lostTrials: lostTrials
        case .emptyCells: emptyCells
        case .noScatter: noScatter
        case .fewTrials: fewTrials
        case .narrowed: narrowed
        case .mixture: mixture
        case .bends: bends
        case .poorFit: poorFit
        case .undecided: undecided
        case .outvoted: outvoted
        case .atTheEdge: atTheEdge
        case .pointInfluence: pointInfluence
        case .failedResamples: failedResamples
        }
    }

    private func at(_ x: Double) -> String { "\(table.against) = \(Figures.concise(x))" }

    private var lostTrials: String? {
        var parts: [String] = []
        if table.diverged > 0 { parts.append("\(table.diverged) diverged\(places(\.diverged))") }
        if table.missing > 0 { parts.append("\(table.missing) missing\(places(\.missing))") }
        guard !parts.isEmpty else { return nil }
        let bias = table.diverged > 0
            ? "; where trials diverge, the mean of the others is too small: --summary median counts them as infinitely far"
            : ""
        return "trials in no mean: \(parts.joined(separator: ", "))\(bias)"
    }

    /// Where the trials were lost, cells with the most first.
    private func places(_ count: KeyPath<CellTally, Int>) -> String {
        let cells = data.tally.filter { $0[keyPath: count] > 0 }.sorted { $0[keyPath: count] > $1[keyPath: count] }
        let named = cells.prefix(3).map { cell in
            "\(cell[keyPath: count]) of \(cell.finished + cell.diverged + cell.missing) at \(at(cell.x))"
        }
        return " (\(named.joined(separator: ", "))\(cells.count > 3 ? " and \(cells.count - 3) more cells" : ""))"
    }

    private var emptyCells: String? {
        guard !data.emptyCells.isEmpty else { return nil }
        return "left out, without a finished trial: " + data.emptyCells.map(at).joined(separator: ", ")
    }

    private var noScatter: String? {
        guard !isStatistical else { return nil }
        let cause = data.counts.allSatisfy { $0 == 1 }
            ? "one trial per cell, so no scatter can be measured (raise trials where there is noise)"
            : "the trials of each cell agree, so there is no scatter"
        return "\(cause): points weigh equally and no interval is statistical"
    }

    private var fewTrials: String? {
        guard isStatistical else { return nil }
        let least = chosen.indices.map { data.counts[$0] }.min() ?? 0
        guard least < 20 else { return nil }
        return "only \(least) finished trials in a cell: intervals are unreliable below about 20"
    }

    private var narrowed: String? {
        guard fit.windowOrigin == .found else { return nil }
        let all = table.points.count - data.emptyCells.count
        return "no model describes all \(all) points; the fit holds for \(table.against) from "
            + "\(Figures.concise(fit.window.lower)) to \(Figures.concise(fit.window.upper)) (\(fit.points) points), the "
            + "longest part that one describes"
    }

    private var mixture: String? {
        let signs = ["floor": "", "linear": " \(table.against)", "quadratic": " \(table.against)^2"]
        let terms = fit.parameters.compactMap { term in signs[term.name].map { (term.value, $0) } }
        guard fit.exponent == nil, terms.count == fit.parameters.count, let first = terms.first else { return nil }
        var text = "no single power law: \(fit.response) = \(Figures.significant(first.0, 4))\(first.1)"
        for (value, factor) in terms.dropFirst() {
            text += " \(value < 0 ? "-" : "+") \(Figures.significant(abs(value), 4))\(factor)"
        }
        return text + (slopeRange.map { "; \($0)" } ?? "")
    }

    private var slopes: [LocalExponent] {
        fit.localExponents.filter { $0.from >= fit.window.lower && $0.to <= fit.window.upper }
    }

    private var slopeRange: String? {
        guard let least = slopes.min(by: { $0.slope < $1.slope }), let most = slopes.max(by: { $0.slope < $1.slope })
        else { return nil }
        func place(_ local: LocalExponent) -> String {
            "\(Figures.fixed(local.slope, decimals: 2)) at \(table.against) \(Figures.significant(local.from, 3)) to "
                + Figures.significant(local.to, 3)
        }
        return "the local exponent runs from \(place(least)) to \(place(most))"
    }

    /// A pure power whose local exponents do not agree with it, by more than four standard errors of one of them.
    private var bends: String? {
        guard let exponent = fit.exponent, fit.floor == nil, fit.model != "saturating", let range = slopeRange else {
            return nil
        }
        let disagrees = slopes.contains { local in
            let deviation = abs(local.slope - exponent)
            return isStatistical ? deviation > 4 * local.standardError && deviation > 1e-6 : deviation > 0.01
        }
        guard disagrees else { return nil }
        return "not one power law: \(range); \(Figures.significant(exponent, 3)) is an average that depends on the "
            + "window"
    }

    private var poorFit: String? {
        guard let reduced = fit.reducedChiSquared, let probability = fit.fitProbability,
            probability < Acceptance.leastProbability
        else { return nil }
        let weights = analysis.rejection == nil
            ? "" : "; points weigh by their variances alone, since joint weights would follow the model's error"
        return "reduced chi squared \(Figures.significant(reduced, 3)): the points deviate from "
            + "\(chosen.model.formula) by more than their scatter (below 1 case in 1000 by chance)\(weights)"
    }

    private var undecided: String? {
        if comparison.candidates.allSatisfy({ $0.aicc == nil }) { return "too few points to compare models" }
        guard !fit.undecided.isEmpty else { return nil }
        return "undecided: the data do not rule out \(fit.undecided.dropFirst().joined(separator: ", ")) against "
            + fit.undecided[0]
    }

    /// A forced model that others beat by far.
    private var outvoted: String? {
        guard let best = ModelChoice.eligible(comparison).filter({ $0.aicc != nil }).min(by: { $0.aicc! < $1.aicc! }),
            let least = best.aicc, let own = chosen.aicc, own > least + 10
        else { return nil }
        return "model \(best.model.name) describes these points far better (AICc lower by "
            + "\(Figures.significant(own - least, 3)))"
    }

    private var atTheEdge: String? {
        guard chosen.isAtTheEdge else { return nil }
        return "the search for \(chosen.model.parameterNames.dropFirst(chosen.model.linearTerms).joined(separator: ", ")) "
            + "ran to its end: these points do not determine it"
    }

    /// A point without which the exponent is another one.
    private var pointInfluence: String? {
        guard let exponent = fit.exponent, let error = fit.exponentScatter?.standardError, error > 0,
            let strongest = fit.leaveOneOut.max(by: { abs($0.exponent - exponent) < abs($1.exponent - exponent) }),
            abs(strongest.exponent - exponent) > 2 * error
        else { return nil }
        return "the exponent hangs on one point: without \(at(strongest.x)) it is "
            + Figures.significant(strongest.exponent, 4)
    }

    private var failedResamples: String? {
        guard let plan, failures * 100 > plan.resamples else { return nil }
        return "\(failures) of \(plan.resamples) resamples have no fit: intervals are too narrow"
    }
}
