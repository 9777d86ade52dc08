import ClaimVerdicts
import ScalingFits

extension CSVFormat {
    /// A row per claim and cell.
    func render(_ verdicts: VerdictDocument, style: ReportStyle) -> String {
        var text = CSVRow.line([
            "file", "sweep", "claim", "claim_verdict", "at", "measured", "lower", "upper", "accepted_lower",
            "accepted_upper", "verdict", "trials", "trials_needed", "remarks",
            "extreme_at",
        ])
        for sweep in verdicts.sweeps {
            for claim in sweep.claims {
                for finding in claim.findings { text += CSVRow.line(fields(sweep, claim, finding)) }
            }
        }
        return text
    }

    private func fields(_ sweep: VerdictDocument.Sweep, _ claim: ClaimResult, _ finding: Finding) -> [String] {
        let numbers = [finding.measured, finding.interval?.lower, finding.interval?.upper]
        let accepted = [finding.accepted.lower, finding.accepted.upper]
        return [sweep.file, sweep.name, claim.name, claim.verdict.rawValue, finding.setting.description]
            + numbers.map(CSVRow.number) + accepted.map(CSVRow.end)
            + [
                finding.verdict.rawValue, "\(finding.trials)", CSVRow.count(finding.trialsNeeded),
                finding.remarks.joined(separator: "; "),
                finding.extremeAt?.description ?? "",
            ]
    }
}
