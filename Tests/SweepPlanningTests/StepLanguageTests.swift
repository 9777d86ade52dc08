import Foundation
import KernelSelection
import PortableMath
@testable import SweepPlanning
import Testing
import TrialContract

private func sweep(_ program: [String], problem: String, rest: String = "", more: String) -> String {
    """
    schema: 1
    name: language
    problem: \(problem)
    optimizer:
      name: mine\(rest.isEmpty ? "" : "\n  \(rest)")
      step: |
    \(program.map { "    \($0)" }.joined(separator: "\n"))
    \(more)

    """
}

/// Beside the sweeps, where the data are.
private func plan(_ text: String) throws -> PlannedSweep {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try SweepPlanner.plan(
        text: text, fileName: root.appending(path: "Sweeps/sweep.yaml").path, catalogue: KernelSelection.catalogue)
}

/// The last iterates of some trials of the first cell: trial by trial, coordinate by coordinate.
private func iterates(
    _ program: [String], problem: String, rest: String = "", more: String, trials: Range<Int> = 0..<3
) throws -> [[Double]] {
    let sweep = try plan(sweep(program, problem: problem, rest: rest, more: more + "\nrecord: [iterate]"))
    let (trialClass, parameters) = try #require(try cell(sweep, 0))
    let kernel = try KernelSelection.kernel(KernelSelection.available[0])
    let columns = try #require(kernel.run(BlockRequest(trialClass: trialClass, cells: [parameters], trials: trials), stop: StopFlag()))
    let d = trialClass.dimension, values = columns.values[0]
    return (0..<trials.count).map { Array(values[$0 * d..<($0 + 1) * d]) }
}

private func distance(_ a: [[Double]], _ b: [[Double]]) -> Double {
    let pairs = zip(a.joined(), b.joined())
    let size = pairs.reduce(1e-300) { max($0, $1.0.magnitude, $1.1.magnitude) }
    return a.joined().count == b.joined().count ? pairs.reduce(0) { max($0, ($1.0 - $1.1).magnitude) } / size : .infinity
}

private let own = "{parameters: {n: 6}, variables: {u: 2, W: [2, 2]}, constants: {A: {normal: [n, 2], seed: 3}, y: {normal: n, seed: 4}}, "
    + "sample: {i: {batch: 4, of: n}}, objective: \"mean((tanh(A[i] @ W) @ u - y[i])^2) + sum(u^4) / 8\", start: {u: 0.5, W: {normal: 1}}}"

private let problems: [(problem: String, more: String)] = [
    (own, ""), ("{name: quadratic, eigenvalues: [0.1, 1, 3]}", "start: {sphere: 2}"), ("{name: sine, rho0: 0.3}", "start: {sphere: 0.2}"),
    ("{name: trap, rho0: 0.3, c1: 0.3}", "start: {vector: [0.05]}"), ("{name: trap, rho0: 0.3, c1: 0.3}", "start: {vector: [0.2]}"),
    ("{name: trap, rho0: 0.3}", "start: {vector: [0.5]}"), ("two-quadratics", "start: {vector: [1]}"), ("two-quadratics", "start: {vector: [30]}"),
    ("{name: huber-trap, rho0: 1}", "start: {vector: [0.1]}"), ("{name: huber-trap, rho0: 1}", "start: {vector: [-0.4]}"),
    ("{name: huber-trap, rho0: 1}", "start: {vector: [0.9]}"), ("{name: huber-trap, rho0: 1}", "start: {vector: [1.4]}"),
    ("pseudo-huber", "dimension: 3\nstart: {sphere: 2}"), ("{name: rastrigin, amplitude: 0.7}", "dimension: 3\nstart: {sphere: 1}"),
    ("{name: logistic, data: data/breast-cancer.svm, batch: 4}", "start: {sphere: 1}"),
    ("{name: least-squares, data: data/breast-cancer.svm, batch: 3, replacement: false}", "start: {sphere: 1}"),
]

