@testable import Definitions
import KernelSelection
import PortableMath
import Testing
import TrialContract

private let everyStatistic = KernelSelection.catalogue.all(.statistic).map(\.name)
private let optimizers = KernelSelection.catalogue.all(.optimizer).map(\.name)

/// Every instruction set this processor runs, with its kernels.
private func allKernels() throws -> [any TrialKernel] { try KernelSelection.available.map { try KernelSelection.kernel($0) } }

extension TrialKernel {
    /// Runs a block that nobody stops.
    fileprivate func outcomes(_ trialClass: TrialClass, _ cells: [CellParameters], trials: Range<Int>) -> OutcomeColumns {
        guard let columns = run(BlockRequest(trialClass: trialClass, cells: cells, trials: trials), stop: StopFlag()) else {
            preconditionFailure("nobody raised the flag")
        }
        return columns
    }
}

private func bits(_ columns: OutcomeColumns) -> [[UInt64]] { (columns.values + columns.curves).map { $0.map(\.bitPattern) } }

private func trialClass(
    _ objective: DefinedObjective, _ optimizer: String, noise: String = "gaussian", steps: Int,
    start: StartPoint = .defined, statistics: [String]
) -> TrialClass {
    TrialClass(
        optimizer: ComponentChoice(optimizer), problem: ComponentChoice("own"),
        spectrum: Spectrum(blocks: [EigenBlock(value: 1, multiplicity: objective.dimension)]),
        noiseModel: ComponentChoice(noise), steps: steps, start: start, statistics: statistics,
        definedObjective: objective)
}

private func cell(learningRate: Double, rho: Double = 0, noise: Double = 0, key: UInt64 = 7) -> CellParameters {
    CellParameters(learningRate: learningRate, rho: rho, noisePerCoordinate: noise, streamKey: key)
}

/// A definition of one variable x, with constants and samples as given.
private func definition(
    _ objective: String, size: Int, stochastic: String? = nil,
    constants: [(String, [Double], rows: Int?, columns: Int)] = [],
    samples: [(String, ProblemDefinition.SampleLaw)] = [], minimum: String? = nil, minimiser: [Double]? = nil
) throws -> DefinedObjective {
    var definition = ProblemDefinition(name: "own", source: 0, objective: try expression(objective))
    definition.variables = [.init("x", source: 0, [try expression("\(size) * 1")])]
    definition.stochastic = try stochastic.map { try expression($0) }
    definition.constants = constants.map {
        .init($0.0, source: 0, .numbers($0.1, rows: $0.rows, columns: $0.columns, source: 0))
    }
    definition.samples = samples.map { .init($0.0, source: 0, $0.1) }
    definition.minimum = try minimum.map { try expression($0) }
    definition.minimisers = minimiser.map { [.numbers($0, source: 0)] } ?? []
    return try definition.build(parameters: [:], dimension: nil)
}

// MARK: Tapes

