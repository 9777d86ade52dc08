import ScalingFits
import Testing
import TrialContract
@testable import ClaimVerdicts

@Test func differencesAreTakenTrialByTrial() throws {
    // Trials scatter by 1, the effect of rho is 0.01: seen only because trials are paired.
    let columns = FakeColumns { _, rho, trial in noise(trial) + 0.01 * rho }
    let above = ClaimBand(atLeast: Formula(text: "0.009 rho", dimensions: [1]) { rho, _, _ in 0.009 * rho })
    let paired = try judge(claim(.mean(Formula.y), above, minus: [1: 0]), columns)
    #expect(paired.verdict == .pass)
    // The cells at rho = 0 are not compared with themselves.
    #expect(paired.findings.count == 6)
    let wrong = ClaimBand(atLeast: Formula(text: "0.011 rho", dimensions: [1]) { rho, _, _ in 0.011 * rho })
    #expect(try judge(claim(.mean(Formula.y), wrong, minus: [1: 0]), columns).verdict == .fail)
    #expect(try judge(claim(.mean(Formula.y), above), columns).verdict == .undecided)
}

@Test func aComparisonWithADroppedCellIsNoVerdict() throws {
    var columns = FakeColumns { _, rho, trial in rho + noise(trial) }
    columns.isExcluded = { $0 == 4 }
    let result = try judge(claim(.mean(Formula.y), ClaimBand(atMost: Formula.number(100)), minus: [1: 0]), columns)
    #expect(result.verdict == .undecided)
    #expect(result.remarks.first?.contains("drops the cell to compare with (optimizer = m-sam, rho = 0)") == true)
}

@Test func droppedCellsAreNotJudged() throws {
    var columns = FakeColumns { _, rho, _ in rho }
    columns.isExcluded = { $0 % 4 == 3 }
    let result = try judge(claim(.every(Formula.y), ClaimBand(atMost: Formula.number(1))), columns)
    #expect(result.verdict == .pass && result.findings.count == 6)
}

@Test func onlyTheExtremeOfSomeCellsCounts() throws {
    let columns = FakeColumns { optimizer, rho, _ in Double(optimizer) + rho / 10 }
    func extreme(_ isLargest: Bool, _ dimensions: [Int]) -> ClaimExtreme {
        ClaimExtreme(isLargest: isLargest, dimensions: dimensions)
    }
    let atLeastOne = ClaimBand(atLeast: Formula.number(1))
    for measure in [ClaimMeasure.every(Formula.y), .mean(Formula.y)] {
        let some = try judge(claim(measure, atLeastOne, extreme: extreme(true, [0])), columns)
        #expect(some.verdict == .pass && some.findings.count == 4)
        #expect(try judge(claim(measure, atLeastOne, extreme: extreme(false, [0])), columns).verdict == .fail)
        #expect(try judge(claim(measure, atLeastOne), columns).verdict == .fail)
        let one = try judge(claim(measure, atLeastOne, extreme: extreme(true, [0, 1])), columns)
        #expect(one.findings.map { $0.extremeAt?.description } == ["optimizer = m-sam, rho = 2"])
        #expect(some.findings.allSatisfy { $0.extremeAt?.description == "optimizer = m-sam" })
        let least = try judge(claim(measure, atLeastOne, extreme: extreme(false, [0])), columns)
        #expect(least.findings.map { "\($0.setting), \($0.extremeAt?.description ?? "-")" }.first == "rho = 0, optimizer = sgd")
        #expect(try judge(claim(measure, atLeastOne), columns).findings.allSatisfy { $0.extremeAt == nil })
    }
}

@Test func aConstantFoundOnSomeCellsIsTestedOnTheOthers() throws {
    let bounded = FakeColumns { _, rho, trial in 3 * rho * rho * (1 + 0.01 * noise(trial)) + 0.5 * rho * rho * (rho < 2 ? 1 : 0) }
    let square = Formula(text: "rho^2", dimensions: [1]) { rho, _, _ in rho * rho }
    func bound(_ allowance: Double, isUpper: Bool = true) -> Claim {
        let constant = ClaimConstant(selection: Formula.select { rho, _ in rho < 2 }, allowance: allowance)
        return claim(
            .mean(Formula.y),
            isUpper ? ClaimBand(atMost: square, constant: constant) : ClaimBand(atLeast: square, constant: constant),
            where: .select { rho, _ in rho > 0 })
    }
    let result = try judge(bound(1), bounded)
    #expect(result.verdict == .pass)
    #expect(result.findings.count == 2)
    #expect(result.remarks == ["constant 3.496 found on 4 cells; the other 2 need 2.996, allowed is 3.496"])
    // As a lower bound the constant does not carry over, unless it is allowed to.
    #expect(try judge(bound(1, isUpper: false), bounded).verdict == .fail)
    #expect(try judge(bound(1.2, isUpper: false), bounded).verdict == .pass)
    // A law of another exponent is not bounded by rho^2.
    let cubic = FakeColumns { _, rho, trial in rho * rho * rho * (1 + 0.01 * noise(trial)) }
    #expect(try judge(bound(1.5), cubic).verdict == .fail)
}

