import Definitions
import Foundation
import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

/// Schedules that a sweep defines by a formula, from the text to the numbers of every instruction set.

private func sweep(_ rest: String, optimizer: String = "m-sam", steps: Int = 300, rates: String = "[0.1]") -> String {
    """
    schema: 1
    name: schedules
    problem: {name: quadratic, eigenvalues: [0.5, 1, 3]}
    optimizer: \(optimizer)
    steps: \(steps)
    noise: 0.2
    rho: 0.1
    axes: {learning_rate: \(rates)}
    record: [iterate]
    \(rest)

    """
}

private func run(
    _ trialClass: TrialClass, _ parameters: CellParameters, trials: Range<Int> = 0..<11, on set: InstructionSet? = nil
) throws -> [Double] {
    let kernel = try KernelSelection.kernel(set ?? KernelSelection.available[0])
    let request = BlockRequest(trialClass: trialClass, cells: [parameters], trials: trials)
    return try #require(kernel.run(request, stop: StopFlag())).values[0]
}

private func values(_ text: String, cell index: Int = 0) throws -> [Double] {
    let (trialClass, parameters) = try #require(try cell(try plan(text), index))
    return try run(trialClass, parameters)
}

private func factors(_ text: String, _ kind: ComponentKind = .learningRateSchedule, cell index: Int = 0) throws -> [Double] {
    let (trialClass, _) = try #require(try cell(try plan(text), index))
    return try #require(kind == .rhoSchedule ? trialClass.rhoFactors : trialClass.learningRateFactors).factors
}

/// What the catalogue computes in kernels, written down.
@Test(arguments: ["sgd", "m-sam", "n-sam", "usam", "asam", "{name: vasso, momentum: 0.5, averaging: 0.3}"], ["full", "reduced"])
func namedSchedulesAsFormulasGiveTheCompiledNumbers(optimizer: String, method: String) throws {
    let isReducible = ["sgd", "m-sam", "n-sam", "usam"].contains(optimizer)
    let rest = method == "full" ? "" : "method: reduced"
    guard method == "full" || isReducible else { return }
    func both(_ schedules: (String, String)) throws -> (compiled: [Double], written: [Double]) {
        let record: (String) -> String = { method == "full" ? $0 : $0.replacingOccurrences(of: "[iterate]", with: "[distance]") }
        return (
            try values(record(sweep("\(schedules.0)\n\(rest)", optimizer: optimizer))),
            try values(record(sweep("\(schedules.1)\n\(rest)", optimizer: optimizer)))
        )
    }
    for exact in [
        ("", "learning_rate_schedule: {factor: 1}\nrho_schedule: {factor: \"1\"}"),
        ("learning_rate_schedule: {name: inverse-time, offset: 3}", "learning_rate_schedule: {factor: 1 / (t + a), parameters: {a: 3}}"),
    ] {
        let (compiled, written) = try both(exact)
        #expect(compiled.map(\.bitPattern) == written.map(\.bitPattern))
    }
    let power = try both((
        "rho_schedule: {name: power, exponent: 0.3}", "rho_schedule: {factor: (t + 1)^(-q), parameters: {q: 0.3}}"
    ))
    #expect(zip(power.compiled, power.written).allSatisfy { ($0 - $1).magnitude <= 1e-12 * max(1, $0.magnitude) })
    #expect(power.compiled != (try both(("", "")).compiled) || optimizer == "sgd")
}

private let closedForms: [(formula: String, factor: @Sendable (Double, Double) -> Double)] = [
    ("(2*t + 1) / ((t + 1)^2)", { t, _ in (2 * t + 1) / ((t + 1) * (t + 1)) }),
    ("min(1, 20 / (t + 1))", { t, _ in t < 20 ? 1 : 20 / (t + 1) }),
    ("if(t < steps / 2, 1, 2 / (t + 1))", { t, steps in 2 * t < steps ? 1 : 2 / (t + 1) }),
    ("1 - t / steps", { t, steps in (steps - t) / steps }),
    ("(1 + cos(pi * t / steps)) / 2", { t, steps in pow(cos(0.5 * .pi * t / steps), 2) }),
    ("1 / sqrt(steps)", { _, steps in pow(steps, -0.5) }),
    ("exp(-t / 30) * (t % 7 == 3) ", { _, _ in .nan }),
    ("if(t % 7 == 3, exp(-t / 30), 0)", { t, _ in Int(t) % 7 == 3 ? exp(-t / 30) : 0 }),
    ("min(0.5 / smoothness, 1 / (t + 1)) / learning_rate", { t, _ in Swift.min(0.5 / 3, 1 / (t + 1)) / 0.1 }),
    ("(1 + rho) * 2^-floor(t / 100) + noise * 0 + log10(10 * dimension / 3) - 1", { t, _ in 1.1 / Double(1 << (Int(t) / 100)) }),
]

