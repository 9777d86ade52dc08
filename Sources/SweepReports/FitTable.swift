import ScalingFits

/// Fits as rows of text: what the text, Markdown and LaTeX formats share.
struct FitTable {
    var headers: [String]
    /// Leading columns that name the group.
    var keys: Int
    var rows: [[String]]
    /// Distinct warnings and refusals, with the numbers (from 1) of the groups they concern.
    var notes: [(groups: [Int], text: String)]

    init(_ outcomes: [FitOutcome], plusMinus: String, none: String) {
        let names = outcomes.first?.by.entries.map(\.name) ?? []
        headers = ["#"] + names + [
            "model", "exponent", "prefactor", "floor", "window", "points", "trials", "diverged", "chi2/dof",
        ]
        keys = 1 + names.count
        rows = []
        notes = []
        for (index, outcome) in outcomes.enumerated() {
            let key = ["\(index + 1)"] + names.map { outcome.by[$0].map(String.init(describing:)) ?? none }
            switch outcome {
            case .fit(let fit):
                rows.append(key + Self.cells(fit, plusMinus: plusMinus, none: none))
                fit.warnings.forEach { note($0, group: index + 1) }
            case .unfit(let group):
                let empty = Array(repeating: none, count: 7)
                rows.append(key + ["not fitted"] + empty.prefix(6) + ["\(group.diverged)", none])
                note(group.reason, group: index + 1)
            }
        }
    }

    private static func cells(_ fit: ScalingFit, plusMinus: String, none: String) -> [String] {
        func number(_ value: Double?, _ interval: Interval?) -> String {
            value.map { UncertainNumber(value: $0, interval: interval, plusMinus: plusMinus).text } ?? none
        }
        let window = "\(Figures.significant(fit.window.lower, 3)) to \(Figures.significant(fit.window.upper, 3))"
        return [
            fit.model, number(fit.exponent, fit.exponentInterval), fit.prefactor.map { Figures.significant($0, 4) } ?? none,
            number(fit.floor, fit.floorInterval), window, "\(fit.points)", "\(fit.trials)", "\(fit.diverged)",
            fit.reducedChiSquared.map { Figures.significant($0, 3) } ?? none,
        ]
    }

    private mutating func note(_ text: String, group: Int) {
        if let known = notes.firstIndex(where: { $0.text == text }) {
            notes[known].groups.append(group)
        } else {
            notes.append(([group], text))
        }
    }

    /// Group numbers as `1, 3-5`.
    static func ranges(_ groups: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for group in groups {
            if let last = runs.last, last.upperBound == group - 1 {
                runs[runs.count - 1] = last.lowerBound...group
            } else {
                runs.append(group...group)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ", ")
    }
}