@Test func aTableComparesOutcomes() throws {
    let outcomes = [
        ClaimTable.Outcome(name: "reaches", band: ClaimBand(atMost: Formula.number(0.1))),
        ClaimTable.Outcome(name: "stops", band: ClaimBand(atLeast: Formula.number(0.4))),
    ]
    func table(_ expected: [[Int?]]) -> Claim {
        Claim(
            name: "t", statement: "", measure: .mean(Formula.y),
            expectation: .table(ClaimTable(rows: 0, columns: 1, outcomes: outcomes, expected: expected)))
    }
    let columns = FakeColumns { optimizer, rho, trial in (optimizer == 0 ? 0.01 : 0.5 * rho) * (1 + 0.01 * noise(trial)) }
    let right = try judge(table([[0, 0, 0, 0], [nil, nil, 1, 1]]), columns)
    #expect(right.verdict == .pass && right.findings.count == 6)
    #expect(right.findings.map { $0.place?.outcome } == ["reaches", "reaches", "reaches", "reaches", "stops", "stops"])
    #expect(right.table?.columns == ["0", "0.5", "1", "2"])
    let wrong = try judge(table([[0, 0, 1, 0], [nil, nil, 1, 1]]), columns)
    #expect(wrong.verdict == .fail && wrong.findings.count { $0.verdict == .fail } == 1)
    // 0.25 is neither.
    let between = try judge(table([[nil, nil, nil, nil], [nil, 1, nil, nil]]), columns)
    #expect(between.verdict == .fail && between.findings[0].place?.outcome == nil)
}

@Test(arguments: [
    (0.0, 1.0, Verdict.pass, nil), (2.0, 3.0, .fail, nil), (0.5, 1.5, .undecided, nil),
    // Half width 0.2 around 0.9, bound at 1: (0.2 / 0.1)^2 times as many.
    (0.7, 1.1, .undecided, 400), (0.9, 1.3, .undecided, 400),
] as [(Double, Double, Verdict, Int?)])
func acceptanceAsksForTrialsByTheInverseSquare(lower: Double, upper: Double, verdict: Verdict, trials: Int?) {
    let accepted = Acceptance(ClaimBand(atMost: Formula.number(1)), cell: 0)
    let interval = Interval(lower, upper)
    #expect(accepted.verdict(interval) == verdict)
    let needed = accepted.trialsNeeded((lower + upper) / 2, interval, trials: 100)
    #expect(needed.map { abs($0 - (trials ?? 0)) <= 1 } ?? (trials == nil))
}

@Test func tolerancesAndMarginsWidenBothEnds() {
    let band = ClaimBand(
        atLeast: Formula.number(-2), atMost: Formula.number(4), margin: Formula.number(0.5), tolerance: 0.25)
    #expect(Acceptance(band, cell: 0).interval == Interval(-3, 5.5))
    #expect(Acceptance(ClaimBand(center: Formula.rho, tolerance: 0.5), cell: 3).interval == Interval(1, 3))
}

/// Names that claims allow are models of the fits, with the parameter.
@Test func claimModelsExist() throws {
    let known = Dictionary(uniqueKeysWithValues: ModelCatalogue.descriptions.map { ($0.name, $0) })
    #expect(ModelCatalogue.claimable(with: "exponent").starts(with: ["power", "power+floor"]))
    #expect(ModelCatalogue.claimable(with: "floor").starts(with: ["power+floor", "polynomial", "quadratic+floor"]))
    #expect(ModelCatalogue.claimable(with: "prefactor").starts(with: ["power", "power+floor", "quadratic", "quadratic+floor"]))
    var lawful: Set<String> = []
    for parameter in ClaimLaw.Parameter.allCases {
        for model in ModelCatalogue.claimable(with: parameter.rawValue) {
            let description = try #require(known[model])
            #expect(description.parameters.contains { $0.name == parameter.rawValue })
            let floor = description.parameters.contains { $0.role == .floor } ? 1.0 : 0
            let points = [0.5, 1, 2, 3, 4].map { x in
                ResponsePoint(x: x, responses: (0..<40).map { floor + x * x * (1 + 0.1 * noise($0, Int(x * 2))) })
            }
            let table = ResponseTable(group: GroupKey([]), points: points, sharesRandomNumbers: false)
            guard case .fit(let fit) = try ScalingFitter.fit(table, options: FitOptions(model: model, window: .all)) else {
                Issue.record("\(model) was not fitted")
                continue
            }
            // The points lie on a square: other powers are no law here, and nothing is said of them.
            guard fit.outcome == .law else { continue }
            #expect(fit.parameters.contains { $0.name == parameter.rawValue && $0.interval != nil })
            lawful.insert(model)
        }
    }
    #expect(lawful.isSuperset(of: ["power", "power+floor", "polynomial", "quadratic", "quadratic+floor"]))
}
