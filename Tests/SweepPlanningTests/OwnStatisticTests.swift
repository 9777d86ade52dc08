import Definitions
import KernelSelection
import SweepPlanning
import Testing
import TrialContract

/// Statistics that a sweep defines, from the text to the numbers of every instruction set.

private func columns(_ text: String, cell index: Int = 0, trials: Int = 11, on set: InstructionSet? = nil) throws -> [String: [Double]] {
    let (trialClass, parameters) = try #require(try cell(try plan(text), index))
    let kernel = try KernelSelection.kernel(set ?? KernelSelection.available[0])
    let outcome = try #require(kernel.run(
        BlockRequest(trialClass: trialClass, cells: [parameters], trials: 0..<trials), stop: StopFlag()))
    return Dictionary(uniqueKeysWithValues: zip(trialClass.statistics, outcome.values))
}

private func near(_ a: [Double]?, _ b: [Double]?, _ tolerance: Double = 1e-13) -> Bool {
    guard let a, let b, a.count == b.count else { return false }
    return zip(a, b).allSatisfy { ($0 - $1).magnitude <= tolerance * max(1, $1.magnitude) }
}

private let record = """
    record: [distance, objective, gradient_norm, best_distance, tail_distance_squared, mean_gradient_norm_squared, iterate,
      {name: own_distance, value: norm(x)}, {name: own_objective, value: objective}, {name: own_gradient, value: norm(gradient)},
      {name: own_best, value: norm(x), over: best}, {name: own_tail, value: sum(x^2), over: tail},
      {name: own_mean, value: sum(gradient^2), over: mean}, {name: third, value: "x[2] - 2 * dimension"}]
    """

private func compiled(_ steps: Int) -> String {
    """
    schema: 1
    name: own-statistics
    problem: {name: quadratic, eigenvalues: [0.5, 1, 3]}
    optimizer: m-sam
    rho: 0.1
    noise: 0.3
    learning_rate: 0.1
    steps: \(steps)
    trials: 11
    \(record)

    """
}

/// The catalogue computes the same quantities in other code.
@Test(arguments: [1, 7, 40]) func ownStatisticsOfACompiledProblemAreTheCatalogues(steps: Int) throws {
    let values = try columns(compiled(steps))
    #expect(near(values["own_distance"], values["distance"]))
    #expect(near(values["own_objective"], values["objective"]))
    #expect(near(values["own_gradient"], values["gradient_norm"]))
    #expect(near(values["own_best"], values["best_distance"]))
    #expect(near(values["own_tail"], values["tail_distance_squared"]))
    let last = try #require(values["gradient_norm"]), before = try #require(values["mean_gradient_norm_squared"])
    let mean = zip(last, before).map { ($0 * $0 + Double(steps) * $1) / Double(steps + 1) }
    #expect(near(values["own_mean"], mean))
    let iterate = try #require(values["iterate"])
    #expect(near(values["third"], (0..<11).map { iterate[3 * $0 + 2] - 6 }))
}

private let factors = """
    schema: 1
    name: factors
    problem:
      parameters: {d: 3, s: 0.2}
      variables: {u: d, v: d}
      constants: {beta: {list: [0.6, 0.2], pad_to: d}}
      let: {r: "u * v - beta"}
      sample: {xi: {normal: d}}
      objective: "sum(r^2) / 2"
      stochastic: "sum((r + s * xi)^2) / 2"
      start: {u: {normal: 0.5}, v: 0.3}
    optimizer: n-sam
    learning_rate: 0.05
    rho: 0.1
    steps: 30
    trials: 11
    axes: {problem.d: [2, 3]}
    record: [iterate, {name: balancedness, value: "sum(u^2) - sum(v^2)"}, {name: residual, value: "s * largest(abs(r))"},
      {name: slope, value: "sum(gradient[:d] * u) - sum(gradient[d:] * v)"}]

    """

/// u * df/du and v * df/dv are both r * u * v, whatever the point; the rest is arithmetic on the recorded iterate.
@Test(arguments: [0, 1]) func ownStatisticsSeeVariablesParametersAndShorthand(index: Int) throws {
    let d = 2 + index
    let values = try columns(factors.replacingOccurrences("gradient[:d]", "gradient[0:\(d)]").replacingOccurrences("gradient[d:]", "gradient[\(d):]")
        .replacingOccurrences("axes: {problem.d: [2, 3]}", "").replacingOccurrences("d: 3", "d: \(d)"))
    let iterate = try #require(values["iterate"])
    let beta = [0.6, 0.2, 0]
    func point(_ trial: Int) -> (u: [Double], v: [Double]) {
        let x = Array(iterate[2 * d * trial..<2 * d * (trial + 1)])
        return (Array(x[..<d]), Array(x[d...]))
    }
    #expect(near(values["balancedness"], (0..<11).map { trial in
        let (u, v) = point(trial)
        return u.reduce(0) { $0 + $1 * $1 } - v.reduce(0) { $0 + $1 * $1 }
    }))
    #expect(near(values["residual"], (0..<11).map { trial in
        let (u, v) = point(trial)
        return 0.2 * (0..<d).map { (u[$0] * v[$0] - beta[$0]).magnitude }.max()!
    }))
    #expect(near(values["slope"], Array(repeating: 0, count: 11)))
}

