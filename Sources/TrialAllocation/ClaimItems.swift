import ClaimVerdicts
import ScalingFits
import TrialContract

/// The goal of deciding every claim.
///
/// Each look has a share of a claim's doubt of its own, proportional to k^(-3/2) at look k, and all shares add up to it: whenever the
/// rounds stop, all intervals that were looked at hold the truth together with the claim's confidence (a union bound). A claim that
/// is decided at a look stays so.
///
/// Where an estimate lies within its interval's arm of the bound, it is as a rule nearer to it than the truth is. So the next look is
/// aimed at where the claim would be decided if the estimate lay half a standard error farther off. scripts/claim-price has what
/// that takes beside what a sequential test of known margin must take.
struct ClaimItems {
    let claims: [Claim]
    /// Whether a look before has decided it, in the claims' order.
    let decided: [Bool]
    /// Counted from 1.
    let round: Int
    let threads: Int?

    /// Looks after which a finding that names no number of trials is given up.
    private static let patience = 4

    /// The sum of k^(-3/2), Riemann's zeta at 3/2.
    private static let allShares = 2.612_375_348_685_488
    /// In standard errors.
    private static let fartherOff = 0.5

    /// The confidence of a claim's intervals at a look.
    static func confidence(_ claim: Double, look: Int) -> Double {
        1 - (1 - claim) / (allShares * Double(look) * Double(look).squareRoot())
    }

    /// How many trials the next look is aimed at, where so many would decide if the estimate were the truth.
    ///
    /// - Parameter confidence: of the interval that does not decide.
    static func aim(_ needed: Int, trials: Int, confidence: Double) -> Int {
        guard needed > trials, trials > 0 else { return needed }
        let z = Normal.quantile(0.5 + confidence / 2)
        let distance = z * (Double(trials) / Double(needed)).squareRoot() + fartherOff
        return max(trials + 1, Int((Double(trials) * (z / distance) * (z / distance)).rounded(.up)))
    }

    /// Results of the claims that were open before this look.
    func items(_ columns: some TrialColumns) throws -> (items: [GoalItem], results: [ClaimResult?]) {
        let judge = try ClaimJudge(columns, threads: threads)
        var items: [GoalItem] = [], results: [ClaimResult?] = []
        for (index, claim) in claims.enumerated() {
            guard !decided[index] else {
                results.append(nil)
                items.append(GoalItem(cells: [], label: "claim \(claim.name)", figure: "", state: .reached))
                continue
            }
            let result = try look(claim, judge)
            results.append(result)
            items.append(item(claim, result, confidence: Self.confidence(claim.confidence, look: round)))
        }
        return (items, results)
    }

    /// A claim at this look.
    func look(_ claim: Claim, _ columns: some TrialColumns) throws -> ClaimResult {
        try look(claim, ClaimJudge(columns, threads: threads))
    }

    private func look<Columns>(_ claim: Claim, _ judge: ClaimJudge<Columns>) throws -> ClaimResult {
        var own = claim
        own.confidence = Self.confidence(claim.confidence, look: round)
        return try judge.judge(own)
    }

    private func item(_ claim: Claim, _ result: ClaimResult, confidence: Double) -> GoalItem {
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
            let aim = finding.trialsNeeded.map { Self.aim($0, trials: finding.trials, confidence: confidence) }
            item.wishes.append((finding.cells, aim ?? 2 * finding.trials))
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
