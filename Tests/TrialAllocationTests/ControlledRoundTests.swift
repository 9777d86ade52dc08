import ScalingFits
import StoppingStudy
import Testing
import TrialContract

@testable import TrialAllocation

/// A control and three cells that see its noise, ever less of it.
private struct ControlledCells: TrialColumns {
    var lengths: [Int]
    /// What a control that is used with the best coefficient leaves: the same values without what they share.
    var isWithoutCommon = false

    var dimensions: [GridDimension] {
        [GridDimension(name: "rho", values: .numbers([0, 0.1, 0.2, 0.4]), longName: "")]
    }
    var dependentCoordinates: [AuxiliaryCoordinate] { [] }
    var statistics: [String] { ["distance_squared"] }
    var trials: Int { lengths.max() ?? 0 }
    var sharesRandomNumbers: Bool { true }

    static func value(_ cell: Int, _ trial: Int) -> Double {
        let common = StoppingLaw.normal.trials(sweep: 1, trial..<trial + 1)[0]
        guard cell > 0 else { return common }
        let own = StoppingLaw.normal.trials(sweep: 10 + cell, trial..<trial + 1)[0]
        return common + [0, 0.1, 0.2, 2][cell] * (own - 1)
    }

    private func rows<Value>(_ cells: Range<Int>, _ there: (Int, Int) -> Value, _ not: Value) -> [Value] {
        cells.flatMap { cell in (0..<trials).map { $0 < lengths[cell] ? there(cell, $0) : not } }
    }

    func values(of statistic: String, cells: Range<Int>) -> [Double] {
        rows(cells, { isWithoutCommon ? Self.value($0, $1) - Self.value(0, $1) + 1 : Self.value($0, $1) }, .nan)
    }
    func status(cells: Range<Int>) -> [UInt8] { rows(cells, { _, _ in 1 }, TrialStatus.notAsked.rawValue) }
    func stepsTaken(cells: Range<Int>) -> [Int64] { rows(cells, { _, _ in 1 }, 0) }
}

@Suite struct ControlledRoundTests {
    private static let goal = TrialGoal(atLeast: 64, target: .relativeError(0.02, of: "distance_squared"))
    private static let controls = [ControlCell?](repeating: ControlCell(cell: 0, means: ["distance_squared": 1]), count: 4)

    private static func pursue(
        _ controls: [ControlCell?], more: Int = 0, isWithoutCommon: Bool = false
    ) throws -> GoalRounds<ControlledCells> {
        var rounds = GoalRounds<ControlledCells>(goal: goal, costs: [1, 2, 2, 2], controls: controls, threads: 1)
        while try !rounds.decide(
            ControlledCells(lengths: rounds.asked.map { $0 + more }, isWithoutCommon: isWithoutCommon)
        ).isLast {}
        return rounds
    }

    /// Of the variances 1 + 0.01, 0.04 and 4 are left 0.01, 0.04 and 4.
    @Test func cellsWithAControlNeedFewerTrials() throws {
        let (plain, reduced) = (try Self.pursue([]), try Self.pursue(Self.controls))
        #expect(plain.decisions.last?.outcome == .reached && reduced.decisions.last?.outcome == .reached)
        #expect(plain.asked.min() ?? 0 > 8000)
        // The rule's own price of not knowing a variance is that of plain cells that scatter as little; coefficients that are
        // estimated cost a few trials more, in blocks of eight.
        let oracle = try Self.pursue([], isWithoutCommon: true)
        for cell in 1...3 {
            #expect((reduced.asked[cell] - oracle.asked[cell]).magnitude <= oracle.asked[cell] / 20 + 8, "\(reduced.asked) \(oracle.asked)")
        }
        // The control has the trials of those that it helps, though its own mean is known.
        #expect(reduced.asked[0] >= reduced.asked[3])
    }

    /// Decisions are functions of what their rounds asked for, also with controls.
    @Test func decisionsSeeNoMoreThanTheirRound() throws {
        let (first, again) = (try Self.pursue(Self.controls), try Self.pursue(Self.controls, more: 777))
        #expect(first.decisions == again.decisions && first.asked == again.asked && first.decisions.count > 2)
    }
}
