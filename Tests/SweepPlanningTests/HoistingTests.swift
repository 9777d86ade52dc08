@testable import SweepPlanning
import Testing

private let axes = """
    rho: {linspace: {from: 0.5, to: 1, count: 40}}, noise: {linspace: {from: 0, to: 1, count: 30}}, steps: [5, 9]
    """

/// Logarithms and the like of few axes are computed once for each of their values; nothing else changes.
@Test(arguments: [
    "exp(noise) * log(rho + 1) + 1",
    "2 ** log(rho) + max(1, 3, exp(0 - noise)) ** 2",
    "pow(rho, noise) + exp(log(noise + 1) * 2)",
    "min(rho, log10(noise + 2), 5) / (1 + exp(0 - rho)) + 1e-3",
    "rho ** rho ** 2 + sqrt(exp(noise * noise)) - 0.2",
])
func hoistingChangesNoValue(expression: String) throws {
    let text = sweepText("derive: {learning_rate: \"\(expression)\"}", axes: axes).replacing("steps: 10\n", with: "")
    let sweep = try plan(text)
    let program = try ProgramCompiler.compile(
        expression, scope: ExpressionScope(numbers: ["rho", "noise"]), wantsCondition: false)
    for index in 0..<sweep.cellCount {
        let (_, parameters) = try #require(try cell(sweep, index))
        let inputs = ["rho": parameters.rho, "noise": parameters.noisePerCoordinate]
        #expect(parameters.learningRate == program.value(program.names.map { inputs[$0] ?? .nan }))
    }
    #expect(sweep.layout.quantities.contains { $0.name.hasPrefix("learning_rate #") })
    // Parts are nobody's business.
    let names = sweep.auxiliaryCoordinates.map(\.name) + sweep.fixedParameters.map(\.name)
    #expect(!names.contains { $0.contains("#") })
}

@Test func hoistingChangesNoCondition() throws {
    let conditions = [
        "0.2 < log(rho) + noise < 0.5", "not exp(noise) * rho > 1 or log(rho) < -0.5 and steps == 5",
        "exp(rho) < 2 and exp(noise) < 2 and pow(rho, 2) + exp(noise) > 1.5 ** noise",
    ]
    for condition in conditions {
        let sweep = try plan(sweepText("where: \"\(condition)\"", axes: "learning_rate: 1, " + axes).replacing("steps: 10\n", with: ""))
        let program = try ProgramCompiler.compile(
            condition, scope: ExpressionScope(numbers: ["rho", "noise", "steps"]), wantsCondition: true)
        var kept = 0
        for index in 0..<sweep.cellCount {
            let inputs = sweep.decoder.withDigits(of: index) { digits in
                program.names.map { sweep.layout.value($0, at: digits) }
            }
            let isKept = program.value(inputs) != 0
            #expect(try (cell(sweep, index) != nil) == isKept)
            kept += isKept ? 1 : 0
        }
        #expect(sweep.estimate.includedCells == kept && kept > 0 && kept < sweep.cellCount)
        #expect(sweep.layout.quantities.contains { $0.name.hasPrefix("where #") })
    }
}

/// The estimate stays exact where what is kept and what it costs depend on different axes.
@Test func estimatesDoNotLookAtProductsOfIndependentAxes() throws {
    let sweep = try plan(sweepText(
        "where: rho * 2 < learning_rate",
        axes: """
            rho: {linspace: {from: 0, to: 1, count: 500}}, learning_rate: {linspace: {from: 1, to: 2, count: 700}}, dimension: [1, 2, 3]
            """).replacing("sgd", with: "[sgd, n-sam]"))
    var kept = 0
    for rho in 0..<500 { for eta in 0..<700 where Double(rho) / 499 * 2 < 1 + Double(eta) / 699 { kept += 1 } }
    let estimate = sweep.estimate
    #expect(!estimate.isSampled)
    #expect(abs(estimate.includedCells - kept * 6) <= 6 * 3)
    #expect(estimate.coordinateSteps == Double(estimate.includedCells / 6) * 2 * 10 * 6)
    #expect(estimate.noiseDraws == Double(estimate.includedCells / 6) * 3 * 10 * 6)
    #expect(estimate.sharedNoiseDraws == 3 * 10 * 6)
}
