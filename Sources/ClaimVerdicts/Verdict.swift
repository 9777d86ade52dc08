import ScalingFits
import TrialContract

/// Whether measurements bear a claim out.
package enum Verdict: String, Sendable, CaseIterable {
    case pass, fail
    /// The interval holds both values that agree with the claim and values that do not: more trials are needed.
    case undecided

    /// The verdict of things that must all hold.
    static func all(_ verdicts: some Sequence<Verdict>) -> Verdict {
        var seen = Set<Verdict>()
        for verdict in verdicts { seen.insert(verdict) }
        return seen.contains(.fail) ? .fail : seen == [.pass] ? .pass : .undecided
    }
}

/// What was found in one cell, or in one group of cells that a law was fitted to.
package struct Finding: Sendable, Equatable {
    /// Where: coordinates along the dimensions that have several values.
    package var setting: GroupKey
    /// For the largest or smallest of several cells, which of them it is: coordinates along the dimensions over which it is
    /// taken; of single trials, the cell that has it most often. `nil` otherwise.
    package var extremeAt: GroupKey?
    /// NaN where nothing could be measured.
    package var measured: Double
    /// Holds the true value with the claim's confidence; for `every`, the smallest and largest value of a trial.
    package var interval: Interval?
    /// The values that agree with the claim; ends may be infinite.
    package var accepted: Interval
    package var verdict: Verdict
    /// Trials of each cell; of the one that has fewest where they differ.
    package var trials: Int
    /// The cells whose trials it is made of.
    package var cells: [Int] = []
    /// About how many would decide; `nil` where it is decided or more trials would not help.
    package var trialsNeeded: Int?
    /// What a reader must know.
    package var remarks: [String] = []
    /// Whether every single trial must be as expected; otherwise it is a mean or a law.
    package var isOfSingleTrials = false
    /// Whether it is a condition: values are 1 where it holds and 0 where not.
    package var isCondition = false
    /// Positions in a table, and which outcome was found there.
    package var place: TablePlace?

    /// How far the measurement lies inside what is accepted, in parts of the accepted value; negative outside.
    var slack: Double {
        guard let interval else { return -.infinity }
        let ends = [accepted.lower, accepted.upper].filter(\.isFinite).map(abs)
        let room = min(interval.lower - accepted.lower, accepted.upper - interval.upper)
        return room.isNaN ? -.infinity : room / max(ends.max() ?? 1, .leastNormalMagnitude)
    }
}

/// Where a finding stands in the claim's table.
package struct TablePlace: Sendable, Equatable {
    package var row: Int
    package var column: Int
    /// The outcome that the measurement shows; `nil`: none, or not surely.
    package var outcome: String?
}

/// A claim, judged.
package struct ClaimResult: Sendable {
    package var name: String
    package var statement: String
    package var source: String
    /// What was measured, as the sweep file writes it.
    package var measure: String
    /// What theory says, as the sweep file writes it.
    package var expectation: String
    package var confidence: Double
    /// In the order of the cells.
    package var findings: [Finding]
    package var verdict: Verdict
    /// What concerns the claim as a whole.
    package var remarks: [String]
    /// Row and column labels, for a claim that is a table.
    package var table: (rows: [String], columns: [String])?

    /// A claim of which nothing is known yet.
    init(_ claim: Claim, table: (rows: [String], columns: [String])?) {
        (name, statement, source) = (claim.name, claim.statement, claim.source)
        (measure, expectation, confidence) = (claim.measureText, claim.expectationText, claim.confidence)
        (findings, verdict, remarks) = ([], .undecided, [])
        self.table = table
    }

    /// The finding that decides, or that comes nearest to another verdict.
    package var tightest: Finding? {
        findings.filter { $0.verdict == verdict }.min { $0.slack < $1.slack } ?? findings.first
    }

    /// About how many trials per cell would decide; `nil` where it is decided or unknown.
    package var trialsNeeded: Int? {
        verdict == .undecided ? findings.compactMap(\.trialsNeeded).max() : nil
    }
}
