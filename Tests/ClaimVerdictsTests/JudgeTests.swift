import PortableMath
import ScalingFits
import Testing
import TrialContract
@testable import ClaimVerdicts

/// y = rho^2 (1 + 0.1 noise), the same noise in all cells.
private let quadratic = FakeColumns { _, rho, trial in rho * rho * (1 + 0.1 * noise(trial)) }
private let positive = Formula.select { rho, _ in rho > 0 }
private func law(_ parameter: ClaimLaw.Parameter = .exponent, model: String = "power") -> ClaimMeasure {
    .law(ClaimLaw(parameter: parameter, response: Formula.y, abscissa: Formula.rho, model: model))
}

@Test(arguments: [(1.0, Verdict.pass), (0.0, .undecided), (-0.3, .fail)])
func aMeanIsJudgedByWhereItsIntervalLies(room: Double, verdict: Verdict) throws {
    // The mean is 1 to within 0.2 * 3.3 / sqrt(100).
    let columns = FakeColumns { _, _, trial in 1 + 0.2 * noise(trial) }
    let result = try judge(claim(.mean(Formula.y), ClaimBand(atMost: Formula.number(1 + room))), columns)
    #expect(result.verdict == verdict, "\(result.findings)")
    #expect(result.findings.count == 8)
    #expect((result.trialsNeeded != nil) == (verdict == .undecided))
}

@Test func theTrialsThatAnUndecidedClaimAsksForDecideIt() throws {
    // True mean 1; claimed at most 1.02: too close for 100 trials.
    let bound = claim(.mean(Formula.y), ClaimBand(atMost: Formula.number(1.02)), where: .select { rho, optimizer in
        rho == 1 && optimizer == 0
    })
    var columns = FakeColumns { _, _, trial in 1 + 0.2 * noise(trial) }
    var rounds = 0
    while rounds < 5 {
        let result = try judge(bound, columns)
        guard let needed = result.trialsNeeded else { break }
        #expect(needed > columns.trials)
        columns.trials = needed
        rounds += 1
    }
    #expect(rounds > 0)
    #expect(try judge(bound, columns).verdict == .pass)
    // (2.6 * 0.2 / 0.02)^2, give or take what estimates of the distance scatter by.
    #expect((200...4000).contains(columns.trials), "\(columns.trials)")
}

@Test func allIntervalsOfAClaimTogetherHaveItsConfidence() throws {
    // 400 repetitions of 8 true statements "the mean is at least -(half width)": each repetition with its own noise.
    var broken = 0
    for repetition in 0..<400 {
        let columns = FakeColumns(trials: 12) { optimizer, rho, trial in
            noise(trial, 1 + repetition * 100 + optimizer * 10 + Int(rho * 2))
        }
        let result = try judge(claim(.mean(Formula.y), ClaimBand(atMost: Formula.number(0)), confidence: 0.8), columns)
        if result.findings.contains(where: { !($0.interval?.contains(0) ?? false) }) { broken += 1 }
    }
    // Expected 80, or fewer (Bonferroni is conservative); without widening it would be some 330.
    #expect((40...110).contains(broken), "\(broken)")
}

@Test(arguments: [(2.0, Verdict.pass), (1.9, .fail), (2.1, .fail)])
func anExponentIsJudgedByItsInterval(exponent: Double, verdict: Verdict) throws {
    let columns = FakeColumns { optimizer, rho, trial in
        rho * rho * (1 + 0.05 * noise(trial, Int(rho * 2) + optimizer * 10))
    }
    let band = ClaimBand(center: Formula.number(exponent), margin: Formula.number(0.05))
    let result = try judge(claim(law(), band, where: positive), columns)
    #expect(result.verdict == verdict, "\(result.findings)")
    // One law for each optimizer.
    #expect(result.findings.map(\.setting.description) == ["optimizer = sgd", "optimizer = m-sam"])
}

@Test func aWideExponentIsUndecidedAndSaysHowManyTrialsDecide() throws {
    let columns = FakeColumns { optimizer, rho, trial in
        rho * rho * (1 + 0.4 * noise(trial, Int(rho * 2) + optimizer * 10))
    }
    let band = ClaimBand(center: Formula.number(2), margin: Formula.number(0.06))
    let result = try judge(claim(law(), band, where: positive), columns)
    #expect(result.verdict == .undecided)
    #expect((150...20_000).contains(try #require(result.trialsNeeded)))
}

@Test func lawsHaveFloorsAndPrefactors() throws {
    let columns = FakeColumns(rhos: [0, 0.5, 1, 2]) { _, rho, trial in 3 + 2 * rho * rho + 0.01 * noise(trial, Int(rho * 2)) }
    let floor = claim(law(.floor, model: "quadratic+floor"), ClaimBand(center: Formula.number(3), margin: Formula.number(0.02)))
    #expect(try judge(floor, columns).verdict == .pass)
    let wrong = claim(law(.floor, model: "quadratic+floor"), ClaimBand(center: Formula.number(2.9), margin: Formula.number(0.02)))
    #expect(try judge(wrong, columns).verdict == .fail)
    let prefactor = claim(law(.prefactor), ClaimBand(center: Formula.number(1), margin: Formula.number(0.05)), where: positive)
    #expect(try judge(prefactor, quadratic).verdict == .pass)
}

