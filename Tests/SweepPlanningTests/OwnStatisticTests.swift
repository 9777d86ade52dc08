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
    func squares(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 } }
    #expect(near(values["balancedness"], (0..<11).map { trial in
        let (u, v) = point(trial)
        return squares(u) - squares(v)
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
    ("{name: a1, value: nrom(x)}", "norm"), ("{name: a1, value: norm(y)}", "y"), ("{name: a1, value: \"outer(x, x)\"}", "is a matrix"),
    ("{name: a1, value: \"x @ [1, 2]\"}", "[3]"), ("{name: a1}", "must be an expression"), ("{value: norm(x)}", "needs a name"),
    ("{name: distance, value: norm(x)}", "something else"), ("{name: learning_rate, value: 1}", "something else"),
    ("{name: status, value: 1}", "something else"), ("{name: excess_x, value: 1}", "something else"),
    ("{name: A, value: norm(x)}", "a-z"), ("{name: a1, value: norm(x), over: last}", "must be one of end, tail, best, mean, first"),
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

// MARK: Vectors, first times, trajectories

private func outcome(
    _ text: String, cell index: Int = 0, trials: Int = 11, on set: InstructionSet? = nil
) throws -> (columns: OutcomeColumns, trialClass: TrialClass) {
    let (trialClass, parameters) = try #require(try cell(try plan(text), index))
    let kernel = try KernelSelection.kernel(set ?? KernelSelection.available[0])
    return (try #require(kernel.run(
        BlockRequest(trialClass: trialClass, cells: [parameters], trials: 0..<trials), stop: StopFlag())), trialClass)
}

private let onTheWay = factors.replacingOccurrences("axes: {problem.d: [2, 3]}", "").replacingOccurrences("gradient[:d]", "gradient[0:3]")
    .replacingOccurrences("gradient[d:]", "gradient[3:6]").replacingOccurrences("record: [iterate,", """
    curves:
      at: [0, 1, 7, 29, 30]
      of: [objective, iterate, balancedness, {name: product, value: "u * v"}, {name: slope2, value: "gradient @ gradient"},
        {name: is_low, value: "objective < 0.02"}]
    record: [iterate, objective, {name: weights, value: "u * v"}, {name: both, value: "u < v"}, {name: squares, value: "x^2", over: mean},
    """)

/// What trajectories hold is what trials that end there record; a vector is its numbers.
@Test(arguments: [0, 3, 4]) func curvesOfOwnStatisticsAreThoseOfTrialsThatEndThere(place: Int) throws {
    let steps = [0, 1, 7, 29, 30]
    let (whole, trialClass) = try outcome(onTheWay)
    #expect(trialClass.curve?.quantities == ["objective", "iterate", "balancedness", "product", "slope2", "is_low"])
    #expect(whole.curves.map(\.count) == [1, 6, 1, 3, 1, 1].map { 11 * 5 * $0 })
    func at(_ quantity: Int, _ width: Int) -> [Double] {
        (0..<11).flatMap { trial in
            (0..<width).map { whole.curves[quantity][(trial * steps.count + place) * width + $0] }
        }
    }
    let iterate = at(1, 6)
    if place > 0 {
        let (ends, short) = try outcome(onTheWay.replacingOccurrences("steps: 30", "steps: \(steps[place])")
            .replacingOccurrences("at: [0, 1, 7, 29, 30]", "at: 0"))
        let values = Dictionary(uniqueKeysWithValues: zip(short.statistics, ends.values))
        #expect(iterate.map(\.bitPattern) == values["iterate"]?.map(\.bitPattern))
        #expect(at(0, 1) == values["objective"] && at(2, 1) == values["balancedness"] && at(3, 3) == values["weights"])
    }
    func products(_ trial: Int) -> [Double] { (0..<3).map { iterate[6 * trial + $0] * iterate[6 * trial + 3 + $0] } }
    #expect(near(at(3, 3), (0..<11).flatMap(products)))
    #expect(at(5, 1) == at(0, 1).map { $0 < 0.02 ? 1 : 0 })
    // r v and r u, by hand.
    let beta: [Double] = [0.6, 0.2, 0]
    func slope(_ trial: Int) -> Double {
        var sum = 0.0
        for j in 0..<3 {
            let u: Double = iterate[6 * trial + j], v: Double = iterate[6 * trial + 3 + j]
            let r: Double = u * v - beta[j]
            sum += r * r * (u * u + v * v)
        }
        return sum
    }
    #expect(near(at(4, 1), (0..<11).map(slope)))
}

