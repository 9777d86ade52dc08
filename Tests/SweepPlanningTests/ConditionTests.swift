import Foundation
@testable import SweepPlanning
import Testing
import TrialContract

private let grid = """
    schema: 1
    name: grid
    problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1}}}
    optimizer: [sgd, n-sam, m-sam]
    steps: 10
    axes:
      rho: [0, 0.1, 1, 10]
      learning_rate: [0.1, 0.5, 1.5, 2.5]
      noise: [0, 1]
      dimension: [1, 2, 7]

    """

/// What is known of a cell without the planner's own tables.
private struct PlainCell {
    let optimizer: String
    let dimension: Double, noise: Double, eta: Double, rho: Double
    var smoothness: Double { dimension > 1 ? 1 : 0.1 }

    init(_ index: Int) {
        rho = [0, 0.1, 1, 10][index % 4]
        eta = [0.1, 0.5, 1.5, 2.5][index / 4 % 4]
        noise = [0, 1][index / 16 % 2]
        dimension = [1, 2, 7][index / 32 % 3]
        optimizer = ["sgd", "n-sam", "m-sam"][index / 96]
    }
}

@Test func whereEqualsABruteForceFilter() throws {
    let conditions: [(String, (PlainCell) -> Bool)] = [
        ("learning_rate * smoothness < 2", { $0.eta * $0.smoothness < 2 }),
        ("optimizer != 'sgd' or rho == 0", { $0.optimizer != "sgd" || $0.rho == 0 }),
        ("rho < noise", { $0.rho < $0.noise }),
        ("0.1 <= rho <= 1 and not dimension == 2", { $0.rho >= 0.1 && $0.rho <= 1 && $0.dimension != 2 }),
        ("'m-sam' == optimizer and condition_number < 5", { $0.optimizer == "m-sam" && $0.dimension == 1 }),
        ("steps * learning_rate > 10 or strong_convexity > 0.5", { 10 * $0.eta > 10 }),
    ]
    for (condition, isKept) in conditions {
        let sweep = try plan(grid + "where: \"\(condition)\"\n")
        #expect(sweep.cellCount == 288)
        for index in 0..<288 {
            let isIncluded = try cell(sweep, index) != nil
            #expect(isIncluded == isKept(PlainCell(index)), "\(condition) at \(index)")
        }
        let kept = (0..<288).count { isKept(PlainCell($0)) }
        let estimate = sweep.estimate
        #expect(estimate.includedCells == kept && estimate.excludedCells == 288 - kept && !estimate.isSampled)
    }
}

@Test func derivedNumbersFollowTheirExpressions() throws {
    let sweep = try plan(
        grid.replacing("  learning_rate: [0.1, 0.5, 1.5, 2.5]\n", with: "")
            + "derive: {learning_rate: 0.5 / smoothness, start.radius: rho * 2 + noise, steps: floor(5 / learning_rate)}\n",
        dropping: "steps: 10\n")
    #expect(sweep.dimensions.map(\.name) == ["optimizer", "dimension", "noise", "rho"])
    let coordinates = Dictionary(uniqueKeysWithValues: sweep.auxiliaryCoordinates.map { ($0.name, $0) })
    #expect(Set(coordinates.keys).subtracting(["gradients_per_step"]) == ["learning_rate", "start.radius", "steps"])
    #expect(coordinates["learning_rate"]?.dimensions == ["dimension"])
    #expect(coordinates["learning_rate"]?.values == .numbers([5, 0.5, 0.5]))
    #expect(coordinates["steps"]?.values == .numbers([1, 10, 10]))
    #expect(coordinates["start.radius"]?.dimensions == ["noise", "rho"])
    #expect(coordinates["start.radius"]?.values == .numbers([0, 0.2, 2, 20, 1, 1.2, 3, 21]))
    let (trialClass, parameters) = try #require(try cell(sweep, ((2 * 3 + 1) * 2 + 1) * 4 + 3))
    #expect(trialClass.steps == 10 && trialClass.start == .radius(21) && parameters.learningRate == 0.5)
}

private func plan(_ text: String, dropping part: String) throws -> PlannedSweep {
    try plan(text.replacing(part, with: ""))
}

