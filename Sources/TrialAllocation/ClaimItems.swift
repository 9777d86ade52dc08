import ClaimVerdicts
import ScalingFits
import TrialContract

/// The goal of deciding every claim.
///
/// Each look has a share of a claim's doubt of its own, α/(k (k + 1)) at look k, which add up to α: whenever the rounds stop,
/// all intervals that were looked at hold the truth together with the claim's confidence (a union bound). A claim that is decided
/// at a look stays so.
struct ClaimItems {
    let claims: [Claim]
    /// What the looks before have given, in the claims' order; empty at the first.
    let earlier: [ClaimResult]
    /// Counted from 1.
    let round: Int
    let threads: Int?

    /// Looks after which a finding that names no number of trials is given up.
    private static let patience = 4

    /// The confidence of a claim's intervals at a look.
    static func confidence(_ claim: Double, look: Int) -> Double { 1 - (1 - claim) / Double(look * (look + 1)) }

    func items(_ columns: some TrialColumns) throws -> (items: [GoalItem], results: [ClaimResult]) {
        let judge = try ClaimJudge(columns, threads: threads)
        var items: [GoalItem] = [], results: [ClaimResult] = []
        for (index, claim) in claims.enumerated() {
            if index < earlier.count, earlier[index].verdict != .undecided {
                results.append(earlier[index])
                items.append(GoalItem(cells: [], label: "claim \(claim.name)", figure: "", state: .reached))
                continue
            }
            var own = claim
            own.confidence = Self.confidence(claim.confidence, look: round)
            let result = try judge.judge(own)
            results.append(result)
            items.append(item(claim, result))
        }
        return (items, results)
    }

    private func item(_ claim: Claim, _ result: ClaimResult) -> GoalItem {
        var item = GoalItem(cells: [], label: "claim \(claim.name)", figure: "", state: .reached)
        guard result.verdict == .undecided else { return item }
        let open = result.findings.filter { $0.verdict == .undecided }
        guard !open.isEmpty else {
            item.state = .hopeless(result.remarks.first ?? "nothing could be measured")
            return item
        }
        let isPatient = round < Self.patience
        for finding in open {
            guard finding.trialsNeeded != nil || isPatient || finding.interval != nil && finding.remarks.isEmpty else { continue }
            item.wishes.append((finding.cells, finding.trialsNeeded ?? 2 * finding.trials))
        }
        guard let most = item.wishes.map(\.trials).max() else {
            item.state = .hopeless(open.lazy.compactMap(\.remarks.first).first ?? "more trials do not narrow what was measured")
            return item
        }
        item.cells = item.wishes.flatMap(\.cells)
        item.figure = " is undecided" + (result.tightest.map { " (\($0.setting))" } ?? "")
        item.state = .needs(most)
        return item
    }
}
