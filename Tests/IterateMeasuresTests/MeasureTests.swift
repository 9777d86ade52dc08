import Definitions
import Foundation
import KernelSelection
import Testing
import TrialContract

private func objective(
    _ text: String, size: Int, constants: [(String, [Double])] = [], minimiser: [Double]? = nil
) throws -> DefinedObjective {
    var definition = ProblemDefinition(name: "own", source: 0, objective: try DefinedExpression(text, source: 0))
    definition.variables = [.init("x", source: 0, [try DefinedExpression("\(size) * 1", source: 0)])]
    definition.constants = constants.map { .init($0.0, source: 0, .numbers($0.1, rows: nil, columns: $0.1.count, source: 0)) }
    definition.minimisers = minimiser.map { [.numbers($0, source: 0)] } ?? []
    return try definition.build(parameters: [:], dimension: nil)
}

private func trialClass(
    _ objective: DefinedObjective, _ optimizer: String = "sgd", steps: Int, start: [Double], noise: String = "gaussian", statistics: [String]
) -> TrialClass {
    TrialClass(
        optimizer: ComponentChoice(optimizer), problem: ComponentChoice("own"),
        spectrum: Spectrum(blocks: [EigenBlock(value: 1, multiplicity: start.count)]), noiseModel: ComponentChoice(noise), steps: steps,
        start: .vector(start), statistics: statistics, definedObjective: objective)
}

private func cell(learningRate: Double, rho: Double = 0, noise: Double = 0) -> CellParameters {
    CellParameters(learningRate: learningRate, rho: rho, noisePerCoordinate: noise, streamKey: 7)
}

private func outcomes(
    _ trialClass: TrialClass, _ cells: [CellParameters], trials: Range<Int>, kernel: (any TrialKernel)? = nil
) throws -> OutcomeColumns {
    let kernel = try kernel ?? KernelSelection.kernel()
    return try #require(kernel.run(BlockRequest(trialClass: trialClass, cells: cells, trials: trials), stop: StopFlag()))
}

private func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool { (a - b).magnitude <= tolerance * max(1, b.magnitude) }

/// f = (x y - 1)^2: hess = [[2 y^2, 4 x y - 2], [4 x y - 2, 2 x^2]].
@Test func measuresOfTheHyperbolaAreItsClosedForms() throws {
    let own = try objective("(x[0] * x[1] - 1)^2", size: 2)
    let names = ["sharpness", "iterate", "hessian_trace", "alignment", "gradient_cosine", "sam_edge"]
    let rate = 0.01, rho = 0.3
    for optimizer in ["sgd", "m-sam"] {
        let columns = try outcomes(
            trialClass(own, optimizer, steps: 3, start: [1.5, 0.2], statistics: names), [cell(learningRate: rate, rho: rho, noise: 0.1)],
            trials: 0..<12)
        for row in 0..<12 {
            let x = columns.values[1][2 * row], y = columns.values[1][2 * row + 1]
            let a = 2 * y * y, b = 4 * x * y - 2, c = 2 * x * x
            let top = (a + c) / 2 + (((a - c) / 2) * ((a - c) / 2) + b * b).squareRoot()
            #expect(close(columns.values[0][row], top))
            #expect(close(columns.values[2][row], a + c))
            func gradient(_ x: Double, _ y: Double) -> (Double, Double) { (2 * (x * y - 1) * y, 2 * (x * y - 1) * x) }
            let g = gradient(x, y), length = hypot(g.0, g.1), v = (b, top - a), size = hypot(v.0, v.1)
            let share = (g.0 * v.0 + g.1 * v.1) / (size * length)
            #expect(close(columns.values[3][row], share * share))
            let h = gradient(x + rho * g.0 / length, y + rho * g.1 / length)
            #expect(close(columns.values[4][row], (g.0 * h.0 + g.1 * h.1) / (length * hypot(h.0, h.1))))
            #expect(close(columns.values[5][row], length / (2 * rho) * ((1 + 8 * rho / (rate * length)).squareRoot() - 1)))
        }
    }
}

