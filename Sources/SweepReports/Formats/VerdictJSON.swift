import ClaimVerdicts
import JSONText
import ScalingFits

extension JSONFormat {
    /// A list with an object per claim.
    func render(_ verdicts: VerdictDocument, style: ReportStyle) -> String {
        value(verdicts).pretty + "\n"
    }

    func value(_ verdicts: VerdictDocument) -> JSONValue {
        .array(verdicts.sweeps.flatMap { sweep in
            sweep.claims.map { .object([("file", .string(sweep.file)), ("sweep", .string(sweep.name))] + members($0)) }
        })
    }

    private func members(_ claim: ClaimResult) -> [(String, JSONValue)] {
        [
            ("claim", .string(claim.name)),
            ("says", .string(claim.statement)),
            ("source", .string(claim.source)),
            ("measure", .string(claim.measure)),
            ("theory", .string(claim.expectation)),
            ("confidence", .number(claim.confidence)),
            ("verdict", .string(claim.verdict.rawValue)),
            ("trials_needed", .optional(claim.trialsNeeded)),
            ("remarks", .array(claim.remarks.map(JSONValue.string))),
            // The finding that decides, or that comes nearest to another verdict.
            ("tightest", claim.tightest.map { finding(claim, $0) } ?? .null),
            ("findings", .array(claim.findings.map { finding(claim, $0) })),
        ]
    }

    private func finding(_ claim: ClaimResult, _ finding: Finding) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("at", key(finding.setting)),
            ("measured", .number(finding.measured)),
            ("interval", finding.interval.map { .array([.number($0.lower), .number($0.upper)]) } ?? .null),
            // An end that is not there is null, as infinity is in JSON.
            ("accepted", .array([.number(finding.accepted.lower), .number(finding.accepted.upper)])),
            ("verdict", .string(finding.verdict.rawValue)),
            ("trials", .integer(finding.trials)),
            ("trials_needed", .optional(finding.trialsNeeded)),
            ("remarks", .array(finding.remarks.map(JSONValue.string))),
        ]
        if let extreme = finding.extremeAt { members.append(("extreme_at", key(extreme))) }
        if let place = finding.place { members.append(("outcome", .optional(place.outcome))) }
        return .object(members)
    }

    private func key(_ key: GroupKey) -> JSONValue {
        .object(key.entries.map { entry in
            switch entry.value {
            case .name(let name): (entry.name, .string(name))
            case .number(let number): (entry.name, .number(number))
            }
        })
    }
}
