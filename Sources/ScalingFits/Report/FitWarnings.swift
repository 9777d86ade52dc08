import Wording

/// What a reader of a fit must know before believing its exponent.
struct FitWarnings {
    let table: ResponseTable
    let analysis: GroupAnalysis
    let fit: ScalingFit
    /// Resamples without a fit.
    let failures: Int
    let resamples: Int

    private var data: GroupData { analysis.data }
    private var chosen: Candidate? { analysis.chosen }
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
        case .runaways: runaways
        case .noScatter: noScatter
        case .tooFewTrials: tooFewTrials
        case .noLaw: noLaw
        case .constant: constant
        case .contrast: contrast
        case .narrowed: narrowed
        case .mixture: mixture
        case .bends: bends
        case .undecided: undecided
        case .extraTerm: extraTerm
        case .outvoted: outvoted
        case .impossibleFloor: impossibleFloor
        case .noInterval: noInterval
        case .pointInfluence: pointInfluence
        case .dominantTrial: dominantTrial
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

    private var runaways: String? {
        guard !data.runaways.isEmpty else { return nil }
        return "left out, with a trial beyond \(Figures.significant(GroupData.largestResponse, 1)), which runs away: "
            + data.runaways.map(at).joined(separator: ", ")
    }

    private var noScatter: String? {
        guard !isStatistical else { return nil }
        let cause = data.counts.allSatisfy { $0 == 1 }
            ? "one trial per cell, so no scatter can be measured (raise trials where there is noise)"
            : "the trials of each cell agree, also once what control variates explain is taken away, so there is no scatter"
        return "\(cause): points weigh equally and no interval is statistical"
    }

    private var tooFewTrials: String? {
        guard analysis.hasTooFewTrials else { return nil }
        return "\(counted(data.trials, "trial")) cannot tell whether any law holds, and intervals from so few do not hold: run "
            + "\(Acceptance.fewestTrials) or more"
    }

    private var noLaw: String? {
        guard fit.outcome == .noLaw, !analysis.hasTooFewTrials else { return nil }
        let range = slopeRange(fit.localRange).map { "; \($0)" } ?? ""
        return "no law: " + rejection + range
    }

    /// Why the nearest model, or the one that was asked for, does not hold.
    private var rejection: String {
        let candidates = comparison.candidates.filter { $0.test != nil || !isStatistical }
        if analysis.comparison.forced != nil, let own = candidates.first(where: { $0.model.name == comparison.forced }) {
            return reason(own)
        }
        if let negative = candidates.first(where: { $0.floorFault != nil && Acceptance.describes($0, comparison.scatter) }),
            !candidates.contains(where: { Acceptance.accepts($0, scatter: comparison.scatter) })
        {
            return reason(negative)
        }
        let nearest = candidates.filter { !$0.isAtTheEdge }.max {
            ($0.test?.probability ?? -$0.chiSquared, -($0.test?.largest ?? 0))
                < ($1.test?.probability ?? -$1.chiSquared, -($1.test?.largest ?? 0))
        }
        // A law whose search ran out of its range is none, though it may be near.
        let lost = candidates.filter { $0.isAtTheEdge && Acceptance.describes($0, comparison.scatter) }.map { "; \(reason($0))" }.joined()
        return "no model describes the points" + (nearest.map { "; the nearest, \($0.model.name): \(reason($0))" } ?? "") + lost
    }

