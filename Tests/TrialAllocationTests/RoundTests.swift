import ClaimVerdicts
import PortableMath
import ScalingFits
import StoppingStudy
import Testing
import TrialContract

@testable import TrialAllocation

/// A result in memory: one axis of cells, each with as many trials as it has been given.
private struct GrowingColumns: TrialColumns {
    /// By cell.
    var lengths: [Int]
    /// By cell and trial.
    var value: @Sendable (Int, Int) -> Double
    var excluded: Set<Int> = []

    var dimensions: [GridDimension] {
        [GridDimension(name: "rho", values: .numbers(lengths.indices.map(Double.init)), longName: "")]
    }
    var dependentCoordinates: [AuxiliaryCoordinate] { [] }
    var statistics: [String] { ["y"] }
    var trials: Int { lengths.max() ?? 0 }
    var sharesRandomNumbers: Bool { true }

    private func rows<Value>(_ cells: Range<Int>, _ there: (Int, Int) -> Value, _ not: Value) -> [Value] {
        cells.flatMap { cell in (0..<trials).map { $0 < lengths[cell] && !excluded.contains(cell) ? there(cell, $0) : not } }
    }

    func values(of statistic: String, cells: Range<Int>) -> [Double] { rows(cells, value, .nan) }
    func status(cells: Range<Int>) -> [UInt8] {
        cells.flatMap { cell in
            (0..<trials).map { trial in
                excluded.contains(cell) ? TrialStatus.excluded.rawValue
                    : trial < lengths[cell] ? TrialStatus.finished.rawValue : TrialStatus.notAsked.rawValue
            }
        }
    }
    func stepsTaken(cells: Range<Int>) -> [Int64] { rows(cells, { _, _ in 1 }, 0) }
}

/// Two optimizers over some rhos, with as many trials per cell as have been given.
private struct PairColumns: TrialColumns {
    var rhos: [Double]
    var isShared: Bool
    /// Of an optimizer, a place and a trial.
    var value: @Sendable (Int, Int, Int) -> Double
    var lengths: [Int] = []

    init(rhos: [Double], isShared: Bool, _ value: @escaping @Sendable (Int, Int, Int) -> Double) {
        (self.rhos, self.isShared, self.value) = (rhos, isShared, value)
    }

    var dimensions: [GridDimension] {
        [
            GridDimension(name: "optimizer", values: .names(["a", "b"]), longName: ""),
            GridDimension(name: "rho", values: .numbers(rhos), longName: ""),
        ]
    }
    var dependentCoordinates: [AuxiliaryCoordinate] { [] }
    var statistics: [String] { ["y"] }
    var trials: Int { lengths.max() ?? 0 }
    var sharesRandomNumbers: Bool { isShared }

    private func rows<Value>(_ cells: Range<Int>, _ there: (Int, Int) -> Value, _ not: Value) -> [Value] {
        cells.flatMap { cell in (0..<trials).map { $0 < lengths[cell] ? there(cell, $0) : not } }
    }

    func values(of statistic: String, cells: Range<Int>) -> [Double] {
        rows(cells, { value($0 / rhos.count, $0 % rhos.count, $1) }, .nan)
    }
    func status(cells: Range<Int>) -> [UInt8] {
        rows(cells, { _, _ in TrialStatus.finished.rawValue }, TrialStatus.notAsked.rawValue)
    }
    func stepsTaken(cells: Range<Int>) -> [Int64] { rows(cells, { _, _ in 1 }, 0) }
}

/// Noise of mean 1 that is the same every time.
private enum SyntheticNoise {
    static func trial(_ sweep: Int, _ stream: Int, _ trial: Int) -> Double {
        1 + 0.5 * (StoppingLaw.normal.trials(sweep: 7919 * sweep + stream, trial..<trial + 1)[0] - 1)
    }
}

private struct Constant: CellExpression {
    var value: Double
    var text: String { "\(value)" }
    var isCondition: Bool { false }
    var statistics: [String] { [] }
    var dimensions: [Int] { [] }
    func bound(to cell: Int) -> CellFunction { { [value] _ in value } }
}

