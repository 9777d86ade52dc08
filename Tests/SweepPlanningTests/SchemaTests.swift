import ExpressionSyntax
import Foundation
import KernelSelection
@testable import SweepPlanning
import Testing

private let sweepsFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sweeps")
private let schemaFile = sweepsFolder.appendingPathComponent("sweep-schema.json")

/// All sweep files that are shipped, those in subfolders included.
private let sweepFiles: [String] = {
    let names = FileManager.default.enumerator(atPath: sweepsFolder.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted()
}()

/// Nodes as a JSON reader would give them: maps, lists, texts, doubles and flags.
private func json(_ node: SourceNode) -> Any {
    switch node.content {
    case .list(let items): return items.map(json)
    case .map(let entries): return Dictionary(uniqueKeysWithValues: entries.map { ($0.key, json($0.value)) })
    case .scalar(let text, let isPlain):
        guard isPlain else { return text }
        if text == "true" || text == "false" { return text == "true" }
        if case .number(let value) = JSONNumber.parse(text) { return value }
        return text
    }
}

private func complaints(_ text: String) throws -> [String] {
    let node = try YAMLReader(diagnostics: Diagnostics(file: "s.yaml"), argument: nil).read(text)
    return try MiniSchema(SweepSchema.json(catalogue: KernelSelection.catalogue)).complaints(about: json(#require(node)))
}

/// Where two JSON values differ, by path; what one of them lacks is named.
private func differences(_ path: String, _ committed: Any?, _ own: Any?) -> [String] {
    switch (committed, own) {
    case (let one as [String: Any], let other as [String: Any]):
        return Set(one.keys).union(other.keys).sorted().flatMap { differences("\(path)/\($0)", one[$0], other[$0]) }
    case (let one as [Any], let other as [Any]) where one.count == other.count:
        return zip(one, other).enumerated().flatMap { differences("\(path)/\($0)", $1.0, $1.1) }
    case (let one as NSObject, let other as NSObject) where one == other: return []
    case (let one as [Any], let other as [Any]):
        func isIn(_ list: [Any], _ entry: Any) -> Bool { list.contains { differences("", $0, entry).isEmpty } }
        let alone = (one.map { !isIn(other, $0) }, other.map { !isIn(one, $0) })
        let changed = zip(alone.0, alone.1).map { $0 && $1 }
        let own = zip(one, other).enumerated().filter { changed[$0.offset] }.flatMap {
            differences("\(path)/\($0.offset)", $0.element.0, $0.element.1)
        } + only("the file", path, zip(one, alone.0), but: changed) + only("the program", path, zip(other, alone.1), but: changed)
        return own.isEmpty ? ["\(path): the order is another"] : own
    default:
        return ["\(path): the file has \(committed.map(brief) ?? "nothing"), the program says \(own.map(brief) ?? "nothing")"]
    }
}

/// The entries of a list that only one side has, without those that stand against a changed one.
private func only(_ whose: String, _ path: String, _ entries: Zip2Sequence<[Any], [Bool]>, but changed: [Bool]) -> [String] {
    entries.enumerated().filter { $0.element.1 && !(changed.indices.contains($0.offset) && changed[$0.offset]) }
        .map { "\(path): only \(whose) has \(brief($0.element.0))" }
}

/// A JSON value, told by what names it where it has such a thing.
private func brief(_ value: Any) -> String {
    if let object = value as? [String: Any] {
        if let properties = object["properties"] as? [String: Any], let name = properties["name"] as? [String: Any],
            let constant = name["const"] ?? name["enum"] { return "the member \(constant)" }
        if let constant = object["const"] { return "\(constant)" }
        if let alternatives = object["enum"] { return String("one of \(alternatives)".suffix(200)) }
    }
    return String("\(value)".prefix(200))
}

private let updatesGoldenFiles = ProcessInfo.processInfo.environment["SAMSWEEP_UPDATE_GOLDEN"] == "1"
private let toUpdate = "what is committed is written anew by SAMSWEEP_UPDATE_GOLDEN=1 swift test --filter SchemaTests, for a look with git diff"

@Test func theCommittedSchemaIsTheProgramsOwn() throws {
    let schema = try SweepSchema.json(catalogue: KernelSelection.catalogue)
    if updatesGoldenFiles { try Data(schema.utf8).write(to: schemaFile) }
    let (committed, own) = (
        try JSONSerialization.jsonObject(with: Data(contentsOf: schemaFile)),
        try JSONSerialization.jsonObject(with: Data(schema.utf8)))
    #expect(differences("", committed, own) == [], "\(toUpdate)")
}

/// The documentation's list of fields is the decoder's.
@Test func theDocumentedFieldsAreTheProgramsOwn() throws {
    let file = sweepsFolder.deletingLastPathComponent().appendingPathComponent("Sources/samsweep/samsweep.docc/SweepFile.md")
    var text = try String(contentsOf: file, encoding: .utf8)
    let start = try #require(text.range(of: "| field | meaning | default |\n")).lowerBound
    let table = start..<(try #require(text.range(of: "\n\n", range: start..<text.endIndex)).lowerBound)
    if updatesGoldenFiles {
        text.replaceSubrange(table, with: SweepField.documentation.dropLast())
        try Data(text.utf8).write(to: file)
        return
    }
    let documented = text[table].split(separator: "\n"), own = SweepField.documentation.split(separator: "\n")
    for (line, fieldLine) in zip(documented, own) { #expect(line == fieldLine, "\(toUpdate)") }
    #expect(documented.count == own.count, "\(toUpdate)")
}

/// A field is one entry of the list: what it stands for follows from there.
@Test func everyFieldIsInTheSchemaWithItsDescription() throws {
    let schema = try #require(
        try JSONSerialization.jsonObject(with: Data(SweepSchema.json(catalogue: KernelSelection.catalogue).utf8)) as? [String: Any])
    let properties = try #require(schema["properties"] as? [String: [String: Any]])
    #expect(Set(properties.keys) == Set(SweepField.names) && Set(SweepField.names).count == SweepField.all.count)
    for field in SweepField.all {
        let description = try #require(properties[field.name]?["description"] as? String)
        #expect(description.hasPrefix(field.summary), "\(field.name)")
    }
    let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
    let claim = try #require(definitions["claim"]?["properties"] as? [String: [String: Any]])
    #expect(Set(claim.keys) == Set(ClaimField.names) && claim.count == ClaimField.all.count)
    for field in ClaimField.all { #expect(claim[field.name]?["description"] as? String == field.summary, "\(field.name)") }
}

/// What a rule accepts is what its pattern matches, so that editor and program agree.
@Test(arguments: [NameRule.sweep, .zip, .claim])
func namesAreAcceptedAsTheirPatternsMatch(rule: NameRule) throws {
    let pattern = try Regex(rule.pattern)
    let signs = ["", "a", "z", "A", "0", "9", "-", "_", "é", " ", "\n", "ab-0", "a_b", "-a", "_a", "0a", "a\u{301}"]
    for name in signs + [59, 60, 61, 99, 100, 101].map({ String(repeating: "b", count: $0) }) {
        #expect(rule.accepts(name) == (name.unicodeScalars.allSatisfy(\.isASCII) && name.wholeMatch(of: pattern) != nil), "\(name)")
    }
}

@Test func thereAreSweepFiles() {
    #expect(sweepFiles.contains("smoke.yaml") && sweepFiles.contains("rho-scaling.yaml"))
}

@Test(arguments: sweepFiles)
func shippedSweepsAreValidByTheSchemaAndByThePlanner(name: String) throws {
    let url = sweepsFolder.appendingPathComponent(name)
    let text = try String(contentsOf: url, encoding: .utf8)
    #expect(try complaints(text) == [])
    let sweep = try SweepPlanner.load(path: url.path, catalogue: KernelSelection.catalogue)
    #expect(sweep.estimate.includedCells > 0)
    // Editors find the schema by the first line, relative to the file.
    let first = text.prefix { $0 != "\n" }
    let relative = try #require(first.split(separator: "=").last.map(String.init))
    #expect(first.hasPrefix("# yaml-language-server: $schema="))
    #expect(url.deletingLastPathComponent().appendingPathComponent(relative).standardizedFileURL == schemaFile.standardizedFileURL)
    for word in ["Question:", "Cost:", "Expect:"] { #expect(text.contains(word)) }
}

@Test func theFlagshipIsAsLargeAsItsCommentSays() throws {
    let flagship = try SweepPlanner.load(
        path: sweepsFolder.appendingPathComponent("rho-scaling.yaml").path, catalogue: KernelSelection.catalogue)
    #expect(flagship.estimate.trials == 113_664)
    #expect(flagship.estimate.coordinateSteps == 16_822_272_000)
    let smoke = try SweepPlanner.load(
        path: sweepsFolder.appendingPathComponent("smoke.yaml").path, catalogue: KernelSelection.catalogue)
    #expect(smoke.estimate.trials == 4_352)
}

/// What the planner takes the schema takes, too.
@Test(arguments: [
    sweepText(), sweepText(eigenvalues: "[1, 2, {value: 3, multiplicity: 2}]"),
    sweepText(eigenvalues: "{logspace: {from: 1, to: 2}}"), sweepText(eigenvalues: "{value: 2}"),
    sweepText(axes: "learning_rate: {logspace: {from: 1, to: 2, count: 3}}, rho: [0, {linspace: {from: 1, to: 2, count: 2}}]"),
    sweepText("start: {vector: [1]}\nrecord: [distance, iterate]\nnoise_model: [none, {name: skewed-two-point, q: 0.5}]"),
    sweepText("zip: [{name: pair, rho: [1, 2], noise: [1, 2]}]\nwhere: rho < 1.5\nseed: 5\ntrials: 7\ntitle: 3"),
    sweepText("derive: {rho: 5, noise: learning_rate}\ncommon_random_numbers: false\nnoise_scale: per_coordinate"),
    sweepText("claims: [{name: a, says: x, mean: distance, at_most: 1, constant: {found_where: rho < 1}}]"),
    sweepText("claims: [{name: a, says: x, every: distance, is: rho, within: 1, where: rho < 1, smallest_over: rho}]"),
    sweepText("rho_schedule: {name: power, exponent: 1}\nlearning_rate_schedule: [constant, inverse-time]"),
])
func theSchemaTakesWhatThePlannerTakes(text: String) throws {
    _ = try plan(text)
    #expect(try complaints(text) == [])
}

/// The same of objectives of one's own.
@Test(arguments: [
    "{objective: \"sum(x^2)\", start: {x: 1}}",
    "{name: a-b, parameters: {d: 3, s: 0.5}, variables: {u: d, W: [d, 2], b: 1}, objective: \"sum(u) + sum(W) + b\", "
        + "start: {u: {normal: s}, W: {uniform: [-1, s]}, b: {sphere: 1}}}",
    "{variables: {u: 3}, constants: {a: [1, \"2*3\", 3], B: [[1, 2], [3, 4]], c: {normal: [2, 3], seed: 1}, "
        + "e2: {logspace: {from: 1, to: 2, count: 3}}, f: {list: [1], pad_to: 3}, g: \"a * f\"}, let: {r: \"u - a\"}, "
        + "objective: \"sum(r^2) + sum((c @ u)^2) + sum(B) + sum(e2 * g)\", start: {u: [1, 2, \"sqrt(2)\"]}}",
    "{variables: {u: 3}, sample: {z: {normal: 3}, i: {batch: 2, of: 3, replacement: true}, k: {choice: 3}}, constants: {a: [1, 2, 3]}, "
        + "objective: \"sum(u^2) + mean(a[i]) + mean(a[k])\", stochastic: \"sum(z * u) + mean(a[i]) + a[k]\", "
        + "start: {u: 1}}",
    "{variables: {u: 2}, objective: \"sum((u - 1)^2)\", minimum: 0, minimisers: [[1, 1]], smoothness: 2, strong_convexity: 2}",
    "{variables: {u: 2}, objective: \"sum((u - 1)^2)\", minimisers: [1, \"2/2\"], distance: \"norm(u - 1)\"}",
])
func theSchemaTakesObjectivesThatThePlannerTakes(problem: String) throws {
    let text = "schema: 1\nname: own\nproblem: \(problem)\noptimizer: sgd\nsteps: 10\nlearning_rate: 0.1\n"
        + (problem.contains("parameters") ? "axes: {problem.s: [0.5, 1]}\n" : problem.contains("variables") ? "" : "dimension: 3\n")
    do { _ = try plan(text) } catch { Issue.record("\(error)") }
    #expect(try complaints(text) == [])
}

@Test(arguments: [
    ("steps: 10", "steps: 10\nproblem: {objective: 1, start: 2}"), ("sum(x^2)", "sum(x^2)\", colour: \"red"),
    ("{x: 1}", "{x: {normal: 1, sphere: 2}}"), ("start", "sample: {z: {gauss: 1}}, start"),
    ("start", "constants: {A: {normal: 3}}, start"), ("start", "variables: {u: [1, 2, 3]}, start"),
])
func theSchemaSeesMistakesInObjectives(old: String, new: String) throws {
    let text = ("schema: 1\nname: own\noptimizer: sgd\nsteps: 10\nlearning_rate: 0.1\ndimension: 3\n"
        + (new.contains("problem") ? "" : "problem: {objective: \"sum(x^2)\", start: {x: 1}}\n")).replacing(old, with: new)
    #expect(failure(text) != nil)
    #expect(try complaints(text) != [])
}

@Test(arguments: [
    ("schema: 1", "schema: 2"), ("name: small", "name: Small"), ("steps: 10", "steps: 0"), ("steps: 10", "steps: 1.5"),
    ("steps: 10", "steps: ten"), ("steps: 10", "stepz: 10"), ("optimizer: sgd", "optimizer: sdg"),
    ("optimizer: sgd", "optimizer: []"), ("optimizer: sgd", "optimizer: {name: asam, stabiliser: 0}"),
    ("optimizer: sgd", "optimizer: {name: asam, stabilizer: 1}"), ("eigenvalues: 1", "eigenvalues: 0"),
    ("eigenvalues: 1", "eigenvalues: [1, -1]"), ("eigenvalues: 1", "eigenvalues: {logspace: {from: 0, to: 1}}"),
    ("[0.1]", "[0]"), ("[0.1]", "[]"), ("[0.1]", "{logspace: {from: 1, to: 2}}"), ("[0.1]", "[0.1], rhoo: 1"),
    ("[0.1]", "[0.1], rho: -1"), ("[0.1]", "[0.1], dimension: 0"), ("steps: 10", "steps: 10\nrecord: distence"),
    ("steps: 10", "steps: 10\nrecord: [distance, distance]"), ("steps: 10", "steps: 10\nstart: {radius: 1, sphere: 1}"),
    ("steps: 10", "steps: 10\nstart: {radius: -1}"), ("steps: 10", "steps: 10\ntrials: 0"),
    ("steps: 10", "steps: 10\nseed: 9007199254740992"), ("steps: 10", "steps: 10\nnoise_scale: both"),
    ("steps: 10", "steps: 10\ncommon_random_numbers: yes"), ("steps: 10", "steps: 10\nzip: [{name: a, rho: [1]}]"),
    ("steps: 10", "steps: 10\nderive: {rhoo: 1}"), ("steps: 10", "steps: 10\nwhere: [1]"), ("steps: 10", "steps: 10\nclaims: {}"),
    ("steps: 10", "steps: 10\nclaims: [{name: a, mean: distance, at_most: 1}]"),
    ("steps: 10", "steps: 10\nclaims: [{name: a, says: x, mean: distance, atmost: 1}]"),
    ("steps: 10", "steps: 10\nclaims: [{name: a, says: x, mean: distance, at_most: 1, confidence: 2}]"),
])
func theSchemaSeesMistakesThatThePlannerSees(old: String, new: String) throws {
    let text = sweepText().replacing(old, with: new)
    #expect(failure(text) != nil)
    #expect(try complaints(text) != [], "\(new)")
}