@Test func vectorsOfOneStepAreMeansMinimaAndComparisonsNumberByNumber() throws {
    let text = onTheWay.replacingOccurrences("at: [0, 1, 7, 29, 30]", "at: {linspace: {from: 0, to: 30, count: 31}}")
    let (whole, trialClass) = try outcome(text)
    let values = Dictionary(uniqueKeysWithValues: zip(trialClass.statistics, whole.values))
    let iterate = whole.curves[1]
    func x(_ trial: Int, _ t: Int, _ j: Int) -> Double { iterate[(trial * 31 + t) * 6 + j] }
    func squares(_ trial: Int) -> [Double] {
        (0..<6).map { j in
            var sum = 0.0
            for t in 0...30 { sum += x(trial, t, j) * x(trial, t, j) }
            return sum / 31
        }
    }
    func both(_ trial: Int) -> [Double] { (0..<3).map { x(trial, 30, $0) < x(trial, 30, 3 + $0) ? 1.0 : 0.0 } }
    #expect(near(values["squares"], (0..<11).flatMap(squares)))
    #expect(values["both"] == (0..<11).flatMap(both))
}

@Test func vectorsAndTrajectoriesHaveTheSameBitsOnEveryInstructionSetAndAfterAPause() throws {
    let text = onTheWay.replacingOccurrences("record: [iterate,", """
        record: [{name: low, value: "x", over: best}, {name: past, value: "x > 0.4", over: first}, iterate,
        """)
    let (trialClass, parameters) = try #require(try cell(try plan(text.replacingOccurrences("steps: 30", "steps: 300")), 0))
    let request = BlockRequest(trialClass: trialClass, cells: [parameters], trials: 0..<11)
    var results: Set<[[UInt64]]> = []
    for set in KernelSelection.available {
        let kernel = try KernelSelection.kernel(set)
        let whole = try #require(kernel.run(request, stop: StopFlag()))
        results.insert((whole.values + whole.curves).map { $0.map(\.bitPattern) })
        for pause in [20, 128] {
            let first = try kernel.advance(request, from: Array(repeating: nil, count: 11), pausingAfter: pause, stop: StopFlag())
            #expect(first.states.allSatisfy { $0 != nil })
            let rest = try kernel.advance(request, from: first.states, pausingAfter: nil, stop: StopFlag())
            results.insert((rest.columns.values + rest.columns.curves).map { $0.map(\.bitPattern) })
        }
    }
    #expect(results.count == 1)
}

/// Gradient descent with learning rate 3 on |x|^2/2 doubles x in each step and turns it round.
@Test(arguments: [(0.5, 0), (1, 1), (1.5, 1), (7.9, 3), (8, 4), (1e30, .nan)] as [(Double, Double)])
func theFirstStepBeyondARadiusIsKnown(radius: Double, expected: Double) throws {
    func values(_ problem: String, _ own: String) throws -> [[Double]] {
        try outcome("""
            schema: 1
            name: escape
            problem: \(problem)
            optimizer: sgd
            learning_rate: 3
            noise: 0
            steps: 20
            start: {radius: 1}
            record: [{name: escape_time, radius: \(radius)}, {name: own, value: "\(own)", over: first},
              {name: never, value: "distance < 0", over: first}]

            """, trials: 3).columns.values
    }
    for problem in ["{name: quadratic, eigenvalues: 1}", "{variables: {x: 2}, objective: sum(x^2) / 2, minimisers: [0, 0]}"] {
        let found = try values(problem, "norm(x) > \(radius)")
        for column in found.prefix(2) {
            #expect(column.allSatisfy { expected.isNaN ? $0.isNaN : $0 == expected }, "\(problem): \(column)")
        }
        #expect(found[2].allSatisfy { $0.isNaN })
    }
}