private struct Statistic: CellExpression {
    var text: String { "y" }
    var isCondition: Bool { false }
    var statistics: [String] { ["y"] }
    var dimensions: [Int] { [] }
    func bound(to cell: Int) -> CellFunction { { $0[0] } }
}

@Suite struct RoundTests {
    /// Cells of deviations 0, 0.1 … around means of 1.
    @Sendable private static func scattered(_ cell: Int, _ trial: Int) -> Double {
        1 + 0.1 * Double(cell) * (StoppingLaw.normal.trials(sweep: cell, trial..<trial + 1)[0] - 1)
    }

    /// Rounds as a run takes them: a result grows to what is asked for, and no further.
    private static func pursue(
        _ goal: TrialGoal, costs: [Double], claims: [Claim] = [], excluded: Set<Int> = [],
        value: @escaping @Sendable (Int, Int) -> Double
    ) throws -> GoalRounds<GrowingColumns> {
        var rounds = GoalRounds<GrowingColumns>(goal: goal, costs: costs, claims: claims, threads: 1)
        while try !rounds.decide(GrowingColumns(lengths: rounds.asked, value: value, excluded: excluded)).isLast {}
        return rounds
    }

    @Test func eachCellGetsWhatItsScatterAsksFor() throws {
        let goal = TrialGoal(atLeast: 16, target: .relativeError(0.01, of: "y"))
        let rounds = try Self.pursue(goal, costs: [1, 1, 1, 0, 1, 1], excluded: [3], value: Self.scattered)
        let last = try #require(rounds.decisions.last)
        #expect(last.outcome == .reached && last.total == 5 && last.reached == 5)
        #expect(rounds.asked[0] == 16)
        for cell in [1, 2, 4, 5] {
            // (1.96 · 0.1 c/0.01)²
            let oracle = 384.1 * Double(cell * cell)
            #expect((0.8 * oracle...1.35 * oracle).contains(Double(rounds.asked[cell])), "cell \(cell): \(rounds.asked[cell])")
            let values = (0..<rounds.asked[cell]).map { Self.scattered(cell, $0) }
            #expect(CellMoments(values).halfWidth(confidence: 0.95) <= 0.01 * abs(CellMoments(values).mean))
        }
        #expect(rounds.decisions.dropLast().allSatisfy { $0.outcome == .goesOn && $0.trialsAfter > $0.trialsBefore })
        #expect(last.trialsBefore == rounds.asked.enumerated().reduce(0) { $0 + ($1.offset == 3 ? 0 : $1.element) })
    }

    /// More trials than a round asked for change nothing of what it decides: a resumed run comes to the same ones.
    @Test(arguments: [1, 3, 400_000]) func decisionsSeeNoMoreThanTheirRound(more: Int) throws {
        let goal = TrialGoal(atLeast: 16, target: .relativeError(0.03, of: "y"))
        let first = try Self.pursue(goal, costs: [Double](repeating: 1, count: 4), value: Self.scattered)
        var again = GoalRounds<GrowingColumns>(goal: goal, costs: [Double](repeating: 1, count: 4), threads: 1)
        let lengths = first.asked.map { min($0 * 2, $0 + more) }
        let all = GrowingColumns(lengths: lengths, value: Self.scattered)
        while try !again.decide(all).isLast {}
        #expect(again.decisions == first.decisions && again.asked == first.asked)
    }

    @Test func claimsAreJudgedByTheTrialsOfTheirRound() throws {
        let goal = TrialGoal(atLeast: 16, target: .claimsDecided), claims = [Self.claim(above: 0.95)]
        let value: @Sendable (Int, Int) -> Double = { _, trial in Self.scattered(5, trial) }
        let first = try Self.pursue(goal, costs: [1, 1], claims: claims, value: value)
        var again = GoalRounds<GrowingColumns>(goal: goal, costs: [1, 1], claims: claims, threads: 1)
        let all = GrowingColumns(lengths: first.asked.map { 2 * $0 }, value: value)
        while try !again.decide(all).isLast {}
        #expect(first.decisions.count > 1 && again.decisions == first.decisions)
    }

