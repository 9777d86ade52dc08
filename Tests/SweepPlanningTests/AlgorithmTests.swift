import Definitions
import Foundation
import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

/// Catalogue optimizers as their papers have them. Sample 2 is that of an ascent gradient of its own.
private let papers: [(name: String, rest: String, step: [String])] = [
    ("sgd", "", ["x = x - learning_rate * grad(x)"]),
    ("sam", "", ["x = x - learning_rate * full(x + rho * unit(full(x)))"]),
    ("m-sam", "", ["x = x - learning_rate * grad(x + rho * unit(grad(x)))"]),
    ("n-sam", "", ["x = x - learning_rate * grad(x + rho * unit(grad(x, 2)))"]),
    ("usam", "", ["x = x - learning_rate * full(x + rho * full(x))"]),
    ("m-usam", "", ["x = x - learning_rate * grad(x + rho * grad(x))"]),
    ("n-usam", "", ["x = x - learning_rate * grad(x + rho * grad(x, 2))"]),
    ("asam", "parameters: {c: 0.01}", [
        "g = grad(x)", "w = abs(x) + c  # each weight's own size", "", "x = x - learning_rate * grad(x + rho * w * unit(w * g))",
    ]),
    ("vasso", "parameters: {a: 0.4}, memory: {v: 0}", [
        "v = (1 - a) * v + a * grad(x)", "x = x - learning_rate * grad(x + rho * unit(v))",
    ]),
]

private let problems = [
    "{name: quadratic, eigenvalues: 1}", "{name: quadratic, eigenvalues: [0.1, 1, 3]}", "{name: sine, rho0: 0.3}", "{name: trap, rho0: 0.3}",
    "two-quadratics", "{name: huber-trap, rho0: 0.3}", "pseudo-huber", "{name: rastrigin, amplitude: 0.1}",
    "{name: logistic, data: data/breast-cancer.svm, batch: 4}",
    "{name: least-squares, data: data/breast-cancer.svm, batch: 3}",
]

private func algorithm(_ name: String, _ step: [String], _ rest: String = "") -> String {
    let lines = step.joined(separator: "\\n")
    return "{name: \(name), step: \"\(lines)\"\(rest.isEmpty ? "" : ", \(rest)")}"
}

/// A sweep whose program stands in lines of its own, from line 7 on.
private func sweep(_ program: [String], _ rest: String = "", more: String = "dimension: 3") -> String {
    """
    schema: 1
    name: own
    problem: {name: quadratic, eigenvalues: 1}
    optimizer:
      name: mine\(rest.isEmpty ? "" : "\n  \(rest)")
      step: |
    \(program.map { "    \($0)" }.joined(separator: "\n"))
    steps: 12
    learning_rate: 0.1
    \(more)

    """
}

/// Beside the sweeps, where the data are.
private func plan(_ text: String) throws -> PlannedSweep {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try SweepPlanner.plan(
        text: text, fileName: root.appending(path: "Sweeps/sweep.yaml").path, catalogue: KernelSelection.catalogue)
}

private func run(_ trialClass: TrialClass, _ cell: CellParameters, _ kernel: any TrialKernel, trials: Range<Int> = 0..<11) -> OutcomeColumns? {
    kernel.run(BlockRequest(trialClass: trialClass, cells: [cell], trials: trials), stop: StopFlag())
}

private func bits(_ columns: OutcomeColumns?) -> [[UInt64]] { columns?.values.map { $0.map(\.bitPattern) } ?? [] }

