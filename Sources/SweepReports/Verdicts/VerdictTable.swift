import ClaimVerdicts
import ScalingFits
import Wording

/// The claims of a sweep: setting, measurement, theory, verdict.
enum VerdictTable {
    static func table(_ sweep: VerdictDocument.Sweep, _ signs: TableSigns) -> ReportTable {
        var table = ReportTable(
            title: "\(sweep.title) (\(sweep.file))",
            headers: ["#", "claim", "setting", "measured", "theory", "verdict"], keys: 2,
            rows: [])
        for (index, claim) in sweep.claims.enumerated() {
            let finding = claim.tightest
            table.rows.append([
                "\(index + 1)", claim.name, setting(claim, signs),
                finding.map { signs.measured($0) } ?? signs.none, finding.map { signs.accepted($0) } ?? signs.none,
                claim.verdict.rawValue,
            ])
            for note in notes(claim, signs) { table.note(note, row: index + 1) }
        }
        return table
    }

    /// In how many cells or groups of cells, with how many trials each.
    private static func setting(_ claim: ClaimResult, _ signs: TableSigns) -> String {
        guard let first = claim.findings.first else { return signs.none }
        let count = claim.findings.count
        return "\(counted(count, "setting")), \(counted(first.trials, "trial"))"
    }

    private static func notes(_ claim: ClaimResult, _ signs: TableSigns) -> [String] {
        let source = claim.source.isEmpty ? "" : " [\(claim.source)]"
        var notes = ["\(claim.statement)\(source)", claim.formula]
        if claim.findings.count > 1, let tightest = claim.tightest {
            let word = claim.verdict == .pass ? "tightest" : claim.verdict.rawValue
            notes.append("\(word) at \(signs.setting(tightest.setting))")
        }
        if let extreme = claim.tightest?.extremeAt {
            notes.append("attained at \(signs.setting(extreme))")
        }
        if let needed = claim.trialsNeeded { notes.append("about \(counted(needed, "trial")) per cell would decide") }
        notes += claim.remarks
        var seen: [String] = []
        for remark in claim.findings.flatMap(\.remarks) where !seen.contains(remark) { seen.append(remark) }
        return notes + seen.prefix(3) + (seen.count > 3 ? ["and \(counted(seen.count - 3, "more remark"))"] : [])
    }
}

/// Which outcome was found where.
enum OutcomeTable {
    /// `nil` for a claim that is no table. Where several cells share a place, all outcomes are listed.
    static func table(_ claim: ClaimResult, _ signs: TableSigns) -> ReportTable? {
        guard let labels = claim.table else { return nil }
        var table = ReportTable(
            title: "\(claim.name): \(claim.measure)", headers: [""] + labels.columns, keys: 1, rows: [])
        for (row, label) in labels.rows.enumerated() {
            let cells = labels.columns.indices.map { column in
                let own = claim.findings.filter { $0.place?.row == row && $0.place?.column == column }
                let texts = own.map { finding in
                    "\(finding.place?.outcome ?? "?") \(Figures.significant(finding.measured, 3))"
                        + (finding.verdict == .fail ? " (!)" : "")
                }
                return texts.isEmpty ? signs.none : texts.joined(separator: ", ")
            }
            if cells.contains(where: { $0 != signs.none }) { table.rows.append([label] + cells) }
        }
        return table
    }
}

/// Every cell that a claim speaks of.
enum FindingTable {
    static func table(_ claim: ClaimResult, _ signs: TableSigns) -> ReportTable {
        ReportTable(
            title: "\(claim.name): \(claim.formula)",
            headers: ["at", "measured", "theory", "verdict"], keys: 1,
            rows: claim.findings.map { finding in
                [
                    signs.setting(finding.setting), signs.measured(finding)
                        + (finding.extremeAt.map { " at \(signs.setting($0))" } ?? ""), signs.accepted(finding),
                    finding.verdict.rawValue + (finding.trialsNeeded.map { " (\(counted($0, "trial")))" } ?? ""),
                ]
            })
    }
}

extension ClaimResult {
    /// As `mean of distance^2 <= rho`.
    var formula: String { expectation.isEmpty ? measure : "\(measure) \(expectation)" }
}

extension TableSigns {
    func setting(_ key: GroupKey) -> String {
        guard !key.entries.isEmpty else { return "all" }
        return key.entries.map { entry in
            switch entry.value {
            case .name(let name): "\(entry.name) \(name)"
            case .number(let number): "\(entry.name) \(Figures.concise(number))"
            }
        }.joined(separator: ", ")
    }

    /// A mean with its interval; of single trials, from the smallest to the largest.
    func measured(_ finding: Finding) -> String {
        if finding.isCondition { return finding.verdict == .pass ? "holds" : "does not hold in every trial" }
        guard let interval = finding.interval else {
            return number(finding.measured.isNaN ? nil : finding.measured, 5)
        }
        if finding.isOfSingleTrials, interval.width > 0 {
            let (low, high) = (Figures.significant(interval.lower, 5), Figures.significant(interval.upper, 5))
            return low == high ? low : "\(low) to \(high)"
        }
        // No one exponent, but local ones.
        if finding.measured.isNaN {
            return "\(Figures.significant(interval.lower, 3)) to \(Figures.significant(interval.upper, 3))"
        }
        return uncertain(finding.measured, interval)
    }

    func accepted(_ finding: Finding) -> String {
        if finding.isCondition { return "holds" }
        let (lower, upper) = (finding.accepted.lower, finding.accepted.upper)
        let ends = [lower, upper].map { Figures.significant($0, 5) }
        switch (lower.isFinite, upper.isFinite) {
        case (true, true): return ends[0] == ends[1] ? "= \(ends[0])" : "\(ends[0]) to \(ends[1])"
        case (true, false): return ">= \(ends[0])"
        case (false, true): return "<= \(ends[1])"
        case (false, false): return none
        }
    }
}