/// Products with Hessians against differences of gradients, of the objective and on each of a step's samples.
@Test(arguments: problems) func hessianProductsAreDerivativesOfGradients(problem: String, more: String) throws {
    let more = "steps: 1\nlearning_rate: 1\nnoise: 0\n\(more)"
    for (product, gradient) in [("full_hvp(x, d)", "full(%)"), ("hvp(x, d)", "grad(%)"), ("hvp(x, d, 2)", "grad(%, 2)"), ("hvp(x, d, 3)", "grad(%, 3)")] {
        let direction = "d = normal()"
        let exact = try iterates([direction, "x = \(product)"], problem: problem, more: more)
        let difference = [
            direction, "h = 0.00001", "x = (\(gradient.replacing("%", with: "x + h * d")) - \(gradient.replacing("%", with: "x - h * d"))) / (2 * h)",
        ]
        let numbers = try iterates(difference, problem: problem, more: more)
        // The flat parts of one problem's own function apart.
        #expect(exact.joined().contains { $0 != 0 } || problem.contains("huber-trap"))
        #expect(distance(exact, numbers) < 1e-8, "\(product) on \(problem): \(exact) and \(numbers)")
    }
}

/// Values on samples: their mean over single examples is the batch's, their differences are what gradients say.
@Test(arguments: [own, "{name: logistic, data: data/breast-cancer.svm, batch: 4}", "{name: least-squares, data: data/breast-cancer.svm, batch: 3}", "{name: quadratic, eigenvalues: [1, 2]}"])
func valuesOnSamplesAreWhatGradientsAreOf(problem: String) throws {
    let more = "steps: 1\nlearning_rate: 1\nnoise: 0" + (problem == own ? "" : "\nstart: {sphere: 1}")
    for sample in ["", ", 2", ", 3"] {
        let slope = try iterates(["d = unit(normal())", "x = x * 0 + dot(grad(x\(sample)), d)"], problem: problem, more: more)
        let differences = try iterates(
            ["d = unit(normal())", "h = 0.00001", "x = x * 0 + (value(x + h * d\(sample)) - value(x - h * d\(sample))) / (2 * h)"],
            problem: problem, more: more)
        #expect(distance(slope, differences) < 1e-6, "\(sample) on \(problem)")
    }
}

@Test(arguments: [own, "{name: logistic, data: data/breast-cancer.svm, batch: 4}", "{name: least-squares, data: data/breast-cancer.svm, batch: 3}", "{name: trap, rho0: 1}"])
func theMeanOfExamplesGradientsIsTheBatchs(problem: String) throws {
    let more = "steps: 30\nlearning_rate: 0.05\nnoise: 0.3" + (problem == own ? "" : "\nstart: {sphere: 1}")
    let each = try iterates(["x = x - learning_rate * each(grad(x))"], problem: problem, more: more)
    let batch = try iterates(["x = x - learning_rate * grad(x)"], problem: problem, more: more)
    #expect(distance(each, batch) < 1e-12)
    // Nonlinear in the examples, so that the order of mean and norm matters.
    let nonlinear = try iterates(["x = x - learning_rate * each(unit(grad(x)))"], problem: problem, more: more)
    let unit = try iterates(["x = x - learning_rate * unit(grad(x))"], problem: problem, more: more)
    #expect((distance(nonlinear, unit) < 1e-12) == problem.contains("trap"))
}

/// What a mean over examples puts into an objective's hands is not taken for the sample of the gradient before it. A sample that is no
/// batch is one example.
@Test func aMeanOfExamplesLeavesOtherSamplesAlone() throws {
    let problem = "{variables: {u: 2}, sample: {z: {normal: 2}}, objective: \"sum(u^2) / 2\", stochastic: \"sum((u + tanh(z))^2) / 2\", start: {u: 1}}"
    let found = try ["each(grad(x))", "grad(x)"].map { mean in
        try iterates(
            ["a = grad(x, 2)", "b = \(mean)", "x = x - learning_rate * (a + b + grad(x + 0.1, 2))"], problem: problem,
            more: "steps: 20\nlearning_rate: 0.1")
    }
    #expect(distance(found[0], found[1]) < 1e-14, "\(found)")
}

