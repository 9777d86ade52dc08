import ScalingFits
import TrialContract

/// Whether measurements bear a claim out.
public enum Verdict: String, Sendable, CaseIterable {
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
public struct Finding: Sendable, Equatable {
    /// Where: coordinates along the dimensions that have several values.
    public var setting: GroupKey
    /// For the largest or smallest of several cells, which of them it is: coordinates along the dimensions over which it is
    /// taken; of single trials, the cell that has it most often. `nil` otherwise.
    public var extremeAt: GroupKey?
    /// NaN where nothing could be measured.
    public var measured: Double
    /// Holds the true value with the claim's confidence; for `every`, the smallest and largest value of a trial.
    public var interval: Interval?
    /// The values that agree with the claim; ends may be infinite.
    public var accepted: Interval
    public var verdict: Verdict
    /// Trials of each cell; of the one that has fewest where they differ.
    public var trials: Int
    /// The cells whose trials it is made of.
    public var cells: [Int] = []
    /// About how many would decide; `nil` where it is decided or more trials would not help.
    public var trialsNeeded: Int?
    /// What a reader must know.
    public var remarks: [String] = []
    /// Whether every single trial must be as expected; otherwise it is a mean or a law.
    public var isOfSingleTrials = false
    /// Whether it is a condition: values are 1 where it holds and 0 where not.
    public var isCondition = false
    /// Positions in a table, and which outcome was found there.
    public var place: TablePlace?

    /// How far the measurement lies inside what is accepted, in parts of the accepted value; negative outside.
    var slack: Double {
        guard let interval else { return -.infinity }
        let ends = [accepted.lower, accepted.upper].filter(\.isFinite).map(abs)
        let room = min(interval.lower - accepted.lower, accepted.upper - interval.upper)
        return room.isNaN ? -.infinity : room / max(ends.max() ?? 1, .leastNormalMagnitude)
    }
}

/// Where a finding stands in the claim's table.
public struct TablePlace: Sendable, Equatable {
    public var row: Int
    public var column: Int
    /// The outcome that the measurement shows; `nil`: none, or not surely.
    public var outcome: String?
}

/// A claim, judged.
public struct ClaimResult: Sendable {
    public var name: String
    public var statement: String
    public var source: String
    /// What was measured, as the sweep file writes it.
    public var measure: String
    /// What theory says, as the sweep file writes it.
    public var expectation: String
    public var confidence: Double
    /// In the order of the cells.
    public var findings: [Finding]
    public var verdict: Verdict
    /// What concerns the claim as a whole.
    public var remarks: [String]
    /// Row and column labels, for a claim that is a table.
    public var table: (rows: [String], columns: [String])?

    /// A claim of which nothing is known yet.
    init(_ claim: Claim, table: (rows: [String], columns: [String])?) {
        (name, statement, source) = (claim.name, claim.statement, claim.source)
        (measure, expectation, confidence) = (claim.measureText, claim.expectationText, claim.confidence)
        (findings, verdict, remarks) = ([], .undecided, [])
        self.table = table
    }

    /// The finding that decides, or that comes nearest to another verdict.
    public var tightest: Finding? {
        findings.filter { $0.verdict == verdict }.min { $0.slack < $1.slack } ?? findings.first
    }

    /// About how many trials per cell would decide; `nil` where it is decided or unknown.
    public var trialsNeeded: Int? {
        verdict == .undecided ? findings.compactMap(\.trialsNeeded).max() : nil
    }
}
