import ScalingFits
import Wording

/// The laws of all groups at a glance: one line per group, what many of them have in common said once below.
enum LawTable {
    /// A table of the columns asked for, in their order; without `see`, remarks name rows.
    ///
    /// - Parameter columns: some of `known(outcomes)`, at least one; `nil` for the usual table.
    static func table(_ outcomes: [FitOutcome], _ signs: TableSigns, columns: [String]?) -> ReportTable {
        var table = table(outcomes, signs)
        guard let columns else { return table }
        let fits = outcomes.compactMap { outcome in if case .fit(let fit) = outcome { fit } else { nil } }
        let usual = Dictionary(
            zip(table.headers.map { $0.filter { $0 != "\n" } }, table.headers.indices), uniquingKeysWith: { first, _ in first })
        let rows = zip(fits, table.rows).enumerated().map { number, row in
            columns.map { name in
                if name == rowNumber { return "\(number + 1)" }
                return usual[usualName(name)].map { row.1[$0] } ?? cell(name, row.0, signs)
            }
        }
        if !columns.contains("see") {
            table.notes = []
            for (index, fit) in fits.enumerated() { for note in fit.notes { table.note(note.summary, row: index + 1) } }
            if hasFoundWindow(outcomes), columns.contains("window") { table.notes.append(([], FitTable.windowNote)) }
            table.notes += UnfitNotes.lines(outcomes, outcomes.first?.by.entries.map(\.name) ?? []).map { ([], $0) }
        }
        table.headers = columns.map { usual[usualName($0)].map { table.headers[$0] } ?? split($0) }
        (table.rows, table.dispensable) = (rows, [])
        let names = Set(outcomes.first?.by.entries.map(\.name) ?? []).union([rowNumber])
        table.keys = columns.prefix { names.contains($0) }.count
        return table
    }

    private static let rowNumber = "#"
    private static let laws = ["model", "outcome", "exponent", "prefactor", "floor", "window", "chi2", "p2"]
    private static let counts = ["points", "trials", "diverged", "missing"]

    /// What a table of these laws can have columns of.
    static func known(_ outcomes: [FitOutcome]) -> [String] {
        var names = [rowNumber] + (outcomes.first?.by.entries.map(\.name) ?? []) + laws + counts + ["see"]
        for case .fit(let fit) in outcomes {
            names += fit.parameters.map(\.name).filter { !names.contains($0) }
        }
        return names
    }

    /// In the usual table's header.
    private static func usualName(_ column: String) -> String { column == "chi2" ? "chi2/dof" : column }

    /// What the usual table has no column of.
    private static func cell(_ name: String, _ fit: ScalingFit, _ signs: TableSigns) -> String {
        switch name {
        case "outcome": return fit.outcome.rawValue
        case "p2": return signs.probability(fit.exponentTest?.adjusted)
        case "points": return "\(fit.points)"
        case "trials": return "\(fit.trials)"
        case "diverged": return "\(fit.diverged)"
        case "missing": return "\(fit.missing)"
        default:
            if let value = fit.by[name] { return signs.coordinate(value) }
            let own = fit.parameters.first { $0.name == name }
            return signs.uncertain(own?.value, own?.interval)
        }
    }

    static func table(_ outcomes: [FitOutcome], _ signs: TableSigns) -> ReportTable {
        let names = (outcomes.first?.by.entries.map(\.name) ?? []).filter { name in
            Set(outcomes.map { $0.by[name] }).count > 1
        }
        var table = ReportTable(
            title: FitTable.title(outcomes) + constants(outcomes),
            headers: names.map(split) + ["model", "exponent", "prefactor", "floor", "window", "chi2\n/dof", "see"],
            keys: names.count, rows: [])
        table.dispensable = [names.count + 4, names.count + 3, names.count + 2, names.count + 5]
        var notes: [FitNote] = []
        for case .fit(let fit) in outcomes {
            for note in fit.notes where !notes.contains(note) { notes.append(note) }
            let letters = fit.notes.map { letter($0, in: notes) }.sorted()
            table.rows.append(names.map { signs.coordinate(fit.by[$0]) } + cells(fit, signs) + [letters.joined()])
        }
        table.notes = notes.map { ([], "\(letter($0, in: notes)) \($0.summary)") }
        if Self.hasFoundWindow(outcomes) { table.notes.append(([], FitTable.windowNote)) }
        table.notes += UnfitNotes.lines(outcomes, names).map { ([], $0) }
        if !notes.isEmpty {
            table.notes.append(([], "Each group's own numbers, all intervals and all models: --verbose, or --format json."))
        }
        return table
    }

    private static func hasFoundWindow(_ outcomes: [FitOutcome]) -> Bool {
        outcomes.contains { outcome in
            if case .fit(let fit) = outcome { fit.windowOrigin == .found } else { false }
        }
    }

