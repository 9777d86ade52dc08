import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

/// Every name that a result gives one of its own variables is refused for a zip.
@Test func namesOfTheResultsOwnVariablesAreTaken() throws {
    let data = try SweepPlanner.plan(
        text: sweepText().replacing("{name: quadratic, eigenvalues: 1}", with: "{name: logistic, data: breast-cancer.svm}")
            + "method: auto\n",
        fileName: #filePath.replacing("Tests/SweepPlanningTests/HostileInputTests.swift", with: "Sweeps/data/sweep.yaml"),
        catalogue: KernelSelection.catalogue)
    let own = data.fixedParameters.map(\.name) + data.auxiliaryCoordinates.map(\.name)
        + KernelSelection.catalogue.components.filter { $0.kind == .statistic }.map(\.name)
        + ["trial", "status", "steps_taken", "sweep", "samsweep", "coordinate", "step", "quantile"]
    #expect(own.contains("minimiser_relative_gradient_norm") && own.contains("method_used"))
    for name in own where name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) {
        let text = "schema: 1\nname: z\nproblem: {name: quadratic, eigenvalues: 1}\noptimizer: sgd\nsteps: 10\n"
            + "zip: [{name: \(name), learning_rate: [0.1, 0.2], rho: [1, 2]}]\n"
        let error = failure(text)
        #expect(error?.kind == .invalid && error?.diagnostics.first?.line == 6, "\(name): \(String(describing: error))")
        #expect(error?.diagnostics.first?.message == "is the name of something else", "\(name)")
    }
}

/// Results that were written before the fields came have zips of these names.
@Test(arguments: ["budget", "use", "used"])
func fieldsThatCameLaterLeaveZipsTheirNames(name: String) throws {
    let text = "schema: 1\nname: z\nproblem: {name: quadratic, eigenvalues: 1}\noptimizer: sgd\n"
        + "zip: [{name: \(name), learning_rate: [0.1, 0.2], steps: [10, 20]}]\n"
    let plan = try SweepPlanner.plan(text: text, fileName: "z.yaml", catalogue: KernelSelection.catalogue)
    #expect(plan.dimensions.contains { $0.name == name })
    #expect(plan.cellCount == 2)
}

/// Whatever a text holds, what is kept gives the same title again.
@Test(arguments: [
    "ä\u{A0}ö", "a\u{FEFF}", "a\u{1F600}b", "\u{E000}", "\u{10FFFF}", "a\u{FFFD}", "* b", "& c", "'", "\"", "\\x41", "# d", "- e",
    "f: g", "{h}", "~", "null", "yes", "0x10", "a\tb", " i ", "%", "@", "`", "---", "...", "\u{FFFE}", "\u{FFFF}", "\u{1FFFE}",
])
func whatSetGivesIsReadAgainOrRefused(title: String) throws {
    let escaped = title.unicodeScalars.map { scalar in
        let digits = String(scalar.value, radix: 16)
        return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
    let sweep = try plan(sweepText(), set: ["title=\"\(escaped)\""])
    #expect(sweep.title == title)
    let again = try plan(sweep.sourceText)
    #expect(again.title == title && again.planFingerprint == sweep.planFingerprint)
}

@Test(arguments: ["\\x9b", "\\x1b[31m", "\\0", "\\x7f", "\\u202e", "\\uEFFF", "\\n", "\\L"])
func controlCharactersInTextsAreRefused(escape: String) {
    #expect(failure(sweepText(), set: ["title=\"a\(escape)b\""])?.kind == .usage)
    #expect(failure(sweepText("title: \"a\(escape)b\""))?.kind == .invalid)
}

@Test func textIsMadeVisible() {
    #expect("a\u{1B}[31mb\u{9B}\u{202E}\n\t\u{0}é".visible == "a\\x1b[31mb\\x9b\\u202e\n\t\\x00é")
}

/// Planning looks at what a class is like and does not hold its coordinates.
@Test(arguments: ["{logspace: {from: 0.1, to: 1}}", "1", "[{value: 1, multiplicity: 999999999}, 2]"], ["full", "auto"])
func aBillionCoordinatesArePlannedAtOnce(eigenvalues: String, method: String) throws {
    let text = sweepText(
        "method: \(method)" + (eigenvalues.hasPrefix("[") ? "" : "\ndimension: 1000000000"), eigenvalues: eigenvalues)
    let sweep = try plan(text)
    let isReduced = method == "auto" && !eigenvalues.contains("logspace")
    #expect(sweep.largestState == (isReduced ? (eigenvalues == "1" ? 1 : 2) : 1_000_000_000))
    let example = try sweep.example(at: 0)
    guard case .included(let trialClass, let parameters) = example.cell else { throw CancellationError() }
    #expect(example.dimension == 1_000_000_000 && parameters.learningRate == 0.1)
    #expect(trialClass.stateSize <= ClassBuilder.mostPlanned)
    #expect(sweep.estimate.coordinateSteps == 1e10)
}

@Test func aSmallCellIsItsOwnExample() throws {
    let sweep = try plan(sweepText("dimension: 10"))
    let example = try sweep.example(at: 0)
    guard case .included(let trialClass, let parameters) = example.cell, let (own, ownParameters) = try cell(sweep, 0) else {
        throw CancellationError()
    }
    #expect(trialClass == own && parameters == ownParameters && example.dimension == 10)
}

@Test func aRangeOfEigenvaluesWithoutADimensionIsRemarkedOn() throws {
    let range = "{logspace: {from: 0.1, to: 1}}"
    #expect(try plan(sweepText(eigenvalues: range)).notes.first?.contains("there is one coordinate") == true)
    #expect(try plan(sweepText("dimension: 3", eigenvalues: range)).notes.isEmpty && plan(sweepText()).notes.isEmpty)
}

@Test func theSchemaAsksForData() throws {
    let schema = try SweepSchema.json(catalogue: KernelSelection.catalogue)
    #expect(schema.contains("\"required\": [\"name\", \"data\"]") || schema.contains("\"required\":[\"name\",\"data\"]")
        || schema.replacing(" ", with: "").replacing("\n", with: "").contains("\"required\":[\"name\",\"data\"]"))
}
