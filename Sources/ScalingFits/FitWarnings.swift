import PortableMath

/// What a reader of a fit must know before believing its exponent.
struct FitWarnings {
    let table: ResponseTable
    let data: GroupData
    let scatter: Scatter
    let comparison: ModelComparison
    let chosen: ModelComparison.Candidate
    let reading: LawReading
    let reducedChiSquared: Double?

    var all: [String] {
        [lostTrials, emptyCells, noScatter, fewTrials, mixture, bends, poorFit, undecided, atTheEdge].compactMap(\.self)
    }

    private func at(_ x: Double) -> String { "\(table.against) = \(Figures.shortest(x))" }

    private var lostTrials: String? {
        var parts: [String] = []
        if table.diverged > 0 { parts.append("\(table.diverged) diverged") }
        if table.missing > 0 { parts.append("\(table.missing) missing") }
        guard !parts.isEmpty else { return nil }
        let bias = table.diverged > 0 ? "; where trials diverge, the means of the others are too small" : ""
        return "trials in no mean: \(parts.joined(separator: ", "))\(bias)"
    }

    private var emptyCells: String? {
        guard !data.emptyCells.isEmpty else { return nil }
        return "left out, without a finished trial: " + data.emptyCells.map(at).joined(separator: ", ")
    }

    private var noScatter: String? {
        guard case .none = scatter else { return nil }
        let cause = data.counts.allSatisfy { $0 == 1 }
            ? "one trial per cell, so no scatter can be measured (raise trials where there is noise)"
            : "the trials of each cell agree, so there is no scatter"
        return "\(cause): points weigh equally and no interval is statistical"
    }

    private var fewTrials: String? {
        guard case .statistical = scatter else { return nil }
        let least = chosen.indices.map { data.counts[$0] }.min() ?? 0
        guard least < 20 else { return nil }
        return "only \(least) finished trials in a cell: bootstrap intervals are too narrow below about 20"
    }

    private var mixture: String? {
        guard reading.exponent == nil, reading.coefficients.count > 1 else { return nil }
        var text = "no single power law: \(table.response) = \(Figures.significant(reading.coefficients[0], 4))"
        for (power, coefficient) in reading.coefficients.enumerated().dropFirst() {
            let factor = power == 1 ? table.against : "\(table.against)^\(power)"
            text += " \(coefficient < 0 ? "-" : "+") \(Figures.significant(abs(coefficient), 4)) \(factor)"
        }
        if let range = slopeRange { text += "; \(range)" }
        return text
    }

    private var slopes: [LocalExponent] {
        LocalExponents.of(data, sharesRandomNumbers: table.isJoint)
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
        guard let exponent = reading.exponent, reading.floor == nil, let range = slopeRange else { return nil }
        let disagrees = slopes.contains { local in
            let deviation = abs(local.slope - exponent)
            switch scatter {
            case .statistical: return deviation > 4 * local.standardError && deviation > 1e-6
            case .none: return deviation > 0.01
            }
        }
        guard disagrees else { return nil }
        return "not one power law: \(range); \(Figures.significant(exponent, 3)) is an average that depends on the "
            + "window"
    }

    private var poorFit: String? {
        guard let reducedChiSquared else { return nil }
        let freedom = Double(chosen.points.count - chosen.model.parameters)
        guard ChiSquared.exceeds(reducedChiSquared * freedom, freedom: freedom, normalQuantile: 3.09) else { return nil }
        return "reduced chi squared \(Figures.significant(reducedChiSquared, 3)): the points deviate from "
            + "\(chosen.model.formula) by more than their scatter (below 1 case in 1000 by chance)"
    }

    private var undecided: String? {
        guard let best = comparison.candidates.compactMap(\.aicc).min() else {
            return "too few points to compare models"
        }
        let rivals = comparison.candidates.filter { rival in
            rival.model.name != chosen.model.name && (rival.aicc.map { $0 <= best + ModelComparison.margin } ?? false)
        }
        if let aicc = chosen.aicc, aicc > best + 10, let better = comparison.candidates.first(where: { $0.aicc == best }) {
            return "model \(better.model.name) describes these points far better (AICc lower by "
                + "\(Figures.significant(aicc - best, 3)))"
        }
        guard !rivals.isEmpty, case .statistical = scatter else { return nil }
        return "the data do not decide between \(([chosen] + rivals).map(\.model.name).joined(separator: ", "))"
    }

    private var atTheEdge: String? {
        guard let exponent = reading.exponent, chosen.model.hasExponent else { return nil }
        let grid = chosen.model.exponentGrid(includesZero: chosen.points.includesZero)
        guard let lowest = grid.first, let highest = grid.last, exponent <= lowest || exponent >= highest else {
            return nil
        }
        return "the exponent ran to the end of the search, \(Figures.significant(exponent, 3)): these points do not "
            + "determine it"
    }
}

enum ChiSquared {
    /// Whether `value` lies above the quantile that belongs to a standard normal's `normalQuantile` (Wilson &
    /// Hilferty 1931; its error is far below what matters to a warning).
    static func exceeds(_ value: Double, freedom: Double, normalQuantile: Double) -> Bool {
        guard freedom > 0, value > 0 else { return false }
        let cubeRoot = PortableMath.exp(PortableMath.log(value / freedom) / 3)
        let spread = 2 / (9 * freedom)
        return (cubeRoot - (1 - spread)) / spread.squareRoot() > normalQuantile
    }
}
