import Testing
import TrialContract

@testable import SweepPlanning

private let sweepOfMethods = """
    schema: 1
    name: methods
    problem: {name: quadratic, eigenvalues: 1}
    optimizer: [m-sam, asam]
    method: METHOD
    steps: 5
    axes: {learning_rate: 0.1, dimension: [1, 8, 1000000000]}

    """

@Test func autoReducesWhereTheRuleAllowsAndPays() throws {
    let sweep = try plan(sweepOfMethods.replacing("METHOD", with: "auto"))
    let used = try #require(sweep.auxiliaryCoordinates.first { $0.name == "method_used" })
    #expect(used.dimensions == ["optimizer", "dimension"])
    #expect(used.values == .names(["full", "full", "reduced", "full", "full", "full"]))
    for index in 0..<sweep.cellCount {
        let (trialClass, _) = try #require(try cell(sweep, index))
        #expect(trialClass.method == (index == 2 ? .reduced : .full))
    }
}

@Test func fullAndReducedAreForAllCells() throws {
    for (word, method) in [("full", TrialMethod.full), ("reduced", .reduced)] {
        let text = sweepOfMethods.replacing("METHOD", with: word).replacing("[m-sam, asam]", with: "[m-sam, n-sam]")
        let sweep = try plan(text)
        #expect(sweep.auxiliaryCoordinates.map(\.name) == ["gradients_per_step"])
        for index in 0..<sweep.cellCount { #expect(try #require(try cell(sweep, index)).0.method == method) }
    }
    #expect(throws: SweepFileError.self) { try plan(sweepOfMethods.replacing("METHOD", with: "reduced")) }
}

@Test func whatWhereDropsIsNoObstacleToReducing() throws {
    let text = sweepOfMethods.replacing("METHOD", with: "reduced")
    let error = try #require(failure(text))
    #expect("\(error)".contains("bad.yaml:5:9: method: the method reduced"))
    #expect(failure(text + "where: optimizer == 'm-sam'\n") == nil)
    #expect(failure(text + "where: optimizer == 'm-sam' or learning_rate < 0.05\n") == nil)
    #expect(failure(text + "where: optimizer == 'm-sam' or learning_rate < 0.5\n") != nil)
}
