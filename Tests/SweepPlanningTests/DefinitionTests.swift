import Definitions
import Foundation
import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

/// A sweep with the given problem and other lines.
private func sweep(_ problem: String, _ rest: String = "", optimizer: String = "m-sam") -> String {
    """
    schema: 1
    name: own
    problem: \(problem)
    optimizer: \(optimizer)
    steps: 10
    learning_rate: 0.1
    \(rest)

    """
}

private func planned(_ problem: String, _ rest: String = "") throws -> PlannedSweep { try plan(sweep(problem, rest)) }

/// Line, column and text of the first thing that is wrong.
private func fault(_ problem: String, _ rest: String = "") -> String {
    guard let error = failure(sweep(problem, rest)), let first = error.diagnostics.first else { return "none" }
    return "\(first.line ?? 0):\(first.column ?? 0) \(first.field): \(first.value.map { "\($0) " } ?? "")\(first.message); \(first.remedy)"
}

@Test func fiveLinesAreASweep() throws {
    let sweep = try planned("{objective: \"(x[0] * x[1] - 1)^2\", start: {x: [2, 0.1]}}", "dimension: 2")
    guard case .included(let trialClass, _) = try sweep.cell(at: 0) else { preconditionFailure("nothing is dropped") }
    let objective = try #require(trialClass.definedObjective)
    #expect(objective.dimension == 2 && trialClass.start == .defined && objective.start == [.values([2, 0.1])])
    #expect(sweep.statistics.map(\.name) == ["objective"])
    #expect(objective.minimum == nil && objective.minimisers.isEmpty && objective.samples.isEmpty)
}

@Test func lengthsThatFollowSweptParametersMakeTheDimension() throws {
    let sweep = try planned(
        "{parameters: {d: 3, a: 1}, variables: {u: d, W: [d, 2], b: 1}, objective: \"a * sum(u^2) + sum(W^2) + b^2\", "
            + "start: {u: 1, W: 2, b: 3}}", "axes: {problem.d: [2, 5], problem.a: [-1, 1]}")
    #expect(sweep.dimensions.map(\.name).contains("problem.d") && !sweep.dimensions.map(\.name).contains("dimension"))
    let variable = try #require(sweep.auxiliaryCoordinates.first { $0.name == "dimension" })
    #expect(variable.dimensions == ["problem.d"] && variable.values == .integers([7, 16]))
    for index in 0..<sweep.cellCount {
        guard case .included(let trialClass, _) = try sweep.cell(at: index) else { continue }
        #expect(trialClass.definedObjective?.dimension == trialClass.dimension)
    }
}

/// Constants and samples may hang on parameters that are swept where lengths of variables do not.
@Test func sweptParametersDecideBatchesAndConstants() throws {
    let sweep = try planned(
        "{parameters: {n: 4, k: 2, s: 1}, variables: {u: 3}, constants: {A: {normal: [n, 3], seed: 1}, c: \"s * [1, 2, 3]\"}, "
            + "sample: {i: {batch: k, of: n}}, objective: \"mean((A[i] @ (u - c))^2)\", start: {u: \"s\"}}",
        "axes: {problem.k: [2, 3], problem.s: [1, 2]}")
    let sizes = try (0..<4).map { index -> Int? in
        guard case .included(let trialClass, _) = try sweep.cell(at: index) else { return nil }
        #expect(trialClass.definedObjective?.start == [.values(Array(repeating: index % 2 == 0 ? 1 : 2, count: 3))])
        return trialClass.definedObjective?.sampleSize
    }
    #expect(sizes == [2, 2, 3, 3])
}

@Test func cellsOfTheSameParametersShareAnObjective() throws {
    let sweep = try planned(
        "{parameters: {a: 1}, variables: {u: 3}, objective: \"a * sum(u^2)\", start: {u: 1}}",
        "axes: {problem.a: [1, 2], noise: [0, 1]}\nnoise_scale: total")
    let objectives = try (0..<4).map { index -> DefinedObjective? in
        guard case .included(let trialClass, _) = try sweep.cell(at: index) else { return nil }
        return trialClass.definedObjective
    }
    #expect(objectives[0] === objectives[1] && objectives[2] === objectives[3] && objectives[0] !== objectives[2])
}