/// One ascent for each example, written out: (a x - b)^2/2 with all four examples in the batch.
@Test func eachExampleClimbsForItself() throws {
    let a = [1.0, -2, 0.5, 3], b = [1.0, 0, 2, -1]
    let problem = "{variables: {w: 1}, constants: {a: \(a), b: \(b)}, sample: {i: {batch: 4, of: 4}}, "
        + "objective: \"mean((a[i] * w - b[i])^2) / 2\", start: {w: 2}}"
    let found = try iterates(
        ["x = x - learning_rate * each(grad(x + rho * unit(grad(x))))"], problem: problem,
        more: "steps: 60\nlearning_rate: 0.1\nrho: 0.3")
    var x = 2.0
    for _ in 0..<60 {
        let gradients = zip(a, b).map { a, b -> Double in
            let g = a * (a * x - b)
            return a * (a * (x + (g == 0 ? 0 : 0.3 * g / abs(g))) - b)
        }
        x -= 0.1 * gradients.reduce(0, +) / 4
    }
    for trial in found { #expect(abs(trial[0] - x) < 1e-12) }
}

/// What a program draws, by the definition in the documentation, in plain arithmetic.
@Test func drawsFollowTheirDefinition() throws {
    let key: UInt64 = 77
    func words(_ j: Int, unit: Int, trial: Int, stream: UInt32) -> (UInt64, UInt64) {
        let words = Philox4x32.block(
            counter: SIMD4(UInt32(j), UInt32(unit), UInt32(trial), stream << 24), key: SIMD2(UInt32(key), 0))
        return (UInt64(words[0]) << 32 | UInt64(words[1]), UInt64(words[2]) << 32 | UInt64(words[3]))
    }
    let more = "steps: 6\nlearning_rate: 1\ndimension: 3\nnoise: 0.1\nseed: \(key)"
    let problem = "{name: quadratic, eigenvalues: 1}"
    let normals = try iterates(["a = normal()", "x = normal() + 0 * a"], problem: problem, more: more)
    let signs = try iterates(["x = rademacher()"], problem: problem, more: more)
    let uniforms = try iterates(["x = uniform()"], problem: problem, more: more)
    let step = 5
    for trial in 0..<3 {
        for j in 0..<3 {
            let (u, v) = words(3 + j, unit: step / 2, trial: trial, stream: 17)
            let radius = (-2 * log(1 - Double(u & (1 << 52 - 1)) * 0x1p-52)).squareRoot()
            let t = Double(v & (1 << 52 - 1)) * 0x1p-52 - 0.5
            let c = (v >> 63 == 1 ? -1 : 1) * radius * cos(Double.pi / 2 * t), s = radius * sin(Double.pi / 2 * t)
            // The odd step of the pair.
            let expected = v >> 62 & 1 == 1 ? c : s
            #expect(abs(normals[trial][j] - expected) < 1e-12)
            let sign = words(0, unit: step, trial: trial, stream: 18).0 >> UInt64(j) & 1 == 1 ? -1.0 : 1
            #expect(signs[trial][j] == sign)
            let (first, second) = words(j / 2, unit: step, trial: trial, stream: 19)
            #expect(uniforms[trial][j] == Double((j & 1 == 0 ? first : second) >> 12) * 0x1p-52)
        }
    }
}

/// Three samples of a step are three: the same expression on another one is another gradient, and none of them depends on
/// whether the others are asked for.
@Test(arguments: [own, "{name: logistic, data: data/breast-cancer.svm, batch: 4}", "{name: trap, rho0: 1}", "{name: quadratic, eigenvalues: 1}"])
func samplesOfAStepAreIndependent(problem: String) throws {
    let more = "steps: 1\nlearning_rate: 1\nnoise: \(problem.contains("quadratic") ? 0.5 : 0)"
        + (problem == own ? "" : problem.contains("quadratic") ? "\ndimension: 2" : "\nstart: {sphere: 1}")
    func gradients(_ program: [String]) throws -> [[Double]] { try iterates(program, problem: problem, more: more, trials: 0..<64) }
    let alone = try (1...3).map { try gradients(["x = grad(x, \($0))"]) }
    let all = ["a = grad(x, 1)", "b = grad(x, 2)", "c = grad(x, 3)"]
    for (place, name) in ["a", "b", "c"].enumerated() {
        #expect(try gradients(all + ["x = \(name) + 0 * (a + b + c)"]) == alone[place])
    }
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
        let same = zip(alone[i], alone[j]).count { $0 == $1 }
        // Two fair coins agree in half of 64 trials, up to five standard errors.
        #expect(same <= 52, "samples \(i + 1) and \(j + 1): \(same)")
        #expect(!problem.contains("trap") || same >= 12)
    }
}