@Test func whatWhereDropsNeedNotBeInRange() throws {
    let text = grid.replacing("  learning_rate: [0.1, 0.5, 1.5, 2.5]\n", with: "")
        + "derive: {learning_rate: 0.1 / rho}\n"
    let error = try #require(failure(text))
    #expect("\(error)".contains("derive.learning_rate: must give a number > 0 at rho = 0, got inf"))
    let sweep = try plan(text + "where: rho > 0\n")
    #expect(try cell(sweep, 0) == nil)
    #expect(try #require(try cell(sweep, 1)).1.learningRate == 0.1 / 0.1)
    // Kept for one noise level is kept.
    #expect(failure(text + "where: rho > 0 or noise == 1\n") != nil)
    #expect(failure(text + "where: rho > 0 or noise == 2\n") == nil)
}

@Test func aConstantDerivedNumberIsAScalar() throws {
    let sweep = try plan(sweepText("derive: {learning_rate: 0.5 / smoothness}", axes: "rho: [0, 1]", eigenvalues: "[1, 4]"))
    #expect(sweep.dimensions.map(\.name) == ["optimizer", "dimension", "noise", "rho"])
    #expect(sweep.fixedParameters.first { $0.name == "learning_rate" }?.value == .numbers([0.125]))
    #expect(try #require(try cell(sweep, 1)).1.learningRate == 0.125)
}

@Test func componentsCanBeComparedByNameOrLabel() throws {
    let text = """
        schema: 1
        name: labels
        problem: {name: quadratic, eigenvalues: 1}
        optimizer: [sgd, {name: asam, stabiliser: 0.5}, asam]
        steps: 5
        learning_rate: 0.1

        """
    #expect(try plan(text + "where: optimizer == 'asam'").estimate.includedCells == 2)
    #expect(try plan(text + "where: optimizer == 'asam(stabiliser=0.5)'").estimate.includedCells == 1)
    let error = try #require(failure(text + "where: optimizer == 'sg'"))
    #expect("\(error)".contains("bad.yaml:7:21: where: no optimizer of this sweep has this name"))
    #expect("\(error)".contains("did you mean sgd?"))
    for (condition, message) in [
        ("optimizer < 'sgd'", "names have no order"), ("optimizer == 1", "optimizer is a name"),
        ("optimizer + 1 > 2", "optimizer is a name"), ("optimizer", "optimizer is a name"), ("'sgd' == 'sgd'", "a text is not"),
        ("optimizer == noise_model", "optimizer is a name"), ("noise_model.q > 1", "no value of its own"),
        ("trials > 1", "is the same for all cells"), ("start.sphere > 0", "no value of its own"),
    ] {
        let error = try #require(failure(text + "where: \"\(condition)\""))
        #expect("\(error)".contains(message), "\(error)")
    }
}

/// A coupling of more than a million combinations is computed cell by cell.
@Test func hugeCouplingsAreComputedWhereTheyAreNeeded() throws {
    let text = sweepText(
        "where: rho + noise < 1.5\nderive: {learning_rate: 1 / (1 + rho + 2 * noise)}",
        axes: """
            rho: {linspace: {from: 0, to: 1, count: 2001}}, noise: {linspace: {from: 0, to: 1, count: 1001}}, steps: [5, 9]
            """).replacing("steps: 10\n", with: "")
    let sweep = try plan(text)
    #expect(sweep.cellCount == 2 * 2001 * 1001)
    #expect(sweep.dimensions.map(\.name) == ["optimizer", "steps", "dimension", "noise", "rho"])
    for index in stride(from: 0, to: sweep.cellCount, by: 9_973) {
        let rho = Double(index % 2001) / 2000, noise = Double(index / 2001 % 1001) / 1000
        let found = try cell(sweep, index)
        guard abs(rho + noise - 1.5) > 1e-9 else { continue }
        #expect((found != nil) == (rho + noise < 1.5))
        guard let found else { continue }
        #expect(abs(found.1.learningRate - 1 / (1 + rho + 2 * noise)) < 1e-15)
        #expect(found.0.steps == (index < sweep.cellCount / 2 ? 5 : 9))
    }
    let estimate = sweep.estimate
    #expect(estimate.isSampled && estimate.samplingNote.contains("noise, rho"))
    #expect(abs(Double(estimate.includedCells) / Double(sweep.cellCount) - 0.875) < 0.01)
    #expect(abs(estimate.coordinateSteps / Double(estimate.includedCells) - 7) < 0.1)
}