    private static func letter(_ note: FitNote, in notes: [FitNote]) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        return String(letters[(notes.firstIndex(of: note) ?? 0) % letters.count])
    }

    /// What all groups share is no column.
    private static func constants(_ outcomes: [FitOutcome]) -> String {
        guard let first = outcomes.first else { return "" }
        let shared = first.by.entries.filter { entry in outcomes.allSatisfy { $0.by[entry.name] == entry.value } }
        return shared.isEmpty ? "" : " (\(GroupKey(shared)))"
    }

    /// A long name on two lines.
    private static func split(_ name: String) -> String {
        guard name.count > 9, let bar = name.lastIndex(of: "_") else { return name }
        return name[..<bar] + "\n" + name[bar...]
    }

    private static func cells(_ fit: ScalingFit, _ signs: TableSigns) -> [String] {
        let window = "\(short(fit.window.lower, 2))..\(short(fit.window.upper, 2))"
            + (fit.windowOrigin == .found ? "*" : "")
        return [
            FitTable.modelName(fit), exponent(fit, signs), prefactor(fit, signs), fit.floor.map { short($0, 2) } ?? signs.none, window,
            signs.number(fit.reducedChiSquared, 2),
        ]
    }

    private static func exponent(_ fit: ScalingFit, _ signs: TableSigns) -> String {
        if fit.outcome == .noLaw { return FitTable.localExponents(fit, signs) }
        if let own = fit.parameters.first(where: { $0.role == .exponent }) { return signs.uncertain(own.value, own.interval.map { symmetric(own.value, $0) }) }
        if let fixed = fit.exponent { return "\(short(fixed, 3)) (fixed)" }
        let parts = fit.parameters.filter { $0.role == .partialExponent }
        if !parts.isEmpty { return parts.map { Figures.fixed($0.value, decimals: 2) }.joined(separator: " to ") }
        let powers = fit.parameters.compactMap { if case .term(let power) = $0.role { short(power, 3) } else { nil } }
        return powers.isEmpty ? signs.none : powers.joined(separator: " and ")
    }

    /// As far in both directions as the interval reaches in one.
    private static func symmetric(_ value: Double, _ interval: Interval) -> Interval {
        let reach = max(value - interval.lower, interval.upper - value)
        return Interval(value - reach, value + reach)
    }

    private static func prefactor(_ fit: ScalingFit, _ signs: TableSigns) -> String {
        let terms = fit.parameters.filter { if case .term = $0.role { true } else { $0.role == .prefactor } }
        return terms.isEmpty ? signs.none : terms.map { short($0.value, 2) }.joined(separator: ", ")
    }

    /// Without the zeros that tell significance: the exponent's interval says how good the law is.
    private static func short(_ value: Double, _ digits: Int) -> String {
        guard value == 0 || abs(value) >= 0.001 else {
            let power = Figures.leadingPower(value)
            let unit = Double("1e\(power)") ?? 1
            return "\(trimmed(Figures.significant(value / unit, digits)))e\(power)"
        }
        return trimmed(Figures.significant(value, digits))
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains("."), !text.contains("e") else { return text }
        var digits = Substring(text)
        while digits.last == "0" { digits.removeLast() }
        return String(digits.last == "." ? digits.dropLast() : digits)
    }
}

/// Groups without a fit, those with the same reason together.
enum UnfitNotes {
    static func lines(_ outcomes: [FitOutcome], _ names: [String]) -> [String] {
        var reasons: [(text: String, groups: [GroupKey])] = []
        for case .unfit(let group) in outcomes {
            if let known = reasons.firstIndex(where: { $0.text == group.objection }) {
                reasons[known].groups.append(group.by)
            } else {
                reasons.append((group.objection, [group.by]))
            }
        }
        return reasons.map { reason in
            let count = reason.groups.count
            let which = count == outcomes.count ? (count == 1 ? "the only group" : "all \(count) groups")
                : counted(count, "group") + " (\(place(reason.groups, among: outcomes, names)))"
            return "Not fitted: \(which): \(reason.text)"
        }
    }

    /// What tells these groups from the others: dimensions of which they do not have all values, or else each group.
    private static func place(_ groups: [GroupKey], among outcomes: [FitOutcome], _ names: [String]) -> String {
        var combinations = 1
        let parts = names.compactMap { name -> String? in
            let all = Set(outcomes.map { $0.by[name] })
            var own: [GroupValue] = []
            for case let value? in groups.map({ $0[name] }) where !own.contains(value) { own.append(value) }
            combinations *= max(1, own.count)
            guard own.count < all.count else { return nil }
            let shown = own.prefix(6).map(String.init(describing:)).joined(separator: ", ")
            return own.count == 1 ? "\(name) = \(shown)" : "\(name) in \(shown)\(own.count > 6 ? ", …" : "")"
        }
        if combinations == groups.count, !parts.isEmpty { return parts.joined(separator: "; ") }
        let keys = groups.prefix(6).map { key in
            GroupKey(key.entries.filter { names.contains($0.name) }).description
        }
        return keys.joined(separator: "; ") + (groups.count > 6 ? "; …" : "")
    }
}