/// f and its gradient by the kernels' tapes, against the plain evaluator of the graph; the same bits on every instruction set.
@Test(arguments: 0..<4) func tapesOfRandomExpressionsGiveTheEvaluatorsValues(part: Int) throws {
    let kernels = try allKernels()
    var tried = 0
    for seed in part * 60..<(part + 1) * 60 {
        var random = RandomExpression(numbers: MadeUp(state: UInt64(seed) &* 104_729 &+ 5))
        let text = random.scalar(1 + seed % 3)
        let definition = try testDefinition(text)
        let objective = try definition.build(parameters: ["k": 1.25], dimension: nil)
        let (graph, nodes) = try derivatives(text)
        let point = (0..<16).map { _ in random.numbers.number() * 1.5 }
        let expected = Evaluator<Double>(graph: graph, point: point, direction: point).values([nodes[0], nodes[1]])
        guard expected.joined().allSatisfy({ $0.isFinite && $0.magnitude < 1e9 }) else { continue }
        tried += 1
        // From 0 with x' = x - g a step shows the gradient; a trajectory shows f at the start.
        var shown = trialClass(objective, "sgd", noise: "none", steps: 1, start: .vector(point), statistics: ["iterate"])
        shown.curve = CurveRequest(steps: [0], quantities: ["objective"])
        let found = kernels.map { $0.outcomes(shown, [cell(learningRate: 1)], trials: 0..<3) }
        for other in found.dropFirst() { #expect(bits(other) == bits(found[0]), "\(text)") }
        let size = max(1, expected[0][0].magnitude, expected[1].reduce(0) { max($0, $1.magnitude) })
        #expect((found[0].curves[0][0] - expected[0][0]).magnitude <= 1e-12 * size, "\(text)")
        for j in 0..<16 {
            let gradient = point[j] - found[0].values[0][j]
            #expect((gradient - expected[1][j]).magnitude <= 1e-12 * size, "seed \(seed), \(text), coordinate \(j)")
        }
    }
    #expect(tried > 40)
}

/// Where each coordinate is used once, parts of a gradient lie in its place at once, unless they are columns or stand the other
/// way round: each has its value by calculus.
@Test(arguments: [false, true]) func partsOfAGradientStandWhereTheyBelong(isTransposed: Bool) throws {
    let text = isTransposed ? "sum(M*sin(transpose(W)))" : "sum(exp(W[:, 0]/4)) + sum(cos(W[:, 1])) + sum(W[:, 2]^3)"
    func derivative(_ w: Double, _ row: Int, _ column: Int) -> Double {
        isTransposed
            ? [1, 0.5, 0, -0.25, 1, 0.75, 0, 2, -1][3 * column + row] * PortableMath.cos(w)
            : [PortableMath.exp(w / 4) / 4, -PortableMath.sin(w), 3 * w * w][column]
    }
    let objective = try testDefinition("sum(sin(u)) + sum(v^2) + sum(b^2) + \(text)").build(parameters: ["k": 1.25], dimension: nil)
    let point = (0..<16).map { 0.3 + 0.17 * Double($0) }
    let expected = (0..<16).map { j in
        switch j {
        case ..<3: PortableMath.cos(point[j])
        case 6..<15: derivative(point[j], (j - 6) / 3, (j - 6) % 3)
        default: 2 * point[j]
        }
    }
    let own = trialClass(objective, "sgd", noise: "none", steps: 1, start: .vector(point), statistics: ["iterate"])
    for kernel in try allKernels() {
        let found = kernel.outcomes(own, [cell(learningRate: 1)], trials: 0..<1).values[0]
        for j in 0..<16 { #expect((point[j] - found[j] - expected[j]).magnitude <= 1e-14, "coordinate \(j)") }
    }
}

/// Eleven slots go eight together and three together, and here each by itself; points differ from the first noisy step on.
@Test(arguments: 0..<4) func slotsTakenTogetherEndWhereEachEndsAlone(part: Int) throws {
    let kernels = try allKernels()
    var tried = 0
    for seed in part * 60..<(part + 1) * 60 {
        var random = RandomExpression(numbers: MadeUp(state: UInt64(seed) &* 104_729 &+ 11))
        let text = random.scalar(1 + seed % 3)
        let point = (0..<16).map { _ in random.numbers.number() * 1.5 }
        let own = trialClass(
            try testDefinition(text).build(parameters: ["k": 1.25], dimension: nil), seed % 2 == 0 ? "n-sam" : "m-sam", steps: 4,
            start: .vector(point), statistics: ["iterate"])
        let cells = [cell(learningRate: 0.01, rho: 0.05, noise: 0.1)]
        for kernel in [kernels[0], kernels[kernels.count - 1]] {
            let whole = kernel.outcomes(own, cells, trials: 0..<88)
            if whole.status.allSatisfy({ $0 == TrialStatus.finished.rawValue }) { tried += 1 }
            for first in stride(from: 0, to: 88, by: 8) {
                let alone = kernel.outcomes(own, cells, trials: first..<first + 8)
                #expect(
                    alone.values[0].map(\.bitPattern) == whole.values[0][first * 16..<(first + 8) * 16].map(\.bitPattern),
                    "seed \(seed), \(text), trials from \(first)")
                #expect(alone.status == Array(whole.status[first..<first + 8]), "seed \(seed), \(text)")
            }
        }
    }
    #expect(tried > 60)
}

/// Every function on lanes against PortableMath's, also at the ends.
@Test(arguments: [
    "sqrt", "exp", "log", "log1p", "expm1", "sin", "cos", "tan", "tanh", "sigmoid", "softplus", "relu", "abs", "sign",
    "floor", "ceil", "pow(x[0], 2.5)", "pow(x[0], -1.3)", "pow(2.5, x[0])", "pow(-2, floor(x[0]))", "x[0]^7", "1/x[0]",
    "min(x[0], 0.5)", "max(0.5, x[0])", "unit(x)[0]", "norm(x)",
])
func functionsOnLanesGiveTheirValues(function: String) throws {
    let kernels = try allKernels()
    let text = function.contains("x") && function.contains("[") || function.hasSuffix(")") ? function : "\(function)(x[0])"
    let objective = try definition(text, size: 1)
    let scope = DefinitionScope(
        {
            var own = ProblemDefinition(name: "own", source: 0, objective: try! expression(text))
            own.variables = [.init("x", source: 0, [try! expression("1 + 0")])]
            return own
        }(), [:], nil)
    try scope.lay()
    let node = try scope.number(try expression(text), .exact, "f")
    var arguments = [0, 1e-300, 5e-324, 1e-17, 1e-8, 0.5, 1, 1.5, 3, 20, 39.9, 40.1, 700, 709.7, 710, 745.2, 1e5, 1e12, 1e150]
    var made = MadeUp(state: 3)
    for _ in 0..<60 { arguments.append((made.number() * 30).magnitude) }
    for magnitude in arguments {
        for x in [magnitude, -magnitude] {
            var shown = trialClass(objective, "sgd", noise: "none", steps: 1, start: .vector([x]), statistics: ["objective"])
            shown.curve = CurveRequest(steps: [0], quantities: ["objective"])
            let found = kernels.map { $0.outcomes(shown, [cell(learningRate: 1e-300)], trials: 0..<1).curves[0][0] }
            for other in found.dropFirst() { #expect(other.bitPattern == found[0].bitPattern, "\(text) at \(x)") }
            let expected = Evaluator<Double>(graph: scope.graph, point: [x]).values([node])[0][0]
            if expected.isNaN || expected.isInfinite {
                #expect(found[0] == expected || found[0].isNaN && expected.isNaN, "\(text) at \(x): \(found[0])")
                continue
            }
            // The logarithm of a power's result times a unit in the last place; absolute where angles are large.
            let slack = text.hasPrefix("pow") ? 4 + log2(expected) : text.hasPrefix("tan(") ? 4 * max(1, expected.magnitude) : 4
            let floor = ["sin", "cos"].contains(function) ? 1 : 0x1p-1022
            #expect(
                (found[0] - expected).magnitude <= slack * 0x1p-52 * max(floor, expected.magnitude),
                "\(text) at \(x): \(found[0]) for \(expected)")
        }
    }
}

private func log2(_ x: Double) -> Double { x == 0 ? 1000 : Double(x.exponent.magnitude) }

// MARK: Against compiled problems

private let eigenvalues = (0..<7).map { 0.2 + 0.13 * Double($0) }

/// Distances, suboptimality and gradient norms of every trial, to 1e-12: what was written down is what was compiled.
@Test(arguments: ["quadratic", "pseudo-huber", "rastrigin"], optimizers)
func definedObjectivesGiveWhatCompiledOnesDo(problem: String, optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    let texts = [
        "quadratic": "sum(lambda * x^2) / 2", "pseudo-huber": "1.5 * 0.7^2 * sum(sqrt(1 + (x / 0.7)^2) - 1)",
        "rastrigin": "sum(x^2 + 0.01 * (1 - cos(2 * pi * x)))",
    ]
    let own = try definition(
        texts[problem] ?? "", size: 7, constants: [("lambda", eigenvalues, nil, 7)].filter { _ in problem == "quadratic" },
        minimum: "0", minimiser: [Double](repeating: 0, count: 7))
    let statistics = ["distance", "suboptimality", "gradient_norm", "tail_distance_squared", "best_distance"]
    let defined = trialClass(own, optimizer, steps: 60, start: .radius(2), statistics: statistics)
    var compiled = defined
    compiled.definedObjective = nil
    let parameters = ["pseudo-huber": ["delta": 0.7, "smoothness": 1.5], "rastrigin": ["amplitude": 0.01]]
    compiled.problem = ComponentChoice(problem, parameters[problem] ?? [:])
    compiled.spectrum = Spectrum(
        blocks: eigenvalues.map { EigenBlock(value: problem == "quadratic" ? $0 : 1, multiplicity: 1) })
    let cells = [cell(learningRate: 0.1, rho: 0.05, noise: 0.1), cell(learningRate: 0.2, rho: 0, noise: 0)]
    let a = kernel.outcomes(defined, cells, trials: 0..<11), b = kernel.outcomes(compiled, cells, trials: 0..<11)
    #expect(a.status == b.status && a.stepsTaken == b.stepsTaken)
    for (column, (found, expected)) in zip(a.values, b.values).enumerated() {
        // The compiled f(x) - f* has forms of its own that do not cancel at the minimiser.
        let floor = statistics[column] == "suboptimality" ? 1e-15 : 0
        for (x, y) in zip(found, expected) {
            #expect((x - y).magnitude <= 1e-12 * y.magnitude + floor, "\(statistics[column]): \(x) for \(y)")
        }
    }
}

/// A mini-batch written as `{batch: 7, of: n}` takes the examples that the compiled problem takes.
@Test(arguments: [false, true], optimizers)
func logisticRegressionAsAFormulaTakesTheSameBatches(replacement: Bool, optimizer: String) throws {
    let kernel = try KernelSelection.kernel()
    var made = MadeUp(state: 12)
    let features = (0..<41 * 5).map { _ in made.number() }
    let targets = (0..<41).map { _ in made.number() > 0.2 ? 1.0 : -1 }
    let own = try definition(
        "mean(softplus(-y[i] * (A[i] @ x))) + 0.05 * sum(x^2) / 2", size: 5,
        constants: [("A", features, 41, 5), ("y", targets, nil, 41)],
        samples: [("i", .batch(try expression("7"), of: try expression("41"), withReplacement: replacement))])
    let start = StartPoint.vector([0.3, -1, 0.5, 2, 0])
    let defined = trialClass(own, optimizer, steps: 60, start: start, statistics: ["iterate", "gradient_norm"])
    var compiled = defined
    compiled.definedObjective = nil
    compiled.problem = ComponentChoice("logistic", ["l2": 0.05, "batch": 7, "replacement": replacement ? 1 : 0])
    compiled.finiteSum = FiniteSum(
        dataset: Dataset(name: "made up", columns: 5, features: features, targets: targets), l2: 0.05,
        minimiser: [0, 0, 0, 0, 0], minimum: 0)
    let cells = [cell(learningRate: 0.3, rho: 0.1, noise: 0.05)]
    let a = kernel.outcomes(defined, cells, trials: 0..<11), b = kernel.outcomes(compiled, cells, trials: 0..<11)
    for (found, expected) in zip(a.values, b.values) {
        for (x, y) in zip(found, expected) { #expect((x - y).magnitude <= 1e-12 * max(1, y.magnitude), "\(x) for \(y)") }
    }
}

// MARK: Bits

/// Draws of every law, couplings, a matrix and gathered rows of a variable.
private func busyObjective() throws -> DefinedObjective {
    var definition = ProblemDefinition(
        name: "own", source: 0,
        objective: try expression("sum((W @ u - sum(A[i]) / 50)^2) / 10 + 0.1 * sum((u[k] - 0.5)^2)"))
    let text = "sum((W @ (u + 0.1 * z) - sum(A[i]) / 50)^2) / 10 + 0.01 * sum(s * tanh(u)) + 0.1 * sum((u[k] - q)^2)"
        + " + 0.01 * dot(sign(c), u) + 0.001 * sum(h * W) + 0.01 * (A[j, 0] - A[j, 1]) * u[0]"
    let three = try expression("3")
    definition.stochastic = try expression(text)
    definition.variables = [.init("u", source: 0, [three]), .init("W", source: 0, [three, three])]
    definition.constants = [.init("A", source: 0, .numbers((0..<20).map { Double($0) / 7 }, rows: 10, columns: 2, source: 0))]
    definition.samples = [
        .init("z", source: 0, .normal(shape: [three])), .init("i", source: 0, .batch(three, of: try expression("10"), withReplacement: false)),
        .init("s", source: 0, .rademacher(shape: [three])), .init("q", source: 0, .uniform(shape: [try expression("1")])),
        .init("k", source: 0, .choice(of: three, weights: nil)), .init("c", source: 0, .cauchy(shape: [three])),
        .init("h", source: 0, .studentT(shape: [three, three], freedom: try expression("2.5"))),
        .init("j", source: 0, .choice(of: try expression("10"), weights: try expression("[4, 0, 1, 1, 0, 2, 2, 0, 0, 1]"))),
    ]
    definition.start = [
        .init("u", source: 0, .normal(try expression("0.5"))),
        .init("W", source: 0, .uniform(try expression("-1"), try expression("1"))),
    ]
    definition.distance = try expression("norm(u) + 0 * W[0, 0]")
    definition.minimum = try expression("0")
    return try definition.build(parameters: [:], dimension: nil)
}

private func busyCells(common: Bool) -> [CellParameters] {
    (0..<4).map { (i: Int) -> CellParameters in
        let learningRate: Double = 0.05 + 0.02 * Double(i)
        let key: UInt64 = common ? 7 : UInt64(7 + i)
        return cell(learningRate: learningRate, rho: 0.1 * Double(i), noise: i % 2 == 0 ? 0 : 0.02, key: key)
    }
}

@Test(arguments: optimizers, [false, true])
func definitionsGiveTheSameBitsForEveryInstructionSetAndCut(optimizer: String, common: Bool) throws {
    let kernels = try allKernels()
    for noise in ["none", "gaussian", "rademacher"] {
        var busy = trialClass(try busyObjective(), optimizer, noise: noise, steps: 141, statistics: everyStatistic)
        busy.curve = CurveRequest(steps: [0, 7, 141], quantities: KernelSelection.catalogue.all(.curveQuantity).map(\.name))
        let cells = noise == "none" ? busyCells(common: common).map { cell(learningRate: $0.learningRate, rho: $0.rho, key: $0.streamKey) } : busyCells(common: common)
        let whole = kernels[0].outcomes(busy, cells, trials: 0..<19)
        #expect(whole.values.contains { $0.contains { $0.isFinite && $0 != 0 } })
        for kernel in kernels.dropFirst() { #expect(bits(kernel.outcomes(busy, cells, trials: 0..<19)) == bits(whole)) }
        for (c, cell) in cells.enumerated() {
            for piece in [0..<1, 1..<9, 9..<19] {
                let part = kernels[kernels.count - 1].outcomes(busy, [cell], trials: piece)
                for (column, values) in part.values.enumerated() {
                    let width = values.count / piece.count, first = (c * 19 + piece.lowerBound) * width
                    #expect(
                        values.map(\.bitPattern) == whole.values[column][first..<first + values.count].map(\.bitPattern),
                        "\(noise), cell \(c), trials \(piece), \(everyStatistic[column])")
                }
            }
        }
    }
}

@Test func pausedTrialsOfDefinitionsEndWithTheSameBits() throws {
    let kernel = try KernelSelection.kernel()
    for optimizer in optimizers {
        var busy = trialClass(try busyObjective(), optimizer, noise: "rademacher", steps: 701, statistics: everyStatistic)
        busy.optimizer = ComponentChoice(optimizer, ["momentum": 0.5, "averaging": 0.3])
        let request = BlockRequest(trialClass: busy, cells: busyCells(common: true), trials: 2..<9)
        var states = [TrialState?](repeating: nil, count: request.trialCount)
        var pauses = 0
        while true {
            let progress = try kernel.advance(request, from: states, pausingAfter: 100, stop: StopFlag())
            if progress.isComplete {
                #expect(bits(progress.columns) == bits(kernel.outcomes(busy, request.cells, trials: request.trials)))
                break
            }
            states = progress.states
            pauses += 1
        }
        #expect(pauses > 1)
    }
}

/// Ascent samples of n-variants are others than those of the descent, and m-variants take the same ones.
@Test func samplesBelongToTheirStream() throws {
    let kernel = try KernelSelection.kernel()
    // With f = x xi the stochastic gradient is the sample itself; x' = x - xi.
    let own = try definition(
        "0 * sum(x)", size: 1, stochastic: "sum(x * xi)",
        samples: [("xi", .normal(shape: [try expression("1")]))])
    func iterate(_ optimizer: String, rho: Double) -> [Double] {
        kernel.outcomes(
            trialClass(own, optimizer, noise: "none", steps: 64, start: .vector([0]), statistics: ["iterate"]),
            [cell(learningRate: 1, rho: rho)], trials: 0..<32).values[0]
    }
    // The gradient does not depend on the point, so all variants see the descent's samples.
    #expect(iterate("m-sam", rho: 1) == iterate("sgd", rho: 0) && iterate("n-sam", rho: 1) == iterate("sgd", rho: 0))
    let values = iterate("sgd", rho: 0)
    let mean = values.reduce(0, +) / 32, square = values.reduce(0) { $0 + $1 * $1 } / 32
    // Sums of 64 standard normals: variance 64, of 32 trials known within a quarter.
    #expect(mean.magnitude < 8 && square > 20 && square < 140)
    #expect(Set(values).count == 32)
    // f = xi x^2/2 tells the two samples of a step apart: with rho the ascent moves x by a sign of its own sample.
    let curved = try definition(
        "sum(x^2) / 2", size: 1, stochastic: "sum(xi * x^2) / 2", samples: [("xi", .normal(shape: [try expression("1")]))])
    func end(_ optimizer: String) -> [Double] {
        kernel.outcomes(
            trialClass(curved, optimizer, noise: "none", steps: 8, start: .vector([1]), statistics: ["iterate"]),
            [cell(learningRate: 0.1, rho: 0.5)], trials: 0..<16).values[0]
    }
    #expect(zip(end("m-sam"), end("n-sam")).contains { $0 != $1 })
}