/// Blocks as Python has them, written out in Swift.
@Test func blocksAreTakenAsTheirConditionsSay() throws {
    let program = [
        "g = full(x)", "if t % 3 == 0:", "  s = 0.5", "  if steps - t <= 4:", "    x = x + 1  # late", "  m = m + g",
        "elif t % 3 == 1 and t > 3:", "  s = 2", "else:", "  s = a", "if not t < 9:", "  k = k + 1", "x = x - learning_rate * (s * g + 0.1 * m * k)",
    ]
    let found = try iterates(
        program, problem: "{name: quadratic, eigenvalues: 1}", rest: "parameters: {a: 1.5}\n  memory: {m: 0, k: 1}",
        more: "steps: 14\nlearning_rate: 0.1\nstart: {vector: [1, -2]}\ndimension: 2")
    var x = [1.0, -2], m = [0.0, 0], k = 1.0
    for t in 0..<14 {
        let g = x
        var s = 1.5
        if t % 3 == 0 {
            s = 0.5
            for j in 0..<2 {
                if 14 - t <= 4 { x[j] += 1 }
                m[j] += g[j]
            }
        } else if t % 3 == 1, t > 3 { s = 2 }
        if t >= 9 { k += 1 }
        for j in 0..<2 { x[j] -= 0.1 * (s * g[j] + 0.1 * m[j] * k) }
    }
    for trial in found { #expect(zip(trial, x).allSatisfy { abs($0 - $1) < 1e-13 }, "\(trial), \(x)") }
    let columns = try plan(sweep(
        ["if t >= 3:", "  x = x - unit(x - x)", "else:", "  x = x + 0 * t"], problem: "{name: quadratic, eigenvalues: 1}",
        more: "steps: 10\nlearning_rate: 1\ndimension: 2\nrecord: [zero_gradients]"))
    let (trialClass, parameters) = try #require(try cell(columns, 0))
    let kernel = try KernelSelection.kernel(KernelSelection.available[0])
    let counts = kernel.run(BlockRequest(trialClass: trialClass, cells: [parameters], trials: 0..<2), stop: StopFlag())
    #expect(counts?.values[0] == [7, 7])
}

@Test func programsKnowWhatTheProblemStates() throws {
    let found = try iterates(
        ["x = x * 0 + smoothness + 10 * strong_convexity + 100 * minimum"], problem: "{name: quadratic, eigenvalues: [2, 3]}",
        more: "steps: 1\nlearning_rate: 1")
    #expect(found[0] == [23, 23])
    let stated = try iterates(
        ["x = x - (full_value(x) - minimum) / dot(full(x), full(x)) * full(x)"],
        problem: "{variables: {u: 2}, objective: \"1 + sum((u - 1)^2)\", minimum: 1, minimisers: [1, 1], start: {u: 3}}", more: "steps: 1\nlearning_rate: 1")
    // Polyak's step goes half the way of this one.
    #expect(stated[0] == [2, 2])
}

@Test func whatAStepCostsInGradientsIsKnown() throws {
    for (program, count) in [
        (["x = x - grad(x + unit(grad(x)))"], 2), (["x = x - hvp(x, x) - full(x)"], 3), (["x = x - each(grad(x + grad(x)))"], 2),
        (["x = x + normal() * value(x)"], 0), (["x = x - grad(x) - grad(x) - grad(x, 3)"], 2),
    ] {
        let plan = try plan(sweep(program, problem: own, more: "steps: 1\nlearning_rate: 1"))
        #expect(try cell(plan, 0)?.0.definedAlgorithm?.gradientsPerStep == count)
    }
}

/// Whatever a block is cut into, wherever it pauses, and whichever instructions compute it.
@Test func bitsOfTheWholeLanguageDoNotDependOnCutsPausesAndInstructionSets() throws {
    let sweep = try plan(sweep(
        [
            "m = 0.9 * m + each(unit(grad(x + rho * grad(x))))", "if t % 2 == 0:", "  m = m + 0.01 * normal() + 0.01 * uniform()",
            "x = x - learning_rate * (m + grad(x, 3) + 0.01 * hvp(x, rademacher(), 2)) * if(value(x, 2) > 1, 0.5, 1)",
        ], problem: own, rest: "memory: {m: 0}", more: "axes: {rho: [0.1], noise: [0.1, 0.3]}\nlearning_rate: 0.01\nsteps: 600\nrecord: [iterate]"))
    func run(_ kernel: any TrialKernel, _ trialClass: TrialClass, _ cells: [CellParameters], _ trials: Range<Int>) -> [UInt64] {
        kernel.run(BlockRequest(trialClass: trialClass, cells: cells, trials: trials), stop: StopFlag())?.values.flatMap { $0.map(\.bitPattern) } ?? []
    }
    let (trialClass, first) = try #require(try cell(sweep, 0)), (_, second) = try #require(try cell(sweep, 1))
    let reference = run(try KernelSelection.kernel(KernelSelection.available[0]), trialClass, [first], 0..<11)
    let other = run(try KernelSelection.kernel(KernelSelection.available[0]), trialClass, [second], 0..<11)
    #expect(!reference.isEmpty && reference != other && !reference.contains(Double.nan.bitPattern))
    for set in KernelSelection.available {
        let kernel = try KernelSelection.kernel(set)
        #expect(run(kernel, trialClass, [first], 0..<5) + run(kernel, trialClass, [first], 5..<11) == reference)
        // Two noise levels share what is drawn.
        #expect(run(kernel, trialClass, [first, second], 0..<11) == reference + other)
        var states = [TrialState?](repeating: nil, count: 11), last: OutcomeColumns?, pauses = 0
        repeat {
            let progress = try kernel.advance(
                BlockRequest(trialClass: trialClass, cells: [first], trials: 0..<11), from: states, pausingAfter: 40, stop: StopFlag())
            (states, last, pauses) = (progress.states, progress.columns, pauses + 1)
        } while states.contains { $0 != nil } && pauses < 40
        #expect(pauses > 1 && last?.values.flatMap { $0.map(\.bitPattern) } == reference)
    }
}

@Test(arguments: [
    (["x = x - each(x)"], "each takes an expression with the gradient of an example in it"),
    (["x = x - each(each(grad(x)))"], "each(...) stands in another one"), (["x = x - each(full(x))"], "within each(...) there is grad(v)"),
    (["x = x - each(grad(x, 2))"], "within each(...) there is grad(v)"), (["x = x - hvp(x)"], "hvp takes a point and a direction"),
    (["x = x - full_hvp(x, x, 1)"], "full_hvp takes a point and a direction"), (["x = x - hvp(x, rho)"], "hvp takes a point of x's shape [3], not a number"),
    (["x = x + normal(3)"], "normal takes nothing"), (["x = x - grad(x, 4)"], "a step has three independent samples, 1, 2 and 3"),
    (["if rho > 0:", "  x = x - grad(x)"], "a block depends on t and parameters alone"), (["if t:", "  x = x - grad(x)"], "is no comparison of numbers"),
    (["if t > 0:", "x = x - grad(x)"], "a block has no lines"), (["x = x - grad(x)", "if t > 0:"], "a block has no lines"),
    (["x = x - grad(x)", "  x = x"], "is indented as no block is"), (["else:", "  x = x"], "else follows no if"),
    (["if t > 0:", "  y = 1", "x = x - y"], "is assigned in a block and used where that may not have been taken"),
    (["if t > 0:", "  y = 1", "elif t > 1:", "  y = 2", "x = x - y"], "is assigned in a block and used where"),
    (["if t > 0:", "  y = x", "else:", "  y = [1, 2]", "x = x - y"], "has the shape [2] in this block and [3] outside of it"),
    (["while t > 0:", "  x = x"], "a program has no loops"), (["smoothness = 2", "x = x"], "stays as it is and cannot be assigned"),
    (["x = x - grad(x) * (t % x)[5]"], "5 is outside the length 3"),
]) func whatDoesNotMakeSenseIsRefusedWithOneMessage(program: [String], message: String) throws {
    let error = try #require(failure(sweep(
        program, problem: "{name: quadratic, eigenvalues: 1}", more: "steps: 3\nlearning_rate: 0.1\ndimension: 3")))
    let first = try #require(error.diagnostics.first)
    let text = "\(first.value.map { "\($0) " } ?? "")\(first.message); \(first.remedy)"
    #expect(error.diagnostics.count == 1 && text.contains(message) && (first.line ?? 0) >= 5, "\(text)")
}