    @Test func theBudgetEndsTheRoundsAndSaysWhatIsOpen() throws {
        for budget in [80.0, 500, 2000, 5000] {
            let goal = TrialGoal(atLeast: 16, target: .relativeError(0.01, of: "y"), budget: .trials(budget))
            let rounds = try Self.pursue(goal, costs: [1, 1, 1, 1, 1], value: Self.scattered)
            let last = try #require(rounds.decisions.last)
            #expect(last.outcome == .budget && rounds.spent <= budget)
            #expect(!last.open.isEmpty && last.open.contains { $0.contains("rho 4 is at") }, "\(last.open)")
            #expect(last.text.contains("the budget leaves no more trials for the other \(last.openCount)"))
        }
        let dear = GoalRounds<GrowingColumns>(
            goal: TrialGoal(atLeast: 16, target: .relativeError(0.01, of: "y"), budget: .gradients(1000)), costs: [50, 50])
        #expect(dear.tooDearFromTheStart == 1600)
    }

    @Test func atMostEndsTheRounds() throws {
        let goal = TrialGoal(atLeast: 10, atMost: 999, target: .absoluteError(0.001, of: "y"))
        let rounds = try Self.pursue(goal, costs: [1, 1, 1], value: Self.scattered)
        #expect(rounds.decisions.last?.outcome == .atMost && rounds.asked == [10, 999, 999])
    }

    @Test func aMeanOfZeroIsNamedAndTheOthersAreReached() throws {
        let goal = TrialGoal(atLeast: 64, atMost: 20_000, target: .relativeError(0.02, of: "y"))
        let rounds = try Self.pursue(goal, costs: [1, 1]) { cell, trial in Self.scattered(1, trial) - (cell == 0 ? 1 : 0) }
        let last = try #require(rounds.decisions.last)
        #expect(last.outcome == .ended && last.reached == 1 && last.hopelessCount == 1)
        #expect(last.hopeless[0].hasPrefix("rho 0: its mean") && last.hopeless[0].contains("absolute_error"))
        #expect(rounds.asked[0] < 2000)
    }

    @Test func anExponentGetsWhatItsIntervalAsksFor() throws {
        let goal = TrialGoal(atLeast: 64, target: .exponent(0.02, of: "y", against: "rho"))
        let rounds = try Self.pursue(goal, costs: [Double](repeating: 1, count: 8)) { cell, trial in
            let x = Double(cell)
            return x * x * (1 + 0.5 * (StoppingLaw.normal.trials(sweep: 50 + cell, trial..<trial + 1)[0] - 1))
        }
        let last = try #require(rounds.decisions.last)
        #expect(last.outcome == .reached && last.unit == "exponent", "\(rounds.decisions.map(\.text))")
        #expect(rounds.decisions.count > 1)
    }

    /// A wide interval is had from the first trials, but of skewed ones they do not know the scatter that it is made of.
    @Test func anExponentWaitsUntilItsScatterIsKnown() throws {
        let goal = TrialGoal(atLeast: 64, target: .exponent(0.5, of: "y", against: "rho"))
        func rounds(_ spread: Double) throws -> GoalRounds<GrowingColumns> {
            try Self.pursue(goal, costs: [Double](repeating: 1, count: 8)) { cell, trial in
                let x = Double(cell), normal = StoppingLaw.normal.trials(sweep: 70 + cell, trial..<trial + 1)[0] - 1
                return x * x * PortableMath.exp(spread * normal)
            }
        }
        let light = try rounds(0.2), heavy = try rounds(1)
        #expect(light.decisions.count < heavy.decisions.count && light.decisions.last?.outcome == .reached, "\(light.decisions.map(\.text))")
        #expect(heavy.decisions.count > 1 && heavy.decisions.last?.outcome == .reached, "\(heavy.decisions.map(\.text))")
        #expect(heavy.decisions[0].open.first?.contains("0.50 is asked for, and its scatter is known to") == true, "\(heavy.decisions[0].open)")
    }