/// Exact to a thousand coordinates; above off by what the page says, and without anything off the diagonal exact.
@Test func tracesAreExactOrNearlySo() throws {
    for size in [999, 1000, 1500] {
        let weights = (0..<size).map { $0 == 7 ? 2.5 : 1 + sin(Double($0)) }
        let names = ["hessian_trace", "sharpness"], start = [Double](repeating: 0.1, count: size)
        let plain = try objective("dot(w, x^2) / 2", size: size, constants: [("w", weights)])
        let trace = weights.reduce(0, +)
        let columns = try outcomes(trialClass(plain, steps: 1, start: start, statistics: names), [cell(learningRate: 0.1)], trials: 0..<1)
        let largest = try #require(weights.max())
        #expect(close(columns.values[0][0], trace, 1e-12) && close(columns.values[1][0], largest, 1e-8))
        // w u u^T adds |u|^2 = size to the trace, and off the diagonal a Frobenius norm of nearly that.
        let coupled = try objective("dot(w, x^2) / 2 + sum(x)^2 / 2", size: size, constants: [("w", weights)])
        let other = try outcomes(trialClass(coupled, steps: 1, start: start, statistics: names), [cell(learningRate: 1e-4)], trials: 0..<1)
        let exact = trace + Double(size)
        #expect(close(other.values[0][0], exact, size <= 1000 ? 1e-12 : 4 * 0.045))
        #expect(size <= 1000 || other.values[0][0] != exact)
    }
}