/// Without noise a step multiplies each coordinate by 1 - eta_t lambda.
@Test(arguments: closedForms.indices) func descentOnAQuadraticFollowsTheFormula(index: Int) throws {
    let (formula, factor) = closedForms[index]
    let text = sweep("learning_rate_schedule: {factor: \"\(formula)\"}\ntrials: 1", optimizer: "sgd", steps: 1100)
        .replacingOccurrences(of: "noise: 0.2", with: "noise: 0.2\nnoise_model: none").replacingOccurrences(of: "noise: 0.2", with: "noise: 0")
    if factor(0, 1).isNaN {
        #expect(throws: SweepFileError.self) { try plan(text) }
        return
    }
    let iterate = try values(text)
    for (place, eigenvalue) in [0.5, 1, 3].enumerated() {
        var x = 1 / 3.0.squareRoot()
        for t in 0..<1100 { x *= 1 - 0.1 * factor(Double(t), 1100) * eigenvalue }
        #expect((iterate[place] - x).magnitude <= 1e-12 * max(1e-3, x.magnitude), "\(formula): \(iterate[place]) for \(x)")
    }
    let own = try values(text.replacingOccurrences(
        of: "optimizer: sgd", with: "optimizer: {name: mine, step: \"x = x - learning_rate * grad(x)\"}"))
    #expect(zip(own, iterate).allSatisfy { ($0 - $1).magnitude <= 1e-14 })
}

/// A formula may name what is swept, and its own parameters are axes.
@Test func factorsAreOfTheCellsValues() throws {
    let text = sweep(
        """
        learning_rate_schedule: {factor: "a / (t + 1) + learning_rate + steps", parameters: {a: 2}}
        rho_schedule: [constant, {name: late, factor: "b * t", parameters: {b: 3}}, {factor: "noise + t"}, {factor: "noise + b", parameters: {b: 4}}]
        """, steps: 5, rates: "[0.1, 0.2], steps: [3, 4], learning_rate_schedule.a: [2, 6]").replacingOccurrences(of: "steps: 5\n", with: "")
    let sweep = try plan(text)
    var seen: [String: Int] = [:]
    var known: Set<ObjectIdentifier> = []
    for index in 0..<sweep.cellCount {
        let (trialClass, parameters) = try #require(try cell(sweep, index))
        let a = try #require(trialClass.learningRateSchedule.parameters["a"])
        let own = try #require(trialClass.learningRateFactors)
        known.insert(ObjectIdentifier(own))
        let steps: [Double] = (0..<trialClass.steps).map(Double.init)
        #expect(own.factors == steps.map { (t: Double) -> Double in a / (t + 1) + parameters.learningRate + Double(trialClass.steps) })
        seen[trialClass.rhoSchedule.name, default: 0] += 1
        switch trialClass.rhoSchedule.name {
        case "constant": #expect(trialClass.rhoFactors == nil)
        case "late": #expect(trialClass.rhoFactors?.factors == steps.map { 3 * $0 })
        case "noise + t": #expect(trialClass.rhoFactors?.factors == steps.map { 0.2 + $0 })
        default: #expect(trialClass.rhoFactors?.factors == steps.map { _ in 4.2 })
        }
    }
    #expect(seen == ["constant": 8, "late": 8, "noise + t": 8, "noise + b": 8])
    // Cells share what does not differ.
    #expect(known.count == 8)
    let schedules = try #require(sweep.dimensions.first { $0.name == "rho_schedule" })
    #expect(schedules.values == .names(["constant", "late(b=3)", "noise + t", "noise + b(b=4)"]))
    #expect(schedules.longName == "rho schedule (late: rho_t = rho * (b * t))")
    #expect(sweep.fixedParameters.contains { $0.name == "learning_rate_schedule" && $0.value == .names(["a / ( t + 1 ) + learning_rate + steps"]) }
        || sweep.fixedParameters.contains { $0.name == "learning_rate_schedule" && $0.value.text(at: 0).hasPrefix("a / ") })
}

/// A derived value and a swept curvature.
@Test func factorsAreOfDerivedValues() throws {
    let text = """
        schema: 1
        name: derived
        problem: {name: quadratic}
        optimizer: [sgd, m-sam]
        axes: {problem.eigenvalues: [1, 4], rho: [0.1, 0.3]}
        derive: {learning_rate: "0.5 / smoothness", steps: "8 / gradients_per_step"}
        learning_rate_schedule: {factor: "learning_rate * smoothness * gradients_per_step * problem.eigenvalues + condition_number"}
        rho_schedule: {factor: "rho"}

        """
    let sweep = try plan(text)
    for index in 0..<sweep.cellCount {
        let (trialClass, parameters) = try #require(try cell(sweep, index))
        let gradients = trialClass.optimizer.name == "sgd" ? 1.0 : 2.0, eigenvalue = trialClass.spectrum.blocks[0].value
        #expect(trialClass.steps == Int(8 / gradients) && parameters.learningRate == 0.5 / eigenvalue)
        #expect(trialClass.learningRateFactors?.factors == Array(repeating: 0.5 * gradients * eigenvalue + 1, count: trialClass.steps))
        #expect(trialClass.rhoFactors?.factors == Array(repeating: parameters.rho, count: trialClass.steps))
    }
}