@Test func oneTrialThatDisagreesBreaksAClaimOfEveryTrial() throws {
    let bound = claim(.every(Formula.y), ClaimBand(atLeast: Formula.rho, tolerance: 1e-12))
    #expect(try judge(bound, FakeColumns { _, rho, _ in rho * (1 - 1e-13) }).verdict == .pass)
    let broken = try judge(bound, FakeColumns { optimizer, rho, trial in
        optimizer == 1 && rho == 2 && trial == 63 ? 1.99 : rho
    })
    #expect(broken.verdict == .fail)
    #expect(broken.tightest?.setting.description == "optimizer = m-sam, rho = 2")
    #expect(broken.tightest?.interval == Interval(1.99, 2))
}

/// rho 0, 1, 2 looks like the positions of a zip, and other quantities may depend on it.
@Test(arguments: [1, 2]) func aDimensionIsNoZipBecauseOfItsValues(derived: Int) throws {
    var columns = FakeColumns(rhos: [0, 1, 2]) { _, rho, _ in rho }
    columns.dependentCoordinates = ["learning_rate", "steps"].prefix(derived).map {
        AuxiliaryCoordinate(name: $0, dimensions: ["rho"], values: .numbers([0.1, 0.2, 0.3]), longName: "")
    }
    let bound = claim(.every(Formula.y), ClaimBand(atMost: Formula.number(1.5)))
    #expect(try judge(bound, columns).tightest?.setting.description == "optimizer = sgd, rho = 2")
}

@Test(arguments: [1, 2]) func aZipIsToldByTheValuesThatItPairs(quantities: Int) throws {
    var columns = FakeColumns(rhos: [0.5, 0.25, 8], zip: "paired") { _, rho, _ in rho }
    columns.dependentCoordinates = [("rho", columns.rhos), ("noise", [3, 2, 1])].prefix(quantities).map {
        AuxiliaryCoordinate(name: $0.0, dimensions: ["paired"], values: .numbers($0.1), longName: "")
    }
    let bound = claim(.every(Formula.y), ClaimBand(atMost: Formula.number(1)))
    let told = ["rho = 8", "noise = 1"].prefix(quantities).joined(separator: ", ")
    #expect(try judge(bound, columns).tightest?.setting.description == "optimizer = sgd, \(told)")
    #expect(columns.labels(along: 1)[1] == ["rho 0.25", "noise 2"].prefix(quantities).joined(separator: ", "))
    #expect(columns.labels(along: 0) == ["sgd", "m-sam"])
}

@Test func aDivergedTrialFailsAClaimAndAMissingOneLeavesItOpen() throws {
    let bound = claim(.mean(Formula.y), ClaimBand(atMost: Formula.number(10)))
    let diverged = FakeColumns { _, rho, trial in rho == 1 && trial == 5 ? .nan : rho + 0.1 * noise(trial) }
    #expect(try judge(bound, diverged).verdict == .fail)
    var missing = FakeColumns { _, rho, trial in rho + 0.1 * noise(trial) }
    #expect(try judge(bound, missing).verdict == .pass)
    missing.isMissing = { cell, trial in cell == 2 && trial == 99 }
    let open = try judge(bound, missing)
    #expect(open.verdict == .undecided)
    #expect(open.findings.flatMap(\.remarks) == ["1 trial is missing"])
}

@Test func divergedTrialsCanBeCounted() throws {
    let count = Formula(text: "diverged", statistics: ["diverged"], dimensions: []) { _, _, values in values[0] }
    let columns = FakeColumns { _, rho, _ in rho == 2 ? .nan : rho }
    let all = claim(.every(count), ClaimBand(atLeast: Formula.number(1)), where: .select { rho, _ in rho == 2 })
    #expect(try judge(all, columns).verdict == .pass)
    #expect(try judge(claim(.every(count), ClaimBand(atMost: Formula.number(0))), columns).verdict == .fail)
}

@Test func nothingPassesForWantOfEvidence() throws {
    var columns = FakeColumns { _, rho, _ in rho }
    columns.trials = 1
    let mean = claim(.mean(Formula.y), ClaimBand(atMost: Formula.number(10)))
    #expect(try judge(mean, columns).verdict == .undecided)
    #expect(try judge(claim(law(), ClaimBand(center: Formula.number(1), tolerance: 0.1), where: positive), columns).verdict == .undecided)
    // Two trials that agree to the bit leave no doubt.
    columns.trials = 2
    #expect(try judge(mean, columns).verdict == .pass)
    #expect(try judge(claim(law(), ClaimBand(center: Formula.number(1), tolerance: 0.1), where: positive), columns).verdict == .pass)
    #expect(try judge(claim(law(), ClaimBand(center: Formula.number(2), tolerance: 0.1), where: positive), columns).verdict == .fail)
    let nowhere = claim(.mean(Formula.y), ClaimBand(atMost: Formula.number(10)), where: .select { _, _ in false })
    #expect(try judge(nowhere, columns).verdict == .undecided)
    let nonsense = claim(.mean(Formula.y), ClaimBand(atMost: Formula.number(.nan)))
    #expect(try judge(nonsense, columns).verdict == .undecided)
}

/// Local exponents of so few trials have no interval, and contradict nothing, whatever they are by themselves.
@Test func fewTrialsContradictNoExponent() throws {
    for trials in [2, 3, 31] {
        var columns = FakeColumns { _, rho, trial in rho * (1 + 0.5 * PortableMath.sin(Double(trial * 7919) * (1 + rho))) }
        columns.trials = trials
        for sharesRandomNumbers in [true, false] {
            columns.sharesRandomNumbers = sharesRandomNumbers
            let result = try judge(claim(law(), ClaimBand(center: Formula.number(3), tolerance: 0.1), where: positive), columns)
            #expect(result.verdict == .undecided, "\(trials): \(result)")
        }
    }
}