    @Test func whatIsKnownOfAVarianceIsSeenInFourthMoments() {
        func known(_ responses: [[Double]], _ influences: [Double], shared: Bool = false) -> Double {
            ScatterKnowledge.relativeVariance(responses, influences: influences, areShared: shared)
        }
        // Squares that are all alike leave no doubt; kurtosis less 1 over n for one cell, here of 0 0 0 1: 7/3 - 1.
        #expect(known([[1, -1, 1, -1]], [3]) == 0 && known([[2, 2, 2]], [1]) == 0)
        #expect(abs(known([[0, 0, 0, 1]], [5]) - (7.0 / 3 - 1) / 4) < 1e-12)
        // Two such cells of their own: half of it, of equal influence; of one with ten times the other's nearly all.
        #expect(abs(known([[0, 0, 0, 1], [0, 1, 0, 0]], [1, -1]) - (7.0 / 3 - 1) / 8) < 1e-12)
        #expect(abs(known([[0, 0, 0, 1], [0, 1, 0, 0]], [10, 1]) / ((7.0 / 3 - 1) / 4) - 10_001.0 / 10_201) < 1e-9)
        // Of the same noise, what is alike goes: 0 0 0 1 less itself leaves the other's.
        #expect(known([[0, 0, 0, 1], [0, 0, 0, 1]], [1, -1], shared: true) == 0)
        #expect(abs(known([[0, 0, 0, 2], [0, 0, 0, 1]], [1, -1], shared: true) - (7.0 / 3 - 1) / 4) < 1e-12)
        // Four degrees of freedom and eight, in equal parts: (1/4)(2/4 + 2/8).
        #expect(abs(ScatterKnowledge.relativeVariance(parts: [1, 1], freedoms: [4, 8]) - 0.1875) < 1e-12)
    }

    // MARK: crossings

    private static let rhos = (0...8).map { PortableMath.pow(10, Double($0) / 4 - 1) }

    /// Two optimizers over nine rhos, 9 cells each: the first less the second is rho (rho - 3)/(1 + rho) on average, or of one sign.
    private static func crossing(sweep: Int, isOneSided: Bool = false, isShared: Bool = true) -> PairColumns {
        PairColumns(rhos: rhos, isShared: isShared) { optimizer, place, trial in
            let x = rhos[place], stream = isShared ? 0 : 1000 * (2 * place + optimizer)
            let common = 5 * SyntheticNoise.trial(sweep, stream + 1, trial)
            // Half of what differs is the same at all places.
            let own = (SyntheticNoise.trial(sweep, stream + 2, trial) + SyntheticNoise.trial(sweep, stream + 10 + place, trial)) / 2
            return optimizer == 0 ? common + (isOneSided ? -x : x * (x - 3) / (1 + x)) * own : common
        }
    }

    private static func pursue(_ goal: TrialGoal, _ columns: PairColumns) throws -> GoalRounds<PairColumns> {
        var rounds = GoalRounds<PairColumns>(goal: goal, costs: [Double](repeating: 1, count: 18), threads: 1)
        var columns = columns
        while true {
            columns.lengths = rounds.asked
            if try rounds.decide(columns).isLast { return rounds }
        }
    }

    private static let pair = TrialGoal.Pair(over: "optimizer", first: "a", second: "b")

