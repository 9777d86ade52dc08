import ClaimVerdicts
import ScalingFits
import Wording

/// The claims of some sweep files, judged.
package struct VerdictDocument: Sendable {
    package struct Sweep: Sendable {
        /// As it was named on the command line.
        package var file: String
        package var name: String
        package var title: String
        package var claims: [ClaimResult]

        package init(file: String, name: String, title: String, claims: [ClaimResult]) {
            self.file = file
            self.name = name
            self.title = title
            self.claims = claims
        }
    }

    package var sweeps: [Sweep]
    /// Whether every cell is listed, not only the one that decides.
    package var showsCells: Bool

    package init(sweeps: [Sweep], showsCells: Bool = false) {
        self.sweeps = sweeps
        self.showsCells = showsCells
    }

    /// Claims with a verdict.
    package func count(_ verdict: Verdict) -> Int {
        sweeps.reduce(0) { $0 + $1.claims.count { $0.verdict == verdict } }
    }

    /// Claims with a verdict, as `sweep/claim`.
    package func names(_ verdict: Verdict) -> [String] {
        sweeps.flatMap { sweep in sweep.claims.filter { $0.verdict == verdict }.map { "\(sweep.name)/\($0.name)" } }
    }

    /// As `12 claims: 11 pass, 1 fail, 0 undecided`.
    package var summary: String {
        let all = sweeps.reduce(0) { $0 + $1.claims.count }
        return "\(counted(all, "claim")): \(count(.pass)) pass, \(count(.fail)) fail, \(count(.undecided)) undecided"
    }

    /// A table for each sweep, followed by those of claims that are tables.
    func tables(_ signs: TableSigns) -> [ReportTable] {
        sweeps.flatMap { sweep in
            [VerdictTable.table(sweep, signs)]
                + sweep.claims.compactMap { OutcomeTable.table($0, signs) }
                + (showsCells ? sweep.claims.map { FindingTable.table($0, signs) } : [])
        }
    }
}