@Test func textsAreReadAsTheyAreWritten() throws {
    // What changes a value changes the fingerprint; blanks do not.
    let base = "{parameters: {a: 1}, variables: {u: 3}, constants: {c: [1, 2, 3]}, objective: \"a * sum(c*u^2)\", start: {u: 1}}"
    let fingerprint = try planned(base).sweepFingerprint
    #expect(try planned(base.replacing("a * sum(c*u^2)", with: "a*sum( c * u ^ 2 )")).sweepFingerprint == fingerprint)
    for (old, new) in [
        ("u^2", "u^3"), ("a: 1", "a: 2"), ("[1, 2, 3]", "[1, 2, 4]"), ("start: {u: 1}", "start: {u: 2}"), ("u: 3}", "u: 3, w: 1}"),
    ] where new != "u: 3, w: 1}" {
        #expect(try planned(base.replacing(old, with: new)).sweepFingerprint != fingerprint, "\(new)")
    }
}

@Test func everyFaultIsToldWithItsPlaceAndRemedy() {
    let u = "variables: {u: 3}, start: {u: 1}"
    let faults: [(problem: String, parts: [String])] = [
        ("{\(u), objective: \"sum(u) + v\"}", ["3:", "v is not a known name", "did you mean u?"]),
        ("{\(u), objective: \"summ(u)\"}", ["summ is not a known function", "did you mean sum?"]),
        ("{\(u), objective: \"u\"}", ["objective must be one number, not of shape [3]"]),
        ("{\(u), constants: {c: [1, 2]}, objective: \"sum(u * c)\"}", ["shapes [3] and [2] do not fit element by element"]),
        ("{\(u), constants: {c: [[1, 2]]}, objective: \"sum(c @ u)\"}", ["shapes [1, 2] and [3] do not fit: 2 columns meet 3 rows"]),
        ("{\(u), objective: \"u[3]\"}", ["3 is outside the length 3"]),
        ("{\(u), objective: \"u[0, 0]\"}", ["takes fewer indices than 2"]),
        ("{\(u), objective: \"u[u[0]]\"}", ["whole number that parameters decide"]),
        ("{\(u), objective: \"sum(u[2:1])\"}", ["selects nothing"]),
        ("{\(u), objective: \"sum(u) +\"}", ["expected a number"]),
        ("{\(u), objective: \"sum(u) > 0\"}", ["is a comparison"]),
        ("{\(u), objective: \"if(u[0], 1, 2)\"}", ["a number is not a comparison"]),
        ("{\(u), objective: \"dot(u, u[1:])\"}", ["dot takes two vectors of one length, not [3] and [2]"]),
        ("{\(u), objective: \"sum(u, u)\"}", ["sum takes 1 argument, not 2"]),
        ("{\(u), let: {a: b, b: a}, objective: \"sum(u) + a\"}", ["b is used by a, which stands above it"]),
        ("{\(u), sample: {i: {choice: 4}}, constants: {c: [1, 2, 3]}, objective: \"c[i] * sum(u)\"}", ["runs over 4", "[3] is 3"]),
        ("{\(u), sample: {i: {choice: 4}}, objective: \"i * sum(u)\"}", ["a sampled index selects rows"]),
        ("{\(u), sample: {z: {normal: 3}}, objective: \"sum(u * z)\"}", ["uses z, which only a step draws"]),
        ("{\(u), sample: {z: {normal: 3}}, objective: \"sum(u)\"}", ["z is drawn and not used"]),
        ("{\(u), sample: {z: {gauss: 3}}, objective: \"sum(u)\"}", ["must say what is drawn"]),
        ("{\(u), sample: {i: {batch: 5, of: 4}}, constants: {c: [1, 2, 3, 4]}, objective: \"sum(c[i]) * u[0]\"}", ["draws 5 different indices of 4"]),
        ("{\(u), stochastic: \"sum(u)\", objective: \"sum(u)\"}", ["there is no sample"]),
        ("{\(u), objective: \"sum(u^2)\", minimum: 1, minimisers: [0, 0, 0]}", ["is not the objective's value at the stated minimiser, 0"]),
        ("{\(u), objective: \"sum(u^2)\", minimisers: [0, 0, 0.5]}", ["is no minimiser: the gradient there has the norm 1"]),
        ("{\(u), objective: \"sum(u^2)\", minimisers: [0, 0]}", ["has 2 coordinates, and x has 3"]),
        ("{variables: {u: 3}, objective: \"sum(u^2)\"}", ["measured from a minimiser", "start: {u: 0.5}"]),
        ("{variables: {u: 3, v: 2}, start: {u: 1}, objective: \"sum(u^2)\"}", ["does not say where v begins"]),
        ("{variables: {u: 3}, start: {u: [1, 2]}, objective: \"sum(u^2)\"}", ["begins with 2 numbers, and has 3"]),
        ("{variables: {u: 3}, start: {w: 1}, objective: \"sum(u^2)\"}", ["w is not a variable"]),
        ("{variables: {u: 0}, start: {u: 1}, objective: \"sum(u^2)\"}", ["must be a whole number from 1"]),
        ("{variables: {u: 1e9}, start: {u: 1}, objective: \"sum(u^2)\"}", ["must be a whole number from 1"]),
        ("{variables: {u: 3, sum: 2}, start: {u: 1}, objective: \"sum(u^2)\"}", ["is a word of the language"]),
        ("{variables: {u: 3}, constants: {u: 2}, start: {u: 1}, objective: \"sum(u^2)\"}", ["the name u is given twice"]),
        ("{variables: {u: 3}, start: {u: 1}}", ["defines an objective and does not give it"]),
        ("{name: quadratic, \(u), objective: \"sum(u^2)\"}", ["is the name of a problem of the catalogue"]),
        ("{\(u), objective: \"sum(u^2)\", colour: red}", ["unknown key"]),
        ("{\(u), constants: {c: {normal: 3}}, objective: \"sum(u*c)\"}", ["is drawn and needs a seed"]),
        ("{\(u), constants: {c: {file: nowhere.csv}}, objective: \"sum(u*c)\"}", ["cannot be read", "nowhere.csv was looked at"]),
        ("{\(u), constants: {c: \"1/0\"}, objective: \"sum(u*c)\"}", ["has a value that is not finite"]),
        ("{\(u), constants: {c: \"d\", d: 2}, objective: \"sum(u*c)\"}", ["d is used by c, which stands above it"]),
        ("{\(u), objective: \"sum(u^2)\", smoothness: \"2 * b\"}", ["b is not a known name"]),
        ("[{name: quadratic, eigenvalues: 1}, {\(u), objective: \"sum(u^2)\"}]", ["must be the only problem"]),
    ]
    for (problem, parts) in faults {
        let found = fault(problem)
        for part in parts { #expect(found.contains(part), "\(problem): \(found)") }
    }
    let known = "{\(u), objective: \"sum(u^2)\"}"
    for (rest, part) in [
        ("record: [suboptimality]", "needs the least value of the objective"), ("record: [tail_distance_max]", "needs a minimiser"),
        ("curves: {at: 5, of: distance_squared}", "needs a minimiser"), ("dimension: 4", "which have 3 coordinates"),
        ("start: {blocks: [1]}", "belongs to problems with eigenvalues"), ("start: {radius: 1}", "measured from a minimiser"),
        ("start: {vector: [1, 2]}", "has 2 coordinates"), ("axes: {problem.b: [1]}", "not a number or name that can be swept"),
        ("method: reduced", "is not defined for"),
    ] {
        #expect(fault(known, rest).contains(part), "\(rest): \(fault(known, rest))")
    }
    #expect(fault("\n  variables: {u: 3}\n  start: {u: 1}\n  objective: \"sum(u) + sun(u)\"").hasPrefix("6:24 problem.objective: sun "))
}

/// Hostile texts end quickly, as errors.
@Test func hostileDefinitionsEndQuickly() {
    let lets = (0..<60).map { "a\($0 + 1): \"concat(a\($0), a\($0))\"" }.joined(separator: ", ")
    for problem in [
        "{variables: {a0: 3}, start: {a0: 1}, let: {\(lets)}, objective: \"sum(a60)\"}",
        "{variables: {u: 100000}, start: {u: 1}, objective: \"sum(outer(u, u))\"}",
        "{variables: {u: 3}, start: {u: 1}, objective: \"\(String(repeating: "sin(", count: 2000))u\"}",
        "{variables: {u: 3}, start: {u: 1}, objective: \"\(String(repeating: "u[0]+", count: 1990))u[0] + \(String(repeating: "1", count: 500))x\"}",
        "{variables: {u: [1000, 1000]}, start: {u: 1}, objective: \"sum(u @ u)\"}",
        "{variables: {u: 3}, start: {u: 1}, constants: {c: {normal: [1000000, 1000000], seed: 1}}, objective: \"sum(u)\"}",
        "{variables: {u: 3}, start: {u: 1}, sample: {z: {normal: 1e300}}, objective: \"sum(u)\"}",
    ] {
        let began = ContinuousClock.now
        #expect(failure(sweep(problem)) != nil, "\(problem.prefix(80))")
        #expect(ContinuousClock.now - began < .seconds(20))
    }
}

@Test func constantsComeFromFilesOfEveryKind() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "samsweep-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: folder.appending(path: name)) }
    try write("a.csv", Array("x,y, z\n1,2,3\n4,-5,6e-1\n".utf8))
    try write("b.txt", Array("# two\n1 2 3\n4 -5 0.6\n".utf8))
    try write("c.csv", Array("7\n8\n".utf8))
    try write("d.svm", Array("+1 1:1 3:3\n-1 2:2\n".utf8))
    var header = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }"
    header += String(repeating: " ", count: 117 - header.count) + "\n"
    let values: [Double] = [1, 4, 2, -5, 3, 0.6]
    try write("e.npy", [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        + values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(8 * $0)) } })
    for file in ["a.csv", "b.txt", "e.npy"] {
        let table = try TableFile.read(folder.appending(path: file).path, part: nil, numbers: nil)
        #expect(table.rows == 2 && table.columns == 3 && table.values == [1, 2, 3, 4, -5, 0.6], "\(file)")
    }
    let vector = try TableFile.read(folder.appending(path: "c.csv").path, part: nil, numbers: nil)
    #expect(vector.rows == nil && vector.columns == 2 && vector.values == [7, 8])
    let x = try TableFile.read(folder.appending(path: "d.svm").path, part: "X", numbers: nil)
    #expect(x.rows == 2 && x.columns == 3 && x.values == [1, 0, 3, 0, 2, 0])
    #expect(try TableFile.read(folder.appending(path: "d.svm").path, part: "y", numbers: nil).values == [1, -1])
    for (name, text) in [("f.csv", "1,2\n3\n"), ("g.csv", "1,2\n3,nan\n"), ("h.csv", "a,b\n"), ("i.csv", "1,,2\n")] {
        try write(name, Array(text.utf8))
        #expect(throws: DataFileError.self) { try TableFile.read(folder.appending(path: name).path, part: nil, numbers: nil) }
    }
    try write("j.npy", [0x93] + Array("NUMPY".utf8) + [1, 0, 200, 0])
    #expect(throws: DataFileError.self) { try TableFile.read(folder.appending(path: "j.npy").path, part: nil, numbers: nil) }
    // A changed file is another sweep.
    let text = sweep("{variables: {u: 3}, start: {u: 1}, constants: {A: {file: a.csv}}, objective: \"sum((A @ u)^2)\"}")
    func fingerprint() throws -> String {
        try SweepPlanner.plan(
            text: text, fileName: folder.appending(path: "sweep.yaml").path, catalogue: KernelSelection.catalogue).sweepFingerprint
    }
    let before = try fingerprint()
    try write("a.csv", Array("x,y, z\n1,2,3\n4,-5,7e-1\n".utf8))
    #expect(try fingerprint() != before)
}

/// Neither shorthand nor constants may go round in a circle.
@Test(arguments: [
    ("let: {a: \"a + 1\"}, objective: \"sum(x^2) + a\"", "problem.let.a: is defined by itself, got a"),
    ("let: {a: \"b + 1\", b: \"a\"}, objective: \"sum(x^2) + b\"", "problem.let.b: is used by a, which stands above it, got b"),
    ("constants: {c: \"2 * c\"}, objective: \"sum(x^2) + c\"", "problem.constants.c: is defined by itself, got c"),
    ("constants: {c: \"2 * k\", k: 1}, objective: \"sum(x^2) + c\"", "problem.constants.k: is used by c, which stands above it, got k"),
]) func definitionsThatGoRoundInACircleAreRefused(parts: String, message: String) throws {
    let error = try #require(failure(
        "schema: 1\nname: r\nproblem: {\(parts), start: {x: 1}}\noptimizer: sgd\nsteps: 3\nlearning_rate: 0.1\ndimension: 2\n"))
    #expect(error.diagnostics.count == 1 && error.description.contains(message), "\(error)")
}
