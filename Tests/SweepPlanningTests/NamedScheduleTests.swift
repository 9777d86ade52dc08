import Foundation
import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

/// Schedules that have names: those of the program's library, and those of files that a sweep uses.

private let (base, curvature, convexity, steps) = (0.1, 3.0, 0.5, 300)
private let (rho, noise) = (0.2, 0.7)

private func text(_ rest: String) -> String {
    """
    schema: 1
    name: named-schedules
    problem: {name: quadratic, eigenvalues: [0.5, 1, 3]}
    optimizer: m-sam
    steps: \(steps)
    noise: \(noise)
    axes: {learning_rate: [\(base)], rho: [\(rho)]}
    record: [iterate]
    \(rest)

    """
}

private func planned(_ rest: String, set: [String] = []) throws -> PlannedSweep { try plan(text(rest), set: set) }

private func trialClass(_ sweep: PlannedSweep, _ index: Int = 0) throws -> TrialClass {
    try #require(try cell(sweep, index)).0
}

private func factors(_ trialClass: TrialClass, _ kind: ComponentKind) -> [Double]? {
    (kind == .rhoSchedule ? trialClass.rhoFactors : trialClass.learningRateFactors)?.factors
}

private struct ClosedForm: Sendable {
    var schedule: String
    var kind: ComponentKind
    var factor: @Sendable (Double) -> Double
}

/// Each in another form than the library's, as its source has it: what a theorem states is that of a rate of 1.
private let closedForms: [ClosedForm] = {
    let horizon = Double(steps)
    var forms: [ClosedForm] = []
    func rates(_ schedule: String, _ factor: @escaping @Sendable (Double) -> Double) {
        forms.append(ClosedForm(schedule: schedule, kind: .learningRateSchedule, factor: factor))
    }
    func radii(_ schedule: String, _ factor: @escaping @Sendable (Double) -> Double) {
        forms.append(ClosedForm(schedule: schedule, kind: .rhoSchedule, factor: factor))
    }
    func both(_ schedule: String, _ factor: @escaping @Sendable (Double) -> Double) {
        rates(schedule, factor)
        radii(schedule, factor)
    }
    @Sendable func decreasing(_ t: Double) -> Double {
        let fall = (8 * t + 4) / (1.5 * (t + 1) * (t + 1))
        return min(fall, 1 / 6.0)
    }
    @Sendable func overHorizon(_ logarithm: Double) -> Double { min(max(1, logarithm) / (0.5 * horizon), 1 / 6.0) }
    both("linear") { t in (horizon - t) / horizon }
    both("{name: linear, last: 0.25}") { t in 0.25 + 0.75 * (horizon - t) / horizon }
    both("cosine") { t in pow(cos(0.5 * .pi * t / horizon), 2) }
    both("{name: cosine, last: 0.1}") { t in 1 - 0.9 * pow(sin(0.5 * .pi * t / horizon), 2) }
    both("switch") { t in t >= 100 ? 0 : 1 }
    both("{name: switch, change: 7, before: 0, after: 3}") { t in t >= 7 ? 3 : 0 }
    rates("power") { t in 1 / (t + 1).squareRoot() }
    rates("{name: power, exponent: 2}") { t in 1 / ((t + 1) * (t + 1)) }
    radii("inverse-time") { t in 1 / (t + 1) }
    radii("{name: inverse-time, offset: 8}") { t in 1 / (t + 8) }
    rates("capped-harmonic") { t in
        let fall = (2 * t + 1) / ((t + 1) * (t + 1) * convexity)
        return min(base, fall) / base
    }
    radii("capped-harmonic") { t in min(rho, 1 / (2 * t + 1)) / rho }
    rates("polyak-lojasiewicz") { t in decreasing(t) }
    radii("polyak-lojasiewicz") { t in (decreasing(t) / curvature).squareRoot() }
    rates("horizon-nonconvex") { _ in pow(9 * horizon, -0.5) }
    radii("horizon-nonconvex") { _ in exp(-log(horizon) / 4) / curvature }
    rates("{name: horizon-convex, gap: 2}") { _ in
        let fall = 2.0.squareRoot() / (27 * rho * rho * horizon).squareRoot()
        return min(fall, 1 / 6.0)
    }
    rates("{name: horizon-strongly-convex, gap: 2}") { _ in overHorizon(log(0.25 * 2 * horizon * horizon / (27 * rho * rho))) }
    rates("{name: horizon-stochastic-convex, gap: 2}") { _ in
        let fall = 2.0.squareRoot() / (noise * (3 * horizon).squareRoot())
        return min(fall, 1 / 6.0)
    }
    rates("{name: horizon-stochastic-strongly-convex, gap: 2}") { _ in
        let excess = noise * noise - 9 * rho * rho
        return overHorizon(log(0.25 * 2 * horizon / (3 * excess)))
    }
    return forms
}()