/// The same draws give the same trials, whether a step is compiled or written down.
@Test(arguments: problems) func optimizersAsPapersHaveThemGiveTheCompiledDistances(problem: String) throws {
    let own = papers.map { algorithm("own-\($0.name)", $0.step, $0.rest) }
    let kernel = try KernelSelection.kernel(KernelSelection.available[0])
    let takesDimension = ["{name: quadratic, eigenvalues: 1}", "pseudo-huber", "{name: rastrigin, amplitude: 0.1}"].contains(problem)
    let sweep = try plan(
        """
        schema: 1
        name: both
        problem: \(problem)
        optimizer: [\((papers.map(\.name) + own).joined(separator: ", "))]
        steps: 40
        axes: {rho: [0, 0.1], noise: [0, 0.2], learning_rate: [0.02]}
        \(takesDimension ? "dimension: 5" : "")
        record: [distance, zero_gradients]
        """)
    var distances: [String: [OutcomeColumns]] = [:]
    for index in 0..<sweep.cellCount {
        guard let (trialClass, parameters) = try cell(sweep, index) else { continue }
        #expect((trialClass.definedAlgorithm != nil) == trialClass.optimizer.name.hasPrefix("own-"))
        distances[trialClass.optimizer.name, default: []].append(try #require(run(trialClass, parameters, kernel)))
    }
    for paper in papers {
        let compiled = try #require(distances[paper.name]), written = try #require(distances["own-\(paper.name)"])
        #expect(compiled.count == 4 && written.count == 4)
        for (a, b) in zip(compiled, written) {
            for (x, y) in zip(a.values[0], b.values[0]) {
                #expect(abs(x - y) <= 1e-12 * max(1, abs(x)), "\(paper.name) on \(problem): \(x) and \(y)")
            }
            if paper.step.joined().contains("unit") { #expect(a.values[1] == b.values[1], "\(paper.name) on \(problem)") }
        }
    }
}

/// Whatever a block is cut into, wherever it pauses, and whichever instructions compute it.
@Test func bitsOfAlgorithmsDoNotDependOnCutsPausesAndInstructionSets() throws {
    let sweep = try plan(sweep(
        [
            "m = beta * m + grad(x)", "k = k + 1", "y = x + rho * unit(m)",
            "x = x - learning_rate / sqrt(k) * (grad(y, 2) + 0.1 * full(y)) * if(full_value(y) > 0.01, 1, 0.5)",
        ], "parameters: {beta: 0.7}\n  memory: {m: 0, k: 0}",
        more: "axes: {rho: [0.1], noise: [0.3], optimizer.beta: [0.7, 0.9]}\ndimension: 3\nrecord: [distance, iterate]")
        // More than one chunk of noise, so that there is a place to pause.
        .replacingOccurrences(of: "steps: 12", with: "steps: 700"))
    var seen: Set<[[UInt64]]> = []
    for index in 0..<sweep.cellCount {
        let (trialClass, parameters) = try #require(try cell(sweep, index))
        let reference = bits(run(trialClass, parameters, try KernelSelection.kernel(KernelSelection.available[0])))
        seen.insert(reference)
        for set in KernelSelection.available {
            let kernel = try KernelSelection.kernel(set)
            #expect(bits(run(trialClass, parameters, kernel)) == reference)
            let halves = [0..<5, 5..<11].map { bits(run(trialClass, parameters, kernel, trials: $0)) }
            #expect(halves[0][0] + halves[1][0] == reference[0])
            let request = BlockRequest(trialClass: trialClass, cells: [parameters], trials: 0..<11)
            var states = [TrialState?](repeating: nil, count: 11)
            var pauses = 0, last: OutcomeColumns?
            repeat {
                let progress = try kernel.advance(request, from: states, pausingAfter: 4, stop: StopFlag())
                states = progress.states
                last = progress.columns
                pauses += 1
            } while states.contains { $0 != nil } && pauses < 20
            #expect(pauses > 1 && bits(last) == reference)
        }
    }
    #expect(seen.count == 2)
}

/// Eleven slots go eight together and three together, two and two, or one by one, as the objective has it; and here each by itself.
@Test(arguments: [
    "{name: quadratic, eigenvalues: [0.1, 1, 3]}", "{name: rastrigin, amplitude: 0.1}", "{name: huber-trap, rho0: 0.3}",
    "{name: logistic, data: data/breast-cancer.svm, batch: 4}",
    "{parameters: {n: 9}, variables: {w: 3}, constants: {A: {normal: [n, 3], seed: 1}}, sample: {i: {batch: 4, of: n, replacement: true}}, "
        + "objective: \"mean(softplus(A[i] @ w)) + sum(w^2)\", start: {w: {normal: 0.5}}}",
    "{variables: {w: 2}, sample: {u: {normal: 2}}, objective: \"sum(cosine)\", let: {cosine: \"w^2 + cos(w)\"}, "
        + "stochastic: \"sum(cosine + u * w)\", start: {w: 1}}",
])
func slotsOfAlgorithmsTakenTogetherEndWhereEachEndsAlone(problem: String) throws {
    let steps = [
        // The same sample again, at once and after another one, in memory and without.
        ["m = b * m + grad(x)", "g = grad(x + rho * unit(m))", "x = x - learning_rate * (g + 0.1 * grad(x, 2) + 0.1 * grad(x + g))"],
        ["d = normal()", "h = hvp(x, d, 2) + full_hvp(x, d)", "x = x - learning_rate * (grad(x) + 0.01 * h * if(value(x, 3) > full_value(x), 1, 2))"],
        ["g = each(unit(grad(x + rho * grad(x))))", "x = x - learning_rate * (g + grad(x)) * (1 + 0.1 * uniform())"],
    ]
    let takesDimension = problem.contains("rastrigin")
    // What the components of a constructed sum are, but for their gradients, is not known.
    let asked = problem.contains("huber-trap") ? steps.map { $0.map { $0.replacing("value(x, 3)", with: "full_value(x / 2)") } } : steps
    let own = asked.enumerated().map { algorithm("own-\($0)", $1, $0 == 0 ? "parameters: {b: 0.5}, memory: {m: 0}" : "") }
    let sweep = try plan(
        """
        schema: 1
        name: company
        problem: \(problem)
        optimizer: [\(own.joined(separator: ", "))]
        steps: 5
        trials: 88
        axes: {rho: [0.1], noise: [0.2], learning_rate: [0.05]}
        \(takesDimension ? "dimension: 20" : "")
        record: [iterate, zero_gradients]
        """)
    let sets = [KernelSelection.available[0], KernelSelection.available[KernelSelection.available.count - 1]]
    var seen: Set<[[UInt64]]> = []
    for index in 0..<sweep.cellCount {
        let (trialClass, parameters) = try #require(try cell(sweep, index))
        for set in sets {
            let kernel = try KernelSelection.kernel(set)
            let whole = bits(run(trialClass, parameters, kernel, trials: 0..<88))
            seen.insert(whole)
            for first in stride(from: 0, to: 88, by: 8) {
                let alone = bits(run(trialClass, parameters, kernel, trials: first..<first + 8))
                for (a, b) in zip(alone, whole) {
                    let width = a.count / 8
                    #expect(a == Array(b[first * width..<(first + 8) * width]), "\(trialClass.optimizer.name) on \(problem), from \(first)")
                }
            }
        }
    }
    #expect(seen.count == 3)
}

/// Written out by hand in plain Swift: momentum, a counter of steps and a choice by value, without noise.
@Test func memoriesConditionsAndTimeMeanWhatTheySay() throws {
    let sweep = try plan(sweep(
        ["m = 0.5 * m + full(x)", "c = c + t / steps", "x = if(t == 3, x, x - learning_rate * (m + c * x / dimension))"],
        "memory: {m: 0.25, c: 1}", more: "dimension: 3\nstart: {vector: [1, -2, 0.5]}\nrecord: [iterate]"))
    let (trialClass, parameters) = try #require(try cell(sweep, 0))
    let algorithm = try #require(trialClass.definedAlgorithm)
    #expect(algorithm.memory == [.init(firstValue: 0.25, count: 3), .init(firstValue: 1, count: 1)])
    #expect(algorithm.gradientsPerStep == 1)
    var x = [1, -2, 0.5], m = [0.25, 0.25, 0.25], c = 1.0
    for t in 0..<12 {
        for j in 0..<3 { m[j] = 0.5 * m[j] + x[j] }
        c += Double(t) / 12
        if t != 3 { for j in 0..<3 { x[j] -= 0.1 * (m[j] + c * x[j] / 3) } }
    }
    let columns = try #require(run(trialClass, parameters, try KernelSelection.kernel(KernelSelection.available[0])))
    let flat = columns.values.flatMap(\.self)
    for (j, value) in x.enumerated() {
        #expect(flat.contains { abs($0 - value) < 1e-13 }, "coordinate \(j): \(value) in \(flat.prefix(40))")
    }
}

@Test func whatAProgramMeansDecidesTheFingerprintAndBlanksDoNot() throws {
    let base = try plan(sweep(["x = x - a * grad(x)"], "parameters: {a: 0.1}")).sweepFingerprint
    #expect(try plan(sweep(["", "x  =  x-a*grad( x )   # down"], "parameters: {a: 0.1}")).sweepFingerprint == base)
    #expect(try plan(sweep(["x = x - a * grad(x, 2)"], "parameters: {a: 0.1}")).sweepFingerprint != base)
    #expect(try plan(sweep(["x = x - a * grad(x)"], "parameters: {a: 0.2}")).sweepFingerprint != base)
}

@Test(arguments: [
    (["x = x - grad(y)"], "", "7:18 optimizer.step: y is not a known name"),
    (["x = x - gard(x)"], "", "7:13 optimizer.step: gard is not a known function"),
    (["x = x - value_of(x)"], "", "value_of is not a known function"),
    (["x = x - grad"], "", "grad a function needs its arguments"),
    (["x = x - grad(x, 4)"], "", "a step has three independent samples, 1, 2 and 3"),
    (["x = x - grad(rho)"], "", "grad takes a point of x's shape [3], not a number"),
    (["x = x + [1, 2]"], "", "shapes [3] and [2] do not fit element by element"),
    (["x = dot(x, x)"], "", "7:5 optimizer.step: x has the shape [3] and cannot become a number"),
    (["x = x > 0"], "", "cannot become a comparison"),
    (["y = x - grad(x)"], "", "mine never assigns x"),
    (["g = grad(x)", "  ", "h: g", "x = x - g"], "", "9:5 optimizer.step: h: g is no assignment"),
    (["for i in x:", "  x = x"], "", "a program has no loops"),
    (["x = x - a[3] * grad(x)"], "", "a is not a known name"),
    (["x = x - grad(x)[3] * x"], "", "3 is outside the length 3"),
    (["rho = 0", "x = x - grad(x)"], "", "rho stays as it is and cannot be assigned"),
    (["sum = 0", "x = x - grad(x)"], "", "sum is a word of the language"),
    (["m = outer(x, x)", "x = x - grad(x)"], "memory: {m: 0}", "m is a memory of shape a number and becomes one of shape [3, 3]"),
    (["m = m[0] + x[0]", "x = x - m"], "memory: {m: 0}", "m is a memory of shape [3] and becomes one of shape a number"),
    (["x = x - grad(x)"], "memory: {m: 0}", "m is a memory that the program never assigns"),
    (["x = x - grad(x)"], "parameters: {grad: 0}", "grad is a word of the language"),
    (["x = x - grad(x)"], "parameters: {momentum: 0}", "momentum is a parameter that every optimizer has"),
    (["# nothing"], "", "does nothing"),
]) func badProgramsAreRefusedWithOneMessage(step: [String], rest: String, message: String) throws {
    let error = try #require(failure(sweep(step, rest)))
    let first = try #require(error.diagnostics.first)
    let text = "\(first.line ?? 0):\(first.column ?? 0) \(first.field): \(first.value.map { "\($0) " } ?? "")\(first.message); \(first.remedy)"
    #expect(error.diagnostics.count == 1 && text.contains(message), "\(text)")
}

@Test func namesAreTakenOnce() throws {
    func text(_ optimizers: String) -> String {
        "schema: 1\nname: n\nproblem: {name: quadratic, eigenvalues: 1}\noptimizer: \(optimizers)\nsteps: 3\nlearning_rate: 0.1\n"
    }
    let step = "x = x - learning_rate * grad(x)"
    for (optimizers, message) in [
        (algorithm("m-sam", [step]), "is the name of another optimizer"),
        ("[\(algorithm("a", [step])), \(algorithm("a", [step]))]", "is the name of another optimizer"),
        ("{step: \"\(step)\"}", "without a name"), ("{name: a, step: [1]}", "must be a program"),
        ("{name: a, setp: 1, step: \"\(step)\"}", "setp"),
    ] {
        let found = failure(text(optimizers))?.diagnostics.first
        #expect(found.map { "\($0.field) \($0.message)".contains(message) } == true, "\(String(describing: found))")
    }
}