/// Problems of the catalogue are asked as own ones are.
@Test func measuresOfTheQuadraticAreItsEigenvalues() throws {
    let values = [0.1, 2.5, 0.7, 2.4]
    let quadratic = TrialClass(
        optimizer: ComponentChoice("n-sam"), problem: ComponentChoice("quadratic"),
        spectrum: Spectrum(blocks: values.map { EigenBlock(value: $0, multiplicity: 1) }), noiseModel: ComponentChoice("gaussian"), steps: 20,
        statistics: ["distance", "sharpness", "hessian_trace", "alignment", "gradient_cosine", "iterate", "sam_edge"])
    let cells = [0, 0.2].map { cell(learningRate: 0.1, rho: $0, noise: 0.1) }
    let columns = try outcomes(quadratic, cells, trials: 0..<3)
    for row in 0..<6 {
        let x = Array(columns.values[5][4 * row..<4 * row + 4]), g = zip(values, x).map { $0 * $1 }
        let square = g.reduce(0) { $0 + $1 * $1 }, rho = cells[row / 3].rho
        #expect(close(columns.values[1][row], 2.5) && close(columns.values[2][row], 5.7, 1e-14))
        #expect(close(columns.values[3][row], g[1] * g[1] / square))
        let h = zip(values, zip(x, g)).map { $0 * ($1.0 + rho * $1.1 / square.squareRoot()) }
        let cosine = zip(g, h).reduce(0) { $0 + $1.0 * $1.1 } / (square * h.reduce(0) { $0 + $1 * $1 }).squareRoot()
        #expect(close(columns.values[4][row], cosine))
        if rho == 0 { #expect(columns.values[6][row] == 20) }
    }
}

/// Against the gradient norms along the trajectory, with a mean recorded in the iterate's place, too.
@Test(arguments: [0.0, 0.3]) func meanGradientNormsAreMeansAlongTrajectories(averaging: Double) throws {
    let own = try objective("sum(sqrt(1 + x^2)) + (x[0] - x[1])^2", size: 2)
    var asked = trialClass(own, "m-sam", steps: 37, start: [2, -1], statistics: ["mean_gradient_norm", "mean_gradient_norm_squared"])
    asked.optimizer = ComponentChoice("m-sam", ["momentum": 0, "averaging": averaging])
    asked.curve = CurveRequest(steps: Array(0..<37), quantities: ["gradient_norm_squared"])
    let columns = try outcomes(asked, [cell(learningRate: 0.1, rho: 0.1, noise: 0.3)], trials: 0..<9)
    for row in 0..<9 {
        let squares = columns.curves[0][37 * row..<37 * row + 37]
        #expect(close(columns.values[0][row], squares.reduce(0) { $0 + $1.squareRoot() } / 37, 1e-13))
        #expect(columns.values[0][row] * columns.values[0][row] <= columns.values[1][row])
    }
}

/// Every trial alone, paused or not, on every instruction set: the same bits; what diverged or has no gradient is NaN.
@Test func measuresHaveTheSameBitsForEveryCut() throws {
    let own = try objective("sum(x^4) / 4 - 0.1 * x[0] * x[2] + 0.3 * sum(x)^2", size: 3)
    let names = ["sharpness", "mean_gradient_norm", "distance", "alignment", "hessian_trace", "gradient_cosine", "sam_edge"]
    let asked = trialClass(own, "n-sam", steps: 501, start: [1, -0.5, 0.25], statistics: names)
    let cells = [cell(learningRate: 0.02, rho: 0.1, noise: 0.2), cell(learningRate: 0.05, rho: 0.3, noise: 0.1), cell(learningRate: 9)]
    let whole = try outcomes(asked, cells, trials: 0..<10)
    #expect(whole.status[0..<20].allSatisfy { $0 == TrialStatus.finished.rawValue } && whole.status[20] == TrialStatus.diverged.rawValue)
    #expect(whole.values.enumerated().allSatisfy { s, column in s == 2 || column[0..<20].allSatisfy(\.isFinite) && column[20].isNaN })
    func bits(_ columns: OutcomeColumns) -> [[UInt64]] { columns.values.map { $0.map(\.bitPattern) } }
    for set in KernelSelection.available {
        let kernel = try KernelSelection.kernel(set)
        #expect(bits(try outcomes(asked, cells, trials: 0..<10, kernel: kernel)) == bits(whole))
        let request = BlockRequest(trialClass: asked, cells: cells, trials: 0..<10)
        var states = [TrialState?](repeating: nil, count: request.trialCount), pauses = 0
        while true {
            let progress = try kernel.advance(request, from: states, pausingAfter: 100, stop: StopFlag())
            if progress.isComplete {
                #expect(bits(progress.columns) == bits(whole))
                break
            }
            states = progress.states
            pauses += 1
        }
        #expect(pauses > 1)
    }
    for trial in 0..<10 {
        let alone = try outcomes(asked, [cells[1]], trials: trial..<trial + 1)
        #expect(bits(alone).map { $0[0] } == bits(whole).map { $0[10 + trial] })
    }
    let stop = StopFlag()
    stop.raise()
    #expect(try KernelSelection.kernel().run(BlockRequest(trialClass: asked, cells: cells, trials: 0..<3), stop: stop) == nil)
    // Where the gradient is 0 there is no direction.
    let flat = try outcomes(
        trialClass(own, steps: 1, start: [0, 0, 0], noise: "none", statistics: names), [cell(learningRate: 0.1, rho: 0.1)], trials: 0..<1)
    #expect(flat.values[3][0].isNaN && flat.values[5][0].isNaN && flat.values[6][0] == 0 && flat.values[1][0] == 0)
}

/// Answers come in the place of iterates, and what bounds iterates does not bound them.
@Test func whatBoundsTrialsDoesNotBoundAnswers() throws {
    // At (0.3, 0.4) f is 12.5 and the distance 0.5. The gradient there is (30, 40), where f would be 125,000.
    let own = try objective("50 * sum(x^2)", size: 2, minimiser: [0, 0])
    for bound in [DivergenceBound(.objective, above: 13), DivergenceBound(.distance, above: 1)] {
        var asked = trialClass(own, steps: 1, start: [0.3, 0.4], noise: "none", statistics: ["sharpness", "gradient_cosine", "iterate"])
        asked.divergedAbove = bound
        let columns = try outcomes(asked, [cell(learningRate: 1e-3, rho: 0.1)], trials: 0..<9)
        for row in 0..<9 {
            #expect(columns.status[row] == TrialStatus.finished.rawValue)
            #expect(close(columns.values[2][2 * row], 0.27))
            #expect(close(columns.values[0][row], 100))
            #expect(close(columns.values[1][row], 1))
        }
    }
}