/// A walk that takes unit steps to either side leaves (-n, n) after n^2 steps in the mean, with variance (2/3) n^2 (n^2 - 1).
@Test func aRandomWalkLeavesAnIntervalWhenItShould() throws {
    let n = 5.0, trials = 4000
    let times = try outcome("""
        schema: 1
        name: walk
        problem: {variables: {x: 1}, sample: {xi: {rademacher: 1}}, objective: "0 * sum(x)", stochastic: "sum(xi * x)", distance: "norm(x)", start: {x: 0}}
        optimizer: sgd
        learning_rate: 1
        steps: 1000
        trials: \(trials)
        record: [{name: escape_time, radius: \(n - 0.5)}]

        """, trials: trials).columns.values[0]
    // A walk of 1000 steps has not left with probability (4/pi) cos(pi/10)^1000 < 1e-21.
    #expect(times.allSatisfy { !$0.isNaN && $0 >= n && Int($0) % 2 == Int(n) % 2 })
    let mean = times.reduce(0, +) / Double(trials)
    let deviations = times.map { ($0 - mean) * ($0 - mean) }, variance = deviations.reduce(0, +) / Double(trials - 1)
    let exact = 2 * n * n * (n * n - 1) / 3
    #expect((mean - n * n).magnitude < 4 * (exact / Double(trials)).squareRoot(), "\(mean)")
    #expect(variance > 0.85 * exact && variance < 1.15 * exact, "\(variance)")
}

@Test func distanceAndSuboptimalityAreTheCatalogues() throws {
    let text = compiled(40).replacingOccurrences("record: [", """
        record: [suboptimality, best_suboptimality, {name: a1, value: "distance"}, {name: a2, value: "suboptimality"},
          {name: a3, value: "suboptimality", over: best}, {name: a4, value: "objective - suboptimality"},
        """)
    let values = try columns(text)
    #expect(values["a1"] == values["distance"] && values["a2"] == values["suboptimality"] && values["a3"] == values["best_suboptimality"])
    #expect(values["a4"]?.allSatisfy { $0 == 0 } == true)
}

/// Of cells with several lengths the result has the longest.
@Test func lengthsOfVectorsAreKnownWhenTheSweepIsPlanned() throws {
    let sweep = try plan(factors.replacingOccurrences("record: [iterate, ", """
        curves: {at: [0, 3], of: [{name: product, value: "u * v"}, iterate]}
        record: [iterate, {name: weights, value: "u * v"},
        """).replacingOccurrences("gradient[:d] * u", "u").replacingOccurrences("gradient[d:] * v", "v"))
    #expect(sweep.statistics[1].storage == .float64Vector(3) && sweep.statistics[2].storage == .float64)
    #expect(sweep.curve?.quantities.map(\.storage) == [.float64Vector(3), .float64PerCoordinate])
    let estimate = sweep.estimate
    // Status, steps, six coordinates, three products, three numbers.
    let trial: Int = 9 + 48 + 24 + 24
    #expect(estimate.bytesPerTrial == trial)
    let oneCell: Int = 11 * trial + 8 + 8 * 2 * 9 * 9
    #expect(estimate.resultBytes == Double(2 * oneCell))
    let (trialClass, _) = try #require(try cell(sweep, 0))
    #expect(trialClass.definedStatistics.first { $0.name == "weights" }?.count == 2)
}

private func vectorFault(_ record: String, _ more: String = "", dimension: Int = 100) -> String {
    let text = sweepText("dimension: \(dimension)\n\(more)record: [\(record)]\n")
    guard let first = failure(text)?.diagnostics.first else { return "none" }
    return "\(first.field): \(first.value.map { "\($0) " } ?? "")\(first.message); \(first.remedy)"
}