    /// Only the places around it are worth more trials, and both cells of a place have the same; the intervals at the stopping
    /// time hold the crossing of the cubic through the means of all.
    @Test func aCrossingGetsTrialsWhereItLies() throws {
        let goal = TrialGoal(atLeast: 64, target: .crossing(0.002, Self.pair, of: "y", against: "rho"))
        var (held, decided, spared) = (0, 0, 0.0)
        for sweep in 0..<60 {
            let rounds = try Self.pursue(goal, Self.crossing(sweep: sweep))
            let last = try #require(rounds.decisions.last)
            #expect(last.outcome == .reached && last.unit == "crossing", "\(rounds.decisions.map(\.text))")
            #expect(rounds.asked[0] == 64 && rounds.asked[8] == 64, "\(rounds.asked)")
            #expect(rounds.asked[..<9] == rounds.asked[9...], "\(rounds.asked)")
            spared += Double(rounds.asked.reduce(0, +)) / Double(18 * (rounds.asked.max() ?? 1))
            var columns = Self.crossing(sweep: sweep)
            columns.lengths = rounds.asked
            let found = try PairSearch(
                PrefixColumns(columns, asked: rounds.asked), over: "optimizer", pair: ("a", "b"), response: "y", against: "rho",
                confidence: 0.95
            ).comparison().crossings
            let interval = try #require(found.first?.found.first?.interval)
            #expect(interval.upper <= 1.00201 * found[0].found[0].x && interval.lower >= 0.99799 * found[0].found[0].x)
            decided += 1
            held += interval.contains(Self.interpolated) ? 1 : 0
        }
        // Binomial: of 60 at 0.95, 51 or fewer are seen once in 600 times.
        #expect(held > 51, "\(held) of \(decided)")
        #expect(spared / 60 < 0.7)
    }

    /// Where the cubic in ln rho through the exact differences over rho is zero: what the interval speaks of.
    private static var interpolated: Double {
        let exact = PairColumns(rhos: rhos, isShared: true) { optimizer, place, _ in
            optimizer == 0 ? 5 + rhos[place] * (rhos[place] - 3) / (1 + rhos[place]) : 5
        }
        var columns = exact
        columns.lengths = [Int](repeating: 1, count: 18)
        let found = try? PairSearch(
            columns, over: "optimizer", pair: ("a", "b"), response: "y", against: "rho", confidence: 0.95
        ).comparison().crossings
        return found?.first?.found.first?.x ?? .nan
    }

    /// None of the four places around it has much less than half of another's trials: in a round they grow by four times at most.
    @Test func independentNumbersCrossToo() throws {
        let goal = TrialGoal(atLeast: 64, target: .crossing(0.05, Self.pair, of: "y", against: "rho"))
        for sweep in 3..<8 {
            let rounds = try Self.pursue(goal, Self.crossing(sweep: sweep, isShared: false))
            #expect(rounds.decisions.last?.outcome == .reached, "\(rounds.decisions.map(\.text))")
            let around = rounds.asked[4...7]
            #expect(Double(around.min() ?? 0) > 0.2 * Double(around.max() ?? 0), "\(rounds.asked)")
        }
    }

    /// An interval of a few trials that is short enough by a variance that they hardly know does not end the rounds.
    @Test func aCrossingWaitsUntilItsScatterIsKnown() throws {
        let goal = TrialGoal(atLeast: 16, target: .crossing(0.9, Self.pair, of: "y", against: "rho"))
        for sweep in 0..<5 {
            let rounds = try Self.pursue(goal, Self.crossing(sweep: sweep))
            #expect(rounds.decisions.last?.outcome == .reached, "\(rounds.decisions.map(\.text))")
            // Of four places in equal parts, 2/(n - 1)/4 is at most 0.01 from 51 trials on.
            #expect((rounds.asked.max() ?? 0) > 48, "\(rounds.asked)")
        }
    }

    @Test func whatDoesNotCrossIsSaidAtOnce() throws {
        let goal = TrialGoal(atLeast: 64, target: .crossing(0.1, Self.pair, of: "y", against: "rho"))
        let rounds = try Self.pursue(goal, Self.crossing(sweep: 1, isOneSided: true))
        let last = try #require(rounds.decisions.last)
        #expect(last.outcome == .ended && last.hopeless.first?.contains("a has the smaller y everywhere") == true, "\(last)")
        #expect(rounds.asked.allSatisfy { $0 == 64 })
    }