@Test(arguments: [
    ("{name: sine, rho0: 1}", "x = x - minimum", "asks for the problem's minimum, which it does not state"),
    ("{objective: \"sum(x^2)\", start: {x: 1}}", "x = x / smoothness", "asks for the problem's smoothness, which it does not state"),
    ("{name: trap, rho0: 1}", "x = x * value(x)", "asks for the value on a sample, which trap does not know"),
    ("{constants: {a: [1, 2]}, sample: {i: {choice: 2}, j: {batch: 1, of: 2}}, objective: \"sum(x^2) + mean(a[i]) * mean(a[j])\", "
        + "stochastic: \"sum(x^2) + a[i] * mean(a[j])\", start: {x: 1}}", "x = x - each(grad(x))", "draws 2 kinds of indices"),
]) func whatTheProblemDoesNotHaveIsSaid(problem: String, step: String, message: String) throws {
    let error = try #require(failure(sweep([step], problem: problem, more: "steps: 3\nlearning_rate: 0.1\ndimension: 1")))
    #expect(error.diagnostics.count == 1 && error.description.contains(message), "\(error)")
}

@Test func remaindersHaveTheSignOfTheDivisor() throws {
    let found = try iterates(
        ["x = [7 % 3, -7 % 3, 7 % -3, 5.5 % 2] + 0 * x"], problem: "{name: quadratic, eigenvalues: 1}", more: "steps: 1\nlearning_rate: 1\ndimension: 4")
    #expect(found[0] == [1, 2, -2, 1.5])
    let plan = try plan(
        "schema: 1\nname: r\nproblem: {name: quadratic, eigenvalues: 1}\noptimizer: sgd\nsteps: 3\naxes: {learning_rate: [1, 2, 3, 4]}\n"
            + "where: \"learning_rate % 3 == 1\"\n")
    #expect(plan.estimate.includedCells == 2)
}