@Test func faultsOfVectorsAndTrajectoriesAreNamed() {
    let cases: [(fault: String, parts: [String])] = [
        (vectorFault("{name: a1, value: x}"), ["vector of 100 numbers", "64", "allow_large", "x[0:64]"]),
        (vectorFault("{name: a1, value: x, allow_large: true}"), ["none"]),
        (vectorFault("{name: a1, value: x, allow_large: true}", dimension: 5000), ["5000", "4096"]),
        (vectorFault("{name: a1, value: x, allow_large: 1}"), ["allow_large", "true or false"]),
        (vectorFault("{name: a1, value: \"outer(x, x)\"}", dimension: 3), ["matrix of shape [3, 3]", "reshape"]),
        (vectorFault("{name: a1, value: norm(x), over: first}"), ["over: first", "compare"]),
        (vectorFault("{name: a1, value: \"norm(x) > r\", parameters: {r: 1}}"), ["none"]),
        (vectorFault("{name: a1, value: \"norm(x) > r\", parameters: {r: one}}"), ["record.parameters.r", "one"]),
        (vectorFault("{name: a1, value: \"norm(x)\", parameters: {x: 1}}"), ["record.parameters.x", "something else"]),
        (vectorFault("{name: a1, value: \"norm(x)\", parameters: {distance: 1}}"), ["something else"]),
        (vectorFault("{name: escape_time, radius: one}"), ["one"]), (vectorFault("{name: escape_time, radios: 1}"), ["radios", "radius"]),
        (vectorFault("escape_time"), ["none"]), (vectorFault("escape_tim"), ["escape_tim"]),
        (vectorFault("distance", "curves: {at: 1, of: [iterate]}\n"), ["curves.of", "iterate", "64", "dimension 100"]),
        (vectorFault("distance", "curves: {at: 1, of: [{name: a1, value: \"x[0:5]\", over: best}]}\n"), ["curves.of.over"]),
        (vectorFault("distance", "curves: {at: 1, of: [{name: a1, value: nrom(x)}]}\n"), ["curves.of.value", "norm"]),
        (vectorFault("distance", "curves: {at: 1, of: [a1]}\n"), ["a1", "is not a quantity of curves"]),
        (vectorFault("{name: a1, value: norm(x)}", "curves: {at: 1, of: [{name: a1, value: norm1(x)}]}\n"), ["defined twice"]),
        (vectorFault("{name: a1, value: norm(x)}", "curves: {at: 1, of: [a1, a1]}\n"), ["twice"]),
        (vectorFault("{name: a1, value: norm(x)}", "curves: {at: 1, of: [a1, distance_squared]}\n"), ["none"]),
        (vectorFault("{name: a1, value: \"x[0:3]\"}, {name: a1_index, value: norm(x)}"), ["a1_index", "called as something else"]),
        (vectorFault("{name: a1, value: \"x[0:3]\"}", "claims: [{name: c, says: words, mean: a1, at_most: 1}]\n"), ["measures a vector"]),
        (vectorFault("distance", "curves: {at: 1, of: {name: a1, value: norm(x)}}\nclaims: [{name: c, says: words, mean: a1, at_most: 1}]\n"),
            ["recorded in curves only"]),
        (vectorFault("{name: a1, value: \"x[0:3]\"}", "keep: summary\ntrials: 256\n"), ["a1", "vector of 3 numbers"]),
        (vectorFault("distance", "method: reduced\ncurves: {at: 1, of: [{name: a1, value: norm(x)}]}\n"), ["a1", "coordinates"]),
        (vectorFault("distance", "method: reduced\ncurves: {at: 1, of: [iterate]}\n", dimension: 3), ["iterate", "coordinates"]),
        (vectorFault("distance", "trials: 100000\ncurves: {at: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], of: [iterate]}\n", dimension: 64),
            ["512 MB", "100,000 trials at 10 steps, 64 numbers each"]),
    ]
    for (fault, parts) in cases { for part in parts { #expect(fault.contains(part), "\(fault), not \(part)") } }
}

@Test func whatAProblemDoesNotStateIsNotMeasured() throws {
    func fault(_ value: String, _ more: String = "") -> String {
        let text = """
            schema: 1
            name: unstated
            problem: {variables: {u: 2}, objective: "sum(u^4)", start: {u: 0.5}\(more)}
            optimizer: sgd
            learning_rate: 0.1
            steps: 5
            record: [objective, {name: a1, value: "\(value)"}]

            """
        guard let first = failure(text)?.diagnostics.first else { return "none" }
        return "\(first.field): \(first.value ?? "") \(first.message); \(first.remedy)"
    }
    #expect(fault("distance").contains("minimisers") && fault("suboptimality").contains("add minimum"))
    #expect(fault("distance", ", minimisers: [0, 0]") == "none" && fault("suboptimality", ", minimum: 0") == "none")
    #expect(fault("norm(u) > radius").contains("radius"))
}

@Test func trajectoriesOfOwnStatisticsAreAnotherPlanAndTheSameSweep() throws {
    func fingerprints(_ of: String, record: String = "distance") throws -> [String] {
        let sweep = try plan(sweepText("curves: {at: [1, 2], of: [\(of)]}\nrecord: [\(record)]"))
        return [sweep.sweepFingerprint, sweep.planFingerprint]
    }
    let one = try fingerprints("{name: a1, value: norm(x)}")
    #expect(try fingerprints("{name: a1, value: norm( x )}") == one)
    for other in ["{name: a1, value: norm1(x)}", "{name: a2, value: norm(x)}", "objective"] {
        let found = try fingerprints(other)
        #expect(found[0] == one[0] && found[1] != one[1])
    }
    let near = try fingerprints("objective", record: "{name: escape_time, radius: 2}")
    #expect(try fingerprints("objective", record: "{name: escape_time, radius: 3}")[1] != near[1])
}