@Test func bitsOfFormulasDoNotDependOnCutsPausesAndInstructionSets() throws {
    let text = sweep("learning_rate_schedule: {factor: \"(1 + cos(pi * t / steps)) / 2\"}\nrho_schedule: {factor: \"log1p(t) / 4\"}", steps: 700)
    let (trialClass, parameters) = try #require(try cell(try plan(text), 0))
    let reference = try run(trialClass, parameters).map(\.bitPattern)
    for set in KernelSelection.available {
        #expect(try run(trialClass, parameters, on: set).map(\.bitPattern) == reference)
        let halves = try [0..<5, 5..<11].flatMap { try run(trialClass, parameters, trials: $0, on: set) }
        #expect(halves.map(\.bitPattern) == reference)
        let kernel = try KernelSelection.kernel(set)
        let request = BlockRequest(trialClass: trialClass, cells: [parameters], trials: 0..<11)
        let first = try kernel.advance(request, from: Array(repeating: nil, count: 11), pausingAfter: 100, stop: StopFlag())
        let rest = try kernel.advance(request, from: first.states, pausingAfter: nil, stop: StopFlag())
        #expect(rest.columns.values[0].map(\.bitPattern) == reference)
    }
}

@Test func fingerprintsHoldTheFormula() throws {
    func fingerprint(_ rest: String) throws -> String { try plan(sweep(rest)).sweepFingerprint }
    let formula = try fingerprint("rho_schedule: {name: late, factor: 1 / (t + 1)}")
    #expect(try formula == fingerprint("rho_schedule: {factor: \"1/(t+1)\", name: late}"))
    #expect(try formula != fingerprint("rho_schedule: {name: late, factor: 1 / (t + 2)}"))
    #expect(try formula != fingerprint("rho_schedule: {name: later, factor: 1 / (t + 1)}"))
    let swept = ["2", "3"].map { "axes.rho_schedule.a=[\($0)]" }.map { try? plan(
        sweep("rho_schedule: {factor: a / (t + 1), parameters: {a: 1}}"), set: [$0]).sweepFingerprint }
    #expect(swept[0] != nil && swept[0] == swept[1])
}

@Test(arguments: [
    ("{factor: 1 / (t - 5)}", "must be a finite number >= 0 at each step, and is -0.2 at t = 0"),
    ("{factor: 1 - t / 8}", "and is -0.125 at t = 9"),
    ("{factor: 1 / (2000 - t)^0.5, name: late}", ""),
    ("{factor: 1 / abs(t - 123)}", "and is inf at t = 123"),
    ("{factor: log(t - 3)}", "and is nan at t = 0"),
    ("{factor: 1 / (tt + 1)}", "tt is not a known name; "),
    ("{factor: 1 / (t + learning_rat)}", "learning_rate"),
    ("{factor: t < 3}", "is a comparison, and a factor is a number"),
    ("{factor: \"[1, 2] * t\"}", "is made of vectors"),
    ("{factor: \"1 / (t\"}", "rho_schedule.factor"),
    ("{factor: seed}", "is no part of a schedule"),
    ("{factor: optimizer}", "is a name and no number"),
    ("{factor: start.sphere}", "has no value of its own in this sweep"),
    ("{factor: t, name: power}", "is the name of another rho schedule"),
    ("{factor: t, name: No Name}", "must be made of a-z, 0-9 and -"),
    ("{factor: a * t, parameters: {a: x}}", "rho_schedule.parameters.a"),
    ("{factor: a * t, parameters: {steps: 2}}", "means something else in a sweep"),
    ("{factor: a * t, parameters: {t: 2}}", "is a word of the language"),
    ("{factor: t, offset: 2}", "offset"),
    ("{factor: }", "must be an expression of t"),
    ("1 / (t + 1)", "or define it with {factor:"),
    ("[{factor: t}, {factor: \"t \"}]", "is listed twice"),
]) func badSchedulesAreRefusedWithOneMessage(schedule: String, message: String) throws {
    let text = sweep("rho_schedule: \(schedule)", steps: 300)
    guard !message.isEmpty else {
        _ = try plan(text)
        return
    }
    let error = try #require(throws: SweepFileError.self) { try plan(text) }
    let found = error.diagnostics.map {
        "\($0.line ?? 0):\($0.column ?? 0) \($0.field): \($0.value.map { "\($0) " } ?? "")\($0.message); \($0.remedy)"
    }
    #expect(found.count == 1 && found[0].contains(message) && found[0].hasPrefix("10:"), "\(found)")
}

@Test func tooManyStepsAreRefused() throws {
    let error = try #require(throws: SweepFileError.self) {
        try plan(sweep("learning_rate_schedule: {factor: 1}", steps: 10_000_001))
    }
    #expect(error.diagnostics[0].message.contains("at most 10000000 steps"))
    _ = try plan(sweep("learning_rate_schedule: {factor: 1}", steps: 10_000_000))
}