    private func reason(_ candidate: Candidate) -> String {
        let name = candidate.model.name
        if candidate.isAtTheEdge {
            let shape = candidate.model.lawParameters.dropFirst(candidate.model.linearTerms).map(\.name).joined(separator: ", ")
            return "the search for \(shape) of \(name) ran to its end: these points do not determine it"
        }
        switch candidate.floorFault {
        case .negative: return "\(name) has a negative floor, which the response cannot have"
        case .contradicted(let x, let measured):
            return "\(name) has a floor that a cell outside of the window contradicts: \(at(x)) measured "
                + "\(Figures.significant(measured, 3)), the law gives \(Figures.significant(candidate.value(data.abscissa(x)), 3))"
        case nil: break
        }
        guard let test = candidate.test else {
            if isStatistical { return "the parameters of \(name) cannot be told apart" }
            let size = (candidate.fit.chiSquared / Double(max(1, candidate.freedom))).squareRoot()
            return "the points deviate from \(name) by \(Figures.significant(100 * size, 2)) %"
        }
        if ModelChoice.lacks(candidate), Acceptance.accepts(candidate, scatter: comparison.scatter) {
            let missing = candidate.extras.min { $0.probability < $1.probability }?.term.name ?? "a term"
            return "\(name) lacks \(missing), and no model with it describes the points"
        }
        // Where every mean lies near the law, the paired trials have rejected its slope.
        let place = test.largest >= 2.5 || !table.isJoint
            ? "\(at(data.x[test.largestAt])) lies \(Figures.significant(test.largest, 2)) standard errors off"
            : "in the differences of neighbouring cells: no mean lies more than \(Figures.significant(test.largest, 2)) standard errors off"
        return "the points deviate from \(name) by more than their scatter (chi squared "
            + "\(Figures.significant(test.reduced, 3)) per degree of freedom, p \(probability(test.probability)), \(place))"
    }

    private func probability(_ value: Double) -> String {
        value < 0.0015 ? "<= 0.001" : "= " + Figures.significant(value, 2)
    }

    private var constant: String? {
        guard fit.outcome == .constant else { return nil }
        guard isStatistical else { return "\(fit.response) does not depend on \(table.against): all cells agree" }
        let bound = fit.extraTerms.map(\.share).max() ?? 0
        return "\(fit.response) does not depend on \(table.against): a change of more than "
            + "\(Figures.significant(100 * bound, 2)) % over the window is excluded"
    }

    private var contrast: String? {
        guard let contrast = fit.contrast else { return nil }
        var parts: [String] = []
        if let dip = contrast.dip {
            let size = Figures.significant(-100 * dip.relative, 2)
            let interval = dip.interval.map {
                " [\(Figures.significant(-100 * $0.upper, 2)), \(Figures.significant(-100 * $0.lower, 2))]"
            } ?? ""
            parts.append("\(size)\(interval) % below \(at(0)) at \(at(dip.x))")
        }
        parts += contrast.crossings.map { crossing in
            let interval = crossing.interval.map {
                " [\(Figures.significant($0.lower, 3)), \(Figures.significant($0.upper, 3))]"
            } ?? ""
            return "crosses its value at \(at(0)) \(crossing.isUpward ? "upwards" : "downwards") at "
                + "\(Figures.significant(crossing.x, 3))\(interval)"
        }
        return "the response lies or is " + parts.joined(separator: "; ")
    }

    private var narrowed: String? {
        guard fit.windowOrigin == .found else { return nil }
        let all = table.points.count - data.emptyCells.count - data.runaways.count
        return "no model describes all \(counted(all, "point")); the fit holds for \(table.against) from "
            + "\(Figures.concise(fit.window.lower)) to \(Figures.concise(fit.window.upper)) (\(counted(fit.points, "point"))), the "
            + "longest part that one describes"
    }

    private var mixture: String? {
        let terms = fit.parameters.compactMap { term -> (Double, String)? in
            switch term.role {
            case .floor: (term.value, "")
            case .term(power: 1): (term.value, " \(table.against)")
            case .term(let power): (term.value, " \(table.against)^\(Figures.shortest(power))")
            default: nil
            }
        }
        guard fit.exponent == nil, fit.outcome == .law, terms.count == fit.parameters.count, let first = terms.first else { return nil }
        var text = "no single power law: \(fit.response) = \(Figures.significant(first.0, 4))\(first.1)"
        for (value, factor) in terms.dropFirst() {
            text += " \(value < 0 ? "-" : "+") \(Figures.significant(abs(value), 4))\(factor)"
        }
        return text + (slopeRange(LocalExponentRange(slopes)).map { "; \($0)" } ?? "")
    }

    private var slopes: [LocalExponent] {
        fit.localExponents.filter { $0.from >= fit.window.lower && $0.to <= fit.window.upper }
    }