    private static func claim(above bound: Double) -> Claim {
        Claim(
            name: "above", statement: "words", measure: .mean(Statistic()),
            expectation: .band(ClaimBand(atLeast: Constant(value: bound))))
    }

    @Test func claimsAreDecidedOrSaidToBeUndecidable() throws {
        let goal = TrialGoal(atLeast: 16, atMost: 4000, target: .claimsDecided)
        let value: @Sendable (Int, Int) -> Double = { _, trial in Self.scattered(5, trial) }
        func rounds(_ bound: Double) throws -> GoalRounds<GrowingColumns> {
            try Self.pursue(goal, costs: [1, 1], claims: [Self.claim(above: bound)], value: value)
        }
        func verdicts(_ rounds: GoalRounds<GrowingColumns>) throws -> [Verdict] {
            try rounds.verdicts(GrowingColumns(lengths: rounds.asked, value: value)).map(\.verdict)
        }
        // Means of 1 with deviation 0.5.
        let passes = try rounds(0.95), fails = try rounds(1.05)
        #expect(try verdicts(passes) == [.pass] && passes.decisions.last?.outcome == .reached)
        #expect(try verdicts(fails) == [.fail] && fails.decisions.last?.outcome == .reached)
        // A bound that is the truth is decided nowhere.
        let never = try rounds(CellMoments((0..<4000).map { Self.scattered(5, $0) }).mean)
        #expect(try verdicts(never) == [.undecided] && never.decisions.last?.outcome == .atMost)
        #expect(never.decisions.last?.open.first?.hasPrefix("claim above is undecided") == true)
    }

    /// What a result has kept is taken as it is, whatever the columns now hold; of another sweep, goal or program, and from where a
    /// record is lost, all is decided again.
    @Test func whatWasKeptIsNotDecidedAgain() throws {
        let goal = TrialGoal(atLeast: 16, target: .relativeError(0.01, of: "y")), costs = [Double](repeating: 1, count: 5)
        let first = try Self.pursue(goal, costs: costs, value: Self.scattered)
        #expect(first.records.count > 2 && RoundRecord.read(RoundRecord.text(first.records), cells: 5) == first.records)
        func again(_ known: [RoundRecord], _ context: String = "", isThere: Bool) throws -> GoalRounds<GrowingColumns> {
            var rounds = GoalRounds<GrowingColumns>(goal: goal, costs: costs, known: known, context: context, threads: 1)
            // Constant responses: whoever looks at them has enough at once.
            let value: @Sendable (Int, Int) -> Double = { isThere ? Self.scattered($0, $1) : 1 }
            while try !rounds.decide(GrowingColumns(lengths: first.asked, value: value)).isLast {}
            return rounds
        }
        #expect(try again(first.records, isThere: false).records == first.records)
        #expect(try again(first.records, "other", isThere: false).decisions.count == 1)
        #expect(try again(Array(first.records.dropFirst()), isThere: false).decisions.count == 1)
        let half = try again(Array(first.records.prefix(2)), isThere: false)
        #expect(half.decisions.prefix(2) == first.decisions.prefix(2) && half.decisions.count == 3 && half.asked == first.records[1].asked)
        #expect(try again(Array(first.records.prefix(2)), isThere: true).records == first.records)
        // Another decision of the first round is another way from there on.
        var other = first.records
        other[0].asked[1] += 8
        #expect(try again(other, isThere: false).decisions.count == 2)
    }

