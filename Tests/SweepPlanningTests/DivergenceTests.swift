import KernelSelection
import SweepPlanning
import Testing
import TrialContract

private func bound(_ text: String, _ sweep: (String) -> String = { sweepText($0) }) throws -> DivergenceBound? {
    try #require(try cell(try plan(sweep("diverged_above: \(text)")), 0)).0.divergedAbove
}

private func own(_ more: String, _ lines: String) -> String {
    """
    schema: 1
    name: own
    problem:
      variables: {u: 2}
      objective: "sum(u^2) - 3"
      \(more)
      start: {u: 1}
    optimizer: sgd
    steps: 10
    learning_rate: 1.5
    record: objective
    \(lines)

    """
}

@Test func aBoundIsOnTheDistanceWhereThereIsOne() throws {
    #expect(try bound("1e6") == DivergenceBound(.distance, above: 1e6))
    #expect(try bound("{objective: -2}") == DivergenceBound(.objective, above: -2))
    #expect(try bound("{distance: 3}") == DivergenceBound(.distance, above: 3))
    #expect(try bound("5") { own("", $0) } == DivergenceBound(.objective, above: 5))
    #expect(try bound("5") { own("minimisers: [[0, 0]]", $0) } == DivergenceBound(.distance, above: 5))
    #expect(try #require(try cell(try plan(sweepText()), 0)).0.divergedAbove == nil)
}

@Test func boundsThatMakeNoSenseAreNamed() throws {
    func message(_ text: String) -> String {
        do {
            _ = try plan(text)
            return ""
        } catch { return "\(error)" }
    }
    #expect(message(sweepText("diverged_above: 0")).contains("sweep.yaml:7:17: diverged_above: must be a number > 0"))
    #expect(message(sweepText("diverged_above: yes")).contains("must be a number > 0"))
    #expect(message(sweepText("diverged_above: {}")).contains("needs one bound"))
    #expect(message(sweepText("diverged_above: {distance: 1, objective: 2}")).contains("needs one bound"))
    #expect(message(sweepText("diverged_above: {distanec: 1}")).contains("distance"))
    #expect(message(own("", "diverged_above: {distance: 1}")).contains("diverged_above.distance: needs a minimiser"))
    #expect(message(sweepText("", axes: "diverged_above: [1, 2]")).contains("diverged_above"))
}

@Test func aBoundIsPartOfWhatDecidesATrialAndOfTheResult() throws {
    let plain = try plan(sweepText()), some = try plan(sweepText("diverged_above: 10"))
    let same = try plan(sweepText("diverged_above: {distance: 10}")), other = try plan(sweepText("diverged_above: {objective: 10}"))
    #expect(Set([plain, some, other].map(\.sweepFingerprint)).count == 3)
    #expect(same.sweepFingerprint == some.sweepFingerprint && same.planFingerprint == some.planFingerprint)
    #expect(some.fixedParameters.first { $0.name == "diverged_above" }?.value == .numbers([10]))
    #expect(!plain.fixedParameters.contains { $0.name == "diverged_above" })
}

/// On objectives of every kind, by the iterate itself.
@Test func ownObjectivesAndAlgorithmsDivergeAboveTheBound() throws {
    // u_t = (-2)^t (1, 1): f = 2 4^t - 3.
    let sweep = try plan(own("", "diverged_above: 500\noptimizer: [sgd, {name: plain, step: \"x = x - learning_rate * grad(x)\"}]")
        .replacing("optimizer: sgd\n", with: ""))
    let kernel = try KernelSelection.kernel()
    for index in 0..<2 {
        let (trialClass, parameters) = try #require(try cell(sweep, index))
        let columns = try #require(kernel.run(
            BlockRequest(trialClass: trialClass, cells: [parameters], trials: 0..<1), stop: StopFlag()))
        // 2 4^3 - 3 = 125, 2 4^4 - 3 = 509.
        #expect(columns.status == [TrialStatus.diverged.rawValue] && columns.stepsTaken == [4])
    }
}