@Test func anUnforeseenValueOutOfRangeIsNamedWhenItsCellComes() throws {
    // One combination in two million, which no sample finds.
    let text = sweepText(
        "derive: {learning_rate: \"rho + abs(noise - 1)\"}",
        axes: "rho: {linspace: {from: 0, to: 1, count: 2001}}, noise: {linspace: {from: 0, to: 1, count: 1001}}")
    let sweep = try plan(text)
    let error = #expect(throws: SweepFileError.self) { try sweep.cell(at: 1000 * 2001) }
    #expect(error?.description.contains("derive.learning_rate: must give a number > 0 at noise = 1, rho = 0, got 0") == true)
}

@Test func aLengthScaleIsTheCellsRhoUnlessGiven() throws {
    let text = """
        schema: 1
        name: scaled
        problem: sine
        optimizer: sam
        steps: 5
        axes: {rho: [0.1, 10], learning_rate: [0.1, 0.5]}

        """
    let sweep = try plan(text)
    let scales = try (0..<4).map { try #require(try cell(sweep, $0)).0.problem.parameters["rho0"] }
    #expect(scales == [0.1, 10, 0.1, 10])
    let coordinate = try #require(sweep.auxiliaryCoordinates.first { $0.name == "problem.rho0" })
    #expect(coordinate.dimensions == ["rho"] && coordinate.values == .numbers([0.1, 10]))
    #expect(coordinate.longName.contains("rho"))
    #expect(try #require(try cell(sweep, 0)).0.spectrum.eigenvalues == [1])

    let zero = text.replacing("[0.1, 10]", with: "[0, 0.1]")
    let error = try #require(failure(zero))
    #expect("\(error)".contains("bad.yaml:3:10: problem.rho0: is the cell's rho where it is left out, and must be a number > 0 at rho = 0, got 0; give rho0 a value"))
    #expect(failure(zero + "where: rho > 0\n") == nil)
    let given = try plan(zero.replacing("problem: sine", with: "problem: {name: sine, rho0: 2}"))
    #expect(try #require(try cell(given, 0)).0.problem.parameters["rho0"] == 2)
    #expect(given.auxiliaryCoordinates.map(\.name) == ["gradients_per_step"])
    // Also where rho itself is computed.
    let derived = try plan(text.replacing("rho: [0.1, 10], ", with: "") + "derive: {rho: learning_rate * 4}\n")
    #expect(try (0..<2).map { try #require(try cell(derived, $0)).0.problem.parameters["rho0"] } == [0.4, 2])
}

@Test func relationsBetweenParametersAreChecked() throws {
    let text = """
        schema: 1
        name: relations
        problem: {name: trap, c1: 0.6, c2: 0.3, rho0: 1}
        optimizer: m-sam
        steps: 5
        learning_rate: 0.1

        """
    let error = try #require(failure(text))
    #expect("\(error)".contains("bad.yaml:3:10: problem: trap needs c1 <= c2, got c1 = 0.6, c2 = 0.3"))
    let swept = text.replacing("c1: 0.6, ", with: "") + "axes: {problem.c1: [0.2, 0.4]}\n"
    #expect("\(try #require(failure(swept)))".contains("trap needs c1 <= c2 at problem.c1 = 0.4, got c1 = 0.4, c2 = 0.3"))
    #expect(failure(swept + "where: problem.c1 < 0.3\n") == nil)
}

@Test func constantsOfProblemsComeFromTheirParameters() throws {
    let text = """
        schema: 1
        name: constants
        problem: {name: two-quadratics, a1: 1, a2: 5}
        optimizer: m-sam
        steps: 5
        axes: {rho: [0.1]}
        derive: {learning_rate: 0.3 / smoothness + condition_number}

        """
    #expect(try #require(try cell(plan(text), 0)).1.learningRate == 0.3 / 3 + 1)
    let sine = text.replacing("{name: two-quadratics, a1: 1, a2: 5}", with: "sine")
    let error = try #require(failure(sine))
    #expect("\(error)".contains("the problem sine has no condition number"))
}