    @Test func claimsThatARecordSaysAreDecidedAreJudgedByTheirRound() throws {
        let goal = TrialGoal(atLeast: 16, atMost: 4000, target: .claimsDecided)
        let claims = [0.5, 1.05, 0.95].map { Self.claim(above: $0) }
        let value: @Sendable (Int, Int) -> Double = { _, trial in Self.scattered(5, trial) }
        let first = try Self.pursue(goal, costs: [1, 1], claims: claims, value: value)
        let columns = GrowingColumns(lengths: first.asked, value: value)
        let decided = try #require(first.records.last?.decided)
        #expect(decided[0] == 1 && decided[1] > 1 && decided[2] > 1, "\(decided)")
        var again = GoalRounds<GrowingColumns>(goal: goal, costs: [1, 1], claims: claims, known: RoundRecord.read(RoundRecord.text(first.records), cells: 2), threads: 1)
        while try !again.decide(columns).isLast {}
        #expect(again.records == first.records)
        #expect(try again.verdicts(columns).map(\.findings) == first.verdicts(columns).map(\.findings))
        #expect(try again.verdicts(columns).map(\.verdict) == [.pass, .fail, .pass])
    }

    /// Lists give way where room is short, those of the last decision at last; what is no record is none.
    @Test func recordsFitWhereTheyAreToBeKept() throws {
        let goal = TrialGoal(atLeast: 16, target: .relativeError(0.01, of: "y"), budget: .trials(500))
        let records = try Self.pursue(goal, costs: [Double](repeating: 1, count: 9), value: Self.scattered).records
        let whole = RoundRecord.text(records)
        #expect(records.count == 2 && records.allSatisfy { $0.decision.open.count > 4 })
        for bytes in stride(from: whole.utf8.count, to: 400, by: -37) {
            let text = RoundRecord.text(records, atMost: bytes)
            #expect(text.utf8.count <= bytes)
            let read = RoundRecord.read(text, cells: 9)
            #expect(text.isEmpty || read.map(\.asked) == records.map(\.asked) && read.map(\.decision.openCount) == records.map(\.decision.openCount))
            if read.count == 2, read[0].decision.open.count > 0 { #expect(read[1] == records[1]) }
        }
        #expect(RoundRecord.text(records, atMost: 10) == "")
        for cut in stride(from: 0, to: whole.utf8.count, by: 11) {
            let read = RoundRecord.read(String(whole.prefix(cut)), cells: 9)
            #expect(read.count < 2 && read.elementsEqual(records.prefix(read.count)))
        }
        // Neither numbers that nothing counts nor lists longer than a sweep's: each of these would take the memory of a machine.
        for hostile in ["cells -", "cells 1000000000000", "cells 9999 1\ncells ", "items 1000000000000 1\nitems "] {
            let place = String(hostile.prefix { $0 != " " }) + " "
            #expect(RoundRecord.read(whole.replacing(place, with: hostile), cells: 9).isEmpty, "\(hostile)")
        }
        #expect(RoundRecord.read(whole.replacing("numbers ", with: "numbers 9223372036854775807"), cells: 9).isEmpty)
        let many = String(repeating: "record k\noutcome goes_on\nunit cell\nnumbers 1 1 0 0 1 1 1 1 0\ncells 4096 1\nend\n", count: 200)
        #expect(RoundRecord.read(many, cells: 9).count == 128)
        #expect(RoundRecord.read("end\nend\n", cells: 9).isEmpty)
    }

    @Test func looksAtClaimsShareTheirDoubt() {
        let doubt = (1...10_000).reduce(0) { $0 + 1 - ClaimItems.confidence(0.99, look: $1) }
        // What looks after these have, the integral of k^(-3/2) from 10,000 on over all of them.
        let rest = 0.01 * 2 / 100 / 2.612_375_348_685_488
        #expect(doubt < 0.01 && abs(doubt + rest - 0.01) < 1e-8)
    }

    /// At z = 2 an estimate one standard error from the bound would need four times its trials, and one and a half need 16/9 of them.
    @Test func theNextLookIsAimedAtAnEstimateHalfAnErrorFartherOff() {
        #expect(ClaimItems.aim(40_000, trials: 10_000, confidence: 0.954_499_736_103_641_6) == 17_778)
        #expect(ClaimItems.aim(.max, trials: 10_000, confidence: 0.954_499_736_103_641_6) < 160_001)
        #expect(ClaimItems.aim(101, trials: 100, confidence: 0.99) == 101)
    }
}
