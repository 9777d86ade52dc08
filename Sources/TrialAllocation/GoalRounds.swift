import ClaimVerdicts
import PortableMath
import ScalingFits
import TrialContract
import Wording

/// Decides after each round of trials whether a goal is reached, and otherwise how many trials each cell gets next.
///
/// A decision sees the cells' first trials, as many as the round before it asked for, whatever else is stored. A run that is
/// resumed, or begins over a file with more trials, goes through the same rounds again without computing anything that is there,
/// and so comes to the same trials as one that was never stopped. What a result
/// keeps of them (`RoundRecord`) is not decided again.
package struct GoalRounds<Columns: TrialColumns> {
    let goal: TrialGoal
    private let claims: [Claim]
    let allocation: Allocation
    private let threads: Int?
    /// By cell; empty without variance reduction.
    let controls: [ControlCell?]
    /// The number of trials that each cell is asked for by now.
    package private(set) var asked: [Int]
    /// Every decision so far, for the result to keep.
    package private(set) var records: [RoundRecord] = []
    /// What a result has kept.
    private let known: [RoundRecord]
    /// What a decision depends on besides the trials.
    private let context: String
    /// By claim, how it was judged last, and in which round; `nil` where all was taken from the result.
    private var judged: [(round: Int, result: ClaimResult)?]

    /// - Parameters:
    ///   - costs: by cell; what a trial costs in the budget's units (gradients, or 1), 0 for cells that are dropped.
    ///   - claims: the sweep's.
    ///   - controls: by cell, whose trials make its means less scattered; empty without.
    ///   - known: what a result has kept of earlier decisions.
    ///   - context: whatever a decision depends on besides the trials (sweep, goal, program): records of another one are not used.
    ///   - threads: for fits; `nil`: one per core.
    package init(
        goal: TrialGoal, costs: [Double], claims: [Claim] = [], controls: [ControlCell?] = [], known: [RoundRecord] = [],
        context: String = "", threads: Int? = nil
    ) {
        self.known = known
        self.context = context
        judged = claims.map { _ in nil }
        self.goal = goal
        self.claims = claims
        self.controls = controls
        self.threads = threads
        let budget: Double = switch goal.budget {
        case .gradients(let most)?, .trials(let most)?: most
        case .seconds?, nil: .infinity
        }
        allocation = Allocation(costs: costs, budget: budget, atMost: goal.atMost)
        asked = costs.map { _ in goal.atLeast }
    }

    /// Every decision so far.
    package var decisions: [RoundDecision] { records.map(\.decision) }

    /// What `at_least` in every cell costs, where that is more than the budget.
    package var tooDearFromTheStart: Double? {
        let cost = allocation.spent(asked)
        return cost > allocation.budget ? cost : nil
    }

    /// What the trials that are asked for by now cost, in the budget's units.
    package var spent: Double { allocation.spent(asked) }

    /// The decision after the round that `asked` stands for. All of these trials must be in `columns`.
    package mutating func decide(_ columns: Columns) throws -> RoundDecision {
        let round = records.count + 1
        let key = RoundRecord.key(context, round: round, asked: asked)
        if known.indices.contains(round - 1), known[round - 1].key == key, known[round - 1].asked.count == asked.count,
            known[round - 1].decided.count == decidedRounds(0).count {
            records.append(known[round - 1])
            asked = known[round - 1].asked
            return known[round - 1].decision
        }
        let view = ControlledColumns(PrefixColumns(columns, asked: asked), controls: controls)
        let (items, unit, growth) = try items(view, asked: asked, round: round, before: lastLook)
        var wanted = asked
        var hopeless: [String] = [], open: [String] = []
        var counts = (reached: 0, hopeless: 0)
        var farthest: (ratio: Double, text: String)?
        var canGrow = false
        for item in items {
            switch item.state {
            case .reached: counts.reached += 1
            case .hopeless(let reason):
                counts.hopeless += 1
                if hopeless.count < RoundDecision.listed { hopeless.append("\(item.label): \(reason)") }
            case .needs(let trials):
                var ratio = 0.0
                for wish in item.wishes.isEmpty ? [(item.cells, trials)] : item.wishes {
                    for cell in wish.0 {
                        ratio = max(ratio, Double(wish.1) / Double(asked[cell]))
                        wanted[cell] = max(wanted[cell], growth.next(asked[cell], needed: wish.1, atMost: goal.atMost))
                        canGrow = canGrow || asked[cell] < goal.atMost
                    }
                }
                let text = "\(item.label)\(item.figure)"
                if open.count < RoundDecision.listed { open.append(text) }
                if ratio > farthest?.ratio ?? 0 { farthest = (ratio, text) }
            }
        }
        // A trial is as good as many only beside the control's.
        for (cell, control) in controls.enumerated() where wanted[cell] > asked[cell] {
            if let own = control?.cell { wanted[own] = max(wanted[own], wanted[cell]) }
        }
        let next = allocation.next(asked, wanted: wanted)
        let isOpen = counts.reached + counts.hopeless < items.count
        let outcome: RoundDecision.Outcome = next != asked ? .goesOn
            : isOpen ? (canGrow ? .budget : .atMost) : counts.hopeless > 0 ? .ended : .reached
        let growing = zip(asked, next).count { $0 < $1 }
        let isReal = allocation.costs.map { $0 > 0 }
        func total(_ numbers: [Int]) -> Int { zip(numbers, isReal).reduce(0) { $0 + ($1.1 ? $1.0 : 0) } }
        let decision = RoundDecision(
            round: round, outcome: outcome, unit: unit, total: items.count, reached: counts.reached, hopeless: hopeless,
            hopelessCount: counts.hopeless, open: open, farthest: farthest?.text,
            trialsBefore: total(asked), trialsAfter: total(next),
            growing: outcome == .goesOn ? zip(zip(asked, next), isReal).count { $0.0 < $0.1 && $1 } : 0,
            most: next.max() ?? 0, isCut: growing > 0 && allocation.spent(wanted) > allocation.budget)
        asked = next
        records.append(RoundRecord(key: key, decision: decision, asked: next, decided: decidedRounds(round), reached: items.map { $0.isReached ? 1 : 0 }))
        return decision
    }

    /// What the decision before has found, and the trials by cell that it looked at.
    private var lastLook: ExponentItems.Look? {
        guard let last = records.last else { return nil }
        let asked = records.count > 1 ? records[records.count - 2].asked : allocation.costs.map { _ in goal.atLeast }
        return ExponentItems.Look(reached: last.reached.map { $0 == 1 }, asked: asked)
    }

    /// - Parameters:
    ///   - asked: by cell, the trials in the view.
    ///   - before: the look before.
    mutating func items(
        _ view: ControlledColumns<PrefixColumns<Columns>>, asked: [Int], round: Int, before: ExponentItems.Look? = nil
    ) throws -> (items: [GoalItem], unit: String, growth: Growth) {
        switch goal.target {
        case .relativeError(let share, let response):
            (try means(view, asked, .relative(share), response), "cell", .means)
        case .absoluteError(let width, let response):
            (try means(view, asked, .absolute(width), response), "cell", .means)
        case .exponent(let width, let response, let against):
            (try ExponentItems(
                request: FitRequest(response: response, against: against, options: FitOptions(confidence: goal.confidence)),
                target: width, atLeast: goal.atLeast, costs: allocation.costs, atMost: goal.atMost, threads: threads)
                .items(view, asked: asked, before: before), "exponent", .means)
        case .crossing(let share, let pair, let response, let against):
            (try CrossingItems(
                target: share, pair: pair, response: response, against: against, confidence: goal.confidence, atLeast: goal.atLeast,
                costs: allocation.costs, atMost: goal.atMost).items(view, asked: asked), "crossing", .means)
        case .claimsDecided:
            (try claimItems(view, round: round), "claim", .claims)
        }
    }

    private func means(
        _ view: some TrialColumns, _ asked: [Int], _ bound: MeanPrecision.Bound, _ response: String
    ) throws -> [GoalItem] {
        try MeanItems(
            rule: MeanPrecision(bound, confidence: goal.confidence, atMost: goal.atMost), response: response
        ).items(view, asked: asked, included: allocation.costs.map { $0 > 0 })
    }

    /// Claims that were decided stay so: each look has its own share of the doubt.
    private mutating func claimItems(_ view: some TrialColumns, round: Int) throws -> [GoalItem] {
        let own = ClaimItems(claims: claims, decided: decidedRounds(round - 1).map { $0 > 0 }, round: round, threads: threads)
        let (items, results) = try own.items(view)
        for (claim, result) in results.enumerated() {
            if let result { judged[claim] = (round, result) }
        }
        return items
    }

    /// By claim, the round up to this one that decided it, 0 where it is open.
    private func decidedRounds(_ round: Int) -> [Int] {
        guard case .claimsDecided = goal.target else { return [] }
        return claims.indices.map { claim in
            if let before = records.last?.decided[claim], before > 0 { return before }
            guard let own = judged[claim], own.round <= round, own.result.verdict != .undecided else { return 0 }
            return own.round
        }
    }

    /// The sweep's claims as they were judged when they were decided, or last; empty unless the goal is about them.
    ///
    /// - Parameter columns: with all trials of the rounds so far: a claim whose decision was taken from the result is judged again.
    package func verdicts(_ columns: Columns) throws -> [ClaimResult] {
        guard case .claimsDecided = goal.target, let last = records.last else { return [] }
        return try claims.indices.map { claim in
            let round = last.decided[claim] > 0 ? last.decided[claim] : records.count
            if let own = judged[claim], own.round == round { return own.result }
            let asked = round > 1 ? records[round - 2].asked : allocation.costs.map { _ in goal.atLeast }
            let view = ControlledColumns(PrefixColumns(columns, asked: asked), controls: controls)
            return try ClaimItems(claims: claims, decided: [], round: round, threads: threads).look(claims[claim], view)
        }
    }
}