extension String {
    fileprivate func replacingOccurrences(_ old: String, _ new: String) -> String {
        split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}

@Test func ownStatisticsHaveTheSameBitsOnEveryInstructionSetAndAfterAPause() throws {
    let (trialClass, parameters) = try #require(try cell(try plan(compiled(300)), 0))
    let request = BlockRequest(trialClass: trialClass, cells: [parameters], trials: 0..<11)
    var results: Set<[[UInt64]]> = []
    for set in KernelSelection.available {
        let kernel = try KernelSelection.kernel(set)
        results.insert(try #require(kernel.run(request, stop: StopFlag())).values.map { $0.map(\.bitPattern) })
        let first = try kernel.advance(
            request, from: Array(repeating: nil, count: 11), pausingAfter: 100, stop: StopFlag())
        let rest = try kernel.advance(request, from: first.states, pausingAfter: nil, stop: StopFlag())
        results.insert(rest.columns.values.map { $0.map(\.bitPattern) })
    }
    #expect(results.count == 1)
}

private func fault(_ record: String, _ more: String = "") -> String {
    let text = sweepText("dimension: 3\nrecord: [\(record)]\n\(more)")
    guard let first = failure(text)?.diagnostics.first else { return "none" }
    return "\(first.field): \(first.value.map { "\($0) " } ?? "")\(first.message); \(first.remedy)"
}

@Test(arguments: [
    ("{name: a1, value: nrom(x)}", "norm"), ("{name: a1, value: norm(y)}", "y"), ("{name: a1, value: 2 * x}", "one number"),
    ("{name: a1, value: \"x @ [1, 2]\"}", "[3]"), ("{name: a1}", "must be an expression"), ("{value: norm(x)}", "needs a name"),
    ("{name: distance, value: norm(x)}", "something else"), ("{name: learning_rate, value: 1}", "something else"),
    ("{name: status, value: 1}", "something else"), ("{name: excess_x, value: 1}", "something else"),
    ("{name: A, value: norm(x)}", "a-z"), ("{name: a1, value: norm(x), over: last}", "must be one of end, tail, best, mean"),
    ("{name: a1, value: 1}, {name: a1, value: 2}", "twice"), ("{name: a1, valu: 1}", "value"),
    ("{name: a1, value: norm(x) >}", "record.value"),
]) func faultsOfOwnStatisticsAreNamed(record: String, part: String) {
    #expect(fault(record).contains(part), "\(fault(record))")
}

@Test func blockNormsHaveNoOwnStatistics() throws {
    #expect(fault("{name: a1, value: norm(x)}", "method: reduced").contains("a1"))
    let (trialClass, _) = try #require(
        try cell(try plan(sweepText("dimension: 1000\nmethod: auto\nrecord: [{name: a1, value: norm(x)}]")), 0))
    #expect(trialClass.method == .full)
}

@Test func anotherTextIsAnotherPlanAndBlanksAreNot() throws {
    func fingerprint(_ record: String) throws -> String { try plan(sweepText("record: [\(record)]")).planFingerprint }
    let one = try fingerprint("{name: a1, value: norm(x)}")
    #expect(try fingerprint("{name: a1, value: \"norm( x )\", over: end}") == one)
    for other in ["{name: a1, value: norm1(x)}", "{name: a2, value: norm(x)}", "{name: a1, value: norm(x), over: mean}"] {
        #expect(try fingerprint(other) != one)
    }
}

@Test func claimsMeasureOwnStatistics() throws {
    let sweep = try plan(sweepText("""
        record: [{name: a1, value: norm(x)}]
        claims: [{name: c, says: words, mean: a1, at_most: 1}]
        """))
    #expect(sweep.statistics.map(\.name) == ["a1"] && sweep.statistics[0].formula == "norm(x), at x_T")
}

@Test(arguments: [("u", "variable"), ("d", "parameter"), ("s", "parameter")])
func statisticsAreNotCalledAsPartsOfTheProblem(name: String, kind: String) throws {
    let text = factors.replacingOccurrences("name: balancedness", "name: \(name)")
    let error = try #require(throws: SweepFileError.self) { try plan(text) }
    #expect(error.diagnostics.count == 1 && error.diagnostics[0].field == "record.name")
    #expect(error.diagnostics[0].message == "is the name of a \(kind) of the problem" && error.diagnostics[0].value == name)
}
