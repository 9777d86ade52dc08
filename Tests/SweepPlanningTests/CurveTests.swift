import SweepPlanning
import Testing
import TrialContract

private func steps(_ at: String, of steps: Int = 20_000) throws -> [Int] {
    let text = sweepText("curves: {at: \(at)}").replacing("steps: 10", with: "steps: \(steps)")
    return try #require(try plan(text).curve).steps
}

@Test func recordedStepsAreRoundedSortedAndTakenOnce() throws {
    #expect(try steps("[3, 1.4, 0.6, 0, 3]") == [0, 1, 3])
    #expect(try steps("20000") == [20_000])
    // 10 ^ (k log10(20000) / 6), rounded.
    #expect(try steps("{logspace: {from: 1, to: 20000, count: 7}}") == [1, 5, 27, 141, 737, 3839, 20_000])
    let many = try steps("{logspace: {from: 1, to: 20000, count: 60}}")
    #expect(many.count < 60 && many.first == 1 && many.last == 20_000)
    #expect(try steps("[0, {linspace: {from: 1, to: 10, count: 4}}]") == [0, 1, 4, 7, 10])
}

@Test func curvesHoldDistanceAndSuboptimalityUnlessToldOtherwise() throws {
    #expect(try plan(sweepText("curves: {at: 1}")).curve?.quantities.map(\.name) == ["distance_squared", "suboptimality"])
    let one = try plan(sweepText("curves: {at: 1, of: gradient_norm_squared}"))
    #expect(one.curve?.quantities.map(\.name) == ["gradient_norm_squared"])
    #expect(try plan(sweepText()).curve == nil)
}

@Test func classesRecordTheStepsTheyReach() throws {
    let text = sweepText("curves: {at: [0, 5, 10, 20]}", axes: "learning_rate: [0.1], steps: [5, 10, 20]")
        .replacing("steps: 10\n", with: "")
    let sweep = try plan(text)
    let recorded = try (0..<3).map { try #require(try cell(sweep, $0)).0.curve?.steps }
    #expect(recorded == [[0, 5], [0, 5, 10], [0, 5, 10, 20]])
    #expect(sweep.curve?.steps == [0, 5, 10, 20])
}

@Test func curvesChangeThePlanButNotTheSweep() throws {
    let plain = try plan(sweepText()), curves = try plan(sweepText("curves: {at: [1, 2]}"))
    let more = try plan(sweepText("curves: {at: [1, 2, 3]}")), other = try plan(sweepText("curves: {at: [1, 2], of: suboptimality}"))
    #expect(Set([plain, curves, more, other].map(\.sweepFingerprint)).count == 1)
    #expect(Set([plain, curves, more, other].map(\.planFingerprint)).count == 4)
    // Rounded steps are the same steps.
    #expect(try plan(sweepText("curves: {at: [2.2, 1]}")).planFingerprint == curves.planFingerprint)
}

@Test func curvesAreAmongTheBytes() throws {
    let plain = try plan(sweepText(axes: "learning_rate: [0.1, 0.2]")).estimate
    let curves = try plan(sweepText("curves: {at: [1, 2, 3]}", axes: "learning_rate: [0.1, 0.2]")).estimate
    // Two cells: a checksum, and nine numbers for two quantities at three steps.
    #expect(curves.resultBytes - plain.resultBytes == 2 * (8 + 9 * 8 * 2 * 3))
}

@Test func namesOfStepsAndQuantilesAreTaken() throws {
    for name in ["step", "quantile", "suboptimality_curve_mean"] {
        let text = "schema: 1\nname: small\nproblem: {name: quadratic, eigenvalues: 1}\noptimizer: sgd\nsteps: 10\n"
            + "zip: [{name: \(name), learning_rate: [0.1, 0.2], rho: [0, 1]}]\n"
        #expect(throws: SweepFileError.self) { try plan(text) }
    }
}