    private func slopeRange(_ range: LocalExponentRange?) -> String? {
        guard let range else { return nil }
        func place(_ local: LocalExponent) -> String {
            let interval = local.interval.map {
                " [\(Figures.fixed($0.lower, decimals: 2)), \(Figures.fixed($0.upper, decimals: 2))]"
            } ?? ""
            return "\(Figures.fixed(local.slope, decimals: 2))\(interval) at \(table.against) "
                + "\(Figures.significant(local.from, 3)) to \(Figures.significant(local.to, 3))"
        }
        return "the local exponent runs from \(place(range.least)) to \(place(range.largest))"
    }

    /// A pure power whose local exponents do not agree with it, by more than four standard errors of one of them.
    private var bends: String? {
        guard let exponent = fit.exponent,
            fit.parameters.allSatisfy({ $0.role == .prefactor || $0.role == .exponent }),
            let range = slopeRange(LocalExponentRange(slopes))
        else { return nil }
        let disagrees = slopes.contains { local in
            let deviation = abs(local.slope - exponent)
            return isStatistical ? deviation > 4 * local.standardError && deviation > 0.005 : deviation > 0.01
        }
        guard disagrees else { return nil }
        return "not one power law: \(range); \(Figures.significant(exponent, 3)) is an average that depends on the "
            + "window"
    }

    private var undecided: String? {
        guard let first = fit.undecided.first else { return nil }
        return "undecided: \(fit.undecided.dropFirst().joined(separator: ", ")) describes the points as well as \(first)"
    }

    private var extraTerm: String? {
        guard fit.outcome == .law, isStatistical else { return nil }
        let bounds = fit.extraTerms.map { term in
            term.share < 1
                ? "\(term.term) below \(Figures.significant(100 * term.share, 2)) % of the response is not excluded"
                : "\(term.term) of any size is not excluded: the points do not tell it from the law"
        }
        return bounds.isEmpty ? nil : bounds.joined(separator: " and ")
    }

    /// A forced model that others beat by far.
    private var outvoted: String? {
        guard let chosen, comparison.forced != nil,
            let best = comparison.candidates.filter({ $0.aicc != nil && !$0.isAtTheEdge && $0.model.isChosenAutomatically })
                .min(by: { $0.aicc! < $1.aicc! }),
            let least = best.aicc, let own = chosen.aicc, own > least + 10
        else { return nil }
        return "model \(best.model.name) describes these points far better (AICc lower by "
            + "\(Figures.significant(own - least, 3)))"
    }

    private var impossibleFloor: String? {
        guard chosen != nil, let other = comparison.candidates.first(where: {
            $0.floorFault == .negative && Acceptance.describes($0, comparison.scatter)
        }) else { return nil }
        return "the best floor of \(other.model.name) is negative, which the response cannot be: there is none"
    }

    private var noInterval: String? {
        guard isStatistical, chosen != nil, resamples > 0 else { return nil }
        let without = fit.parameters.filter { $0.interval == nil }.map(\.name)
        guard !without.isEmpty else { return nil }
        return "no interval of \(without.joined(separator: ", ")): its scatter rests on a few of the trials; run more"
    }

    /// A trial that makes more than half of a cell's mean.
    private var dominantTrial: String? {
        guard isStatistical, !table.isExcess else { return nil }
        var places: [String] = []
        for point in table.points.sorted(by: { $0.x < $1.x }) {
            let values = point.responses.enumerated().filter { $1.isFinite }.map { ($0, abs($1)) }
            let total = values.reduce(0) { $0 + $1.1 }
            guard values.count >= 8, let most = values.max(by: { $0.1 < $1.1 }), most.1 > 0.5 * total else { continue }
            let share = 100 * most.1 / total
            places.append("\(Figures.significant(share, 3)) % at \(at(point.x)) (trial \(most.0))")
        }
        guard !places.isEmpty else { return nil }
        let more = places.count > 3 ? " and \(places.count - 3) more cells" : ""
        return "one trial makes most of a mean: \(places.prefix(3).joined(separator: ", "))\(more); see --summary median"
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
        guard failures * 100 > resamples else { return nil }
        return "\(failures) of \(counted(resamples, "resample")) \(failures == 1 ? "has" : "have") no fit: intervals are too narrow"
    }
}