@Test(arguments: closedForms.indices) func namedSchedulesAreWhatTheirSourcesSay(index: Int) throws {
    let schedule = closedForms[index].schedule, kind = closedForms[index].kind
    let sweep = try planned("\(kind.fieldName): \(schedule)")
    let found = try #require(factors(try trialClass(sweep), kind))
    #expect(found.count == steps)
    for (t, value) in found.enumerated() {
        let expected = closedForms[index].factor(Double(t))
        #expect((value - expected).magnitude <= 1e-13 * max(1e-3, expected), "\(schedule) at t = \(t): \(value) for \(expected)")
    }
    #expect(sweep.sourceText.contains("samsweep:schedules/"))
}

@Test func everyNamedScheduleHasItsClosedForm() throws {
    let tested = Set(closedForms.map { "\($0.kind.fieldName) \($0.schedule.split(separator: ",")[0].replacing("{name: ", with: ""))" })
    let members = try SweepPlanner.builtInDefinitions(catalogue: KernelSelection.catalogue).map(\.description)
    let schedules = members.filter { [.learningRateSchedule, .rhoSchedule].contains($0.kind) }
    #expect(Set(schedules.map { "\($0.kind.fieldName) \($0.name)" }) == tested)
}

/// Where the noise is less than what SAM's own steps make, the logarithm is infinite and the cap remains; without rho there is no
/// cap on rho, and the step of the convex case is the largest.
@Test func horizonsOfTheoremsHaveTheirLimits() throws {
    let cases: [(schedule: String, setting: String)] = [
        ("horizon-stochastic-strongly-convex", "noise=0.1"), ("horizon-convex", "axes.rho=[0]"),
        ("horizon-strongly-convex", "axes.rho=[0]"), ("horizon-stochastic-convex", "noise=0"),
    ]
    let expected: [Double] = Array(repeating: 1 / 6, count: steps)
    for (schedule, setting) in cases {
        let sweep = try planned("learning_rate_schedule: \(schedule)", set: [setting])
        #expect(factors(try trialClass(sweep), .learningRateSchedule) == expected, "\(schedule)")
    }
    let sweep = try planned("rho_schedule: capped-harmonic", set: ["axes.rho=[0]"])
    #expect(factors(try trialClass(sweep), .rhoSchedule) == Array(repeating: 1, count: steps))
}

/// A name gives what its formula gives, to the bit, and its parameters are axes.
@Test func parametersOfNamedSchedulesAreAxes() throws {
    let named = try planned(
        """
        learning_rate_schedule: [constant, cosine, {name: cosine, last: 0.5}, {factor: "1 / (t + 1)"}]
        rho_schedule: switch
        """)
    let schedules = try #require(named.dimensions.first { $0.name == "learning_rate_schedule" })
    #expect(schedules.values == .names(["constant", "cosine", "cosine(last=0.5)", "1 / ( t + 1 )"]))
    // The formula stands in the result, once.
    #expect(schedules.longName.components(separatedBy: "cosine: eta_t = learning_rate * (").count == 2, "\(schedules.longName)")
    for (index, expected) in [nil, "last + (1 - last) * (1 + cos(pi * t / steps)) / 2", "last + (1 - last) * (1 + cos(pi * t / steps)) / 2"].enumerated() {
        let found = factors(try trialClass(named, index), .learningRateSchedule)
        guard let expected else {
            #expect(found == nil)
            continue
        }
        let written = try planned("learning_rate_schedule: {factor: \"\(expected)\", parameters: {last: \(index == 1 ? 0 : 0.5)}}")
        #expect(found == factors(try trialClass(written), .learningRateSchedule))
    }
    let swept = try planned("rho_schedule: {name: switch, after: 2}", set: ["axes.rho_schedule.change=[0, 5, 400]"])
    #expect(swept.cellCount == 3)
    for (index, change) in [0, 5, 400].enumerated() {
        #expect(factors(try trialClass(swept, index), .rhoSchedule) == (0..<steps).map { $0 < change ? 1 : 2 })
    }
}

private let library = """
    schedules:
      warm-up: {parameters: {share: 0.1}, factor: "min(1, (t + 1) / (share * steps))", summary: rises, citation: somebody}
      cosine: {factor: {rho: "1 / (t + 2)"}}

    """

private func withFile<Value>(_ content: String, _ body: (String) throws -> Value) throws -> Value {
    let file = FileManager.default.temporaryDirectory.appending(path: "schedules-\(UUID().uuidString).yaml")
    try Data(content.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
}

/// A file's definition is one for both rates, or for one, and goes before the library's; the library's other half stays.
@Test func filesOfDefinitionsHaveSchedules() throws {
    try withFile(library) { path in
        let sweep = try planned("use: \(path)\nlearning_rate_schedule: {name: warm-up, share: 0.5}\nrho_schedule: [warm-up, cosine]")
        let warm = (0..<steps).map { min(1, Double($0 + 1) / (0.5 * Double(steps))) }
        #expect(factors(try trialClass(sweep), .learningRateSchedule) == warm)
        #expect(factors(try trialClass(sweep), .rhoSchedule) == (0..<steps).map { min(1, Double($0 + 1) / (0.1 * Double(steps))) })
        #expect(factors(try trialClass(sweep, 1), .rhoSchedule) == (0..<steps).map { 1 / Double($0 + 2) })
        #expect(!sweep.sourceText.contains("samsweep:schedules"))
        let mixed = try planned("use: \(path)\nlearning_rate_schedule: cosine\nrho_schedule: cosine")
        #expect(mixed.sourceText.contains("samsweep:schedules/cosine.yaml"))
        #expect(factors(try trialClass(mixed), .rhoSchedule)?[1] == 1 / 3.0)
        #expect(factors(try trialClass(mixed), .learningRateSchedule)?[0] == 1)
        // What a result holds says the same again.
        let again = try plan(mixed.sourceText)
        #expect(again.planFingerprint == mixed.planFingerprint)
        let listed = try SweepPlanner.definitions(path: path, catalogue: KernelSelection.catalogue)
        #expect(listed.map { "\($0.description.kind.fieldName) \($0.description.name)" }
            == ["learning_rate_schedule warm-up", "rho_schedule warm-up", "rho_schedule cosine"])
        #expect(listed[0].description.summary == "rises" && listed[0].description.citation == "somebody")
        #expect(listed[0].text.hasPrefix("warm-up: {parameters:"))
    }
    let own = try planned("learning_rate_schedule: {name: cosine, factor: \"1\"}\nrho_schedule: cosine")
    #expect(factors(try trialClass(own), .learningRateSchedule)?[7] == 1)
    #expect(try #require(factors(try trialClass(own), .rhoSchedule))[7] < 1)
}

@Test func fingerprintsHoldTheDefinition() throws {
    let sweep = try planned("rho_schedule: cosine")
    #expect(try sweep.sweepFingerprint != planned("rho_schedule: linear").sweepFingerprint)
    let earlier = sweep.sourceText.replacing("cos(pi * t / steps)", with: "cos(3 * t / steps)")
    #expect(earlier != sweep.sourceText)
    let other = try plan(earlier)
    #expect(other.sweepFingerprint != sweep.sweepFingerprint)
}

@Test(arguments: [
    ("", "rho_schedule: horizon-convex", "is a learning rate schedule only"),
    ("", "learning_rate_schedule: cosin", "cosine"),
    ("", "rho_schedule: {name: cosine, lst: 1}", "last"),
    ("", "rho_schedule: {name: cosine, factor: t}", ""),
    ("", "rho_schedule: {factor: {rho: \"1\"}}", "must be an expression of t"),
    ("schedules: {s: {factor: {learning_rate: \"1\"}}}", "rho_schedule: s", "is a learning rate schedule only"),
    ("schedules: {s: {factor: {}}}", "rho_schedule: s", "is that of no rate"),
    ("schedules: {s: {factor: {rate: \"1\"}}}", "rho_schedule: constant", "rate"),
    ("schedules: {s: {formula: x}}", "rho_schedule: constant", "is no definition of a schedule"),
    ("schedules: {power: {factor: \"1\"}}", "rho_schedule: power", "is the name of a rho schedule of the catalogue"),
    ("schedules: {s: {factor: \"1\", name: s}}", "rho_schedule: s", "is given by the key before it already"),
    ("schedules: {s: {factor: \"1\"}}", "rho_schedule: {name: s, factor: \"2\"}", "of one that it uses"),
    ("schedules: {s: {factor: \"a * t\"}}", "rho_schedule: s", "is not a known name, got a"),
    ("schedules: {s: {factor: \"-t\"}}", "rho_schedule: s", "is -1 at t = 1"),
    ("schedule: {s: {factor: \"1\"}}", "rho_schedule: constant", "schedules"),
]) func badNamedSchedulesAreRefusedByName(file: String, rest: String, message: String) throws {
    try withFile(file.isEmpty ? "schedules: {}\n" : file + "\n") { path in
        let use = file.isEmpty ? "" : "use: \(path)\n"
        guard !message.isEmpty else {
            _ = try planned(use + rest)
            return
        }
        let error = #expect(throws: SweepFileError.self) { try planned(use + rest) }
        let found = error?.diagnostics.map(\.description) ?? []
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }
}
