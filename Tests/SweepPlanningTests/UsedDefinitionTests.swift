import Foundation
import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

/// Files in a folder of their own that goes with the value.
private final class Files {
    let folder = FileManager.default.temporaryDirectory.appending(path: "samsweep-used-\(UUID().uuidString)")

    init(_ files: [(name: String, text: String)]) throws {
        for file in files { try write(file.name, file.text) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ name: String, _ text: String) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(at: folder.appending(path: name)) }

    func plan(_ name: String = "sweeps/sweep.yaml", set: [String] = []) throws -> PlannedSweep {
        try SweepPlanner.load(path: folder.appending(path: name).path, overrides: set, catalogue: KernelSelection.catalogue)
    }

    /// What is wrong, with paths from the folder.
    func faults(_ set: [String] = []) -> [String] {
        do {
            _ = try plan(set: set)
            return []
        } catch let error as SweepFileError {
            return error.diagnostics.map { $0.description.replacing(folder.path + "/", with: "") }
        } catch {
            return ["\(error)"]
        }
    }
}

private let valleys = """
    # Valleys, narrow and wide.
    problems:
      valley:
        summary: a curved valley
        parameters: {width: 1}
        variables: {u: 2}
        constants: {a: {file: numbers/a.csv}}
        objective: "(a[0] * u[0] * u[1] - width)^2"
        start: {u: [2, 0.1]}

      bowl:
        objective: "sum(x^2) / 2"
        minimisers: [0, 0]
        minimum: 0

    """

private let algorithms = """
    use: more/averaged.yaml
    optimizers:
      gsam:
        parameters: {alpha: 0.4}
        step: |
          g = grad(x)
          h = grad(x + rho * unit(g))
          x = x - learning_rate * (h - alpha * (g - dot(g, h) / dot(h, h) * h))

    """

private let averaged = """
    optimizers:
      averaged: {memory: {m: 0}, step: "m = 0.9 * m + grad(x)\\nx = x - learning_rate * m"}
    """

private func sweep(_ problem: String, _ optimizer: String, _ more: String = "") -> String {
    """
    # What this is.
    schema: 1
    name: used
    use: [../definitions/valleys.yaml, ../definitions/algorithms.yaml]
    problem: \(problem)
    optimizer: \(optimizer)
    steps: 5
    learning_rate: 0.01
    \(more)
    """
}

private func files(_ sweep: String) throws -> Files {
    try Files([
        ("sweeps/sweep.yaml", sweep), ("definitions/valleys.yaml", valleys), ("definitions/algorithms.yaml", algorithms),
        ("definitions/more/averaged.yaml", averaged), ("definitions/numbers/a.csv", "1\n"),
    ])
}

/// The same written into the sweep itself.
private let inline = """
    schema: 1
    name: inline
    problem: {name: valley, parameters: {width: 0.5}, variables: {u: 2}, constants: {a: {file: ../definitions/numbers/a.csv}},
      objective: "(a[0]*u[0]*u[1]-width)^2", start: {u: [2, 0.1]}}
    optimizer: [sgd, {name: gsam, parameters: {alpha: 0.4}, step: "g = grad(x)\\nh = grad(x + rho * unit(g))
      \\nx = x - learning_rate * (h - alpha * (g - dot(g, h) / dot(h, h) * h))"}]
    steps: 5
    learning_rate: 0.01
    """

@Test func definitionsOfFilesMeanWhatTheyMeanInTheSweep() throws {
    let files = try files(sweep("{name: valley, width: 0.5}", "[sgd, gsam]"))
    try files.write("sweeps/inline.yaml", inline)
    let used = try files.plan(), written = try files.plan("sweeps/inline.yaml")
    #expect(used.sweepFingerprint == written.sweepFingerprint)
    #expect(used.planFingerprint == written.planFingerprint)
    let (one, values) = try #require(try cell(used, 1)), (other, same) = try #require(try cell(written, 1))
    #expect(one.definedObjective?.gradient == other.definedObjective?.gradient && values == same)
    #expect(one.definedAlgorithm?.next == other.definedAlgorithm?.next)
    #expect(one.problem.parameters == ["width": 0.5])
}

@Test func parametersOfFilesAreAxesAndLabels() throws {
    let files = try files(sweep(
        "valley", "[{name: gsam, alpha: 0.2}, gsam, averaged, m-sam]", "axes: {problem.width: [1, 2]}"))
    let plan = try files.plan()
    guard case .names(let names) = try #require(plan.dimensions.first { $0.name == "optimizer" }).values else {
        Issue.record("no names")
        return
    }
    #expect(names == ["gsam(alpha=0.2)", "gsam", "averaged", "m-sam"])
    let alphas = try (0..<plan.cellCount).compactMap { try cell(plan, $0)?.0.optimizer.parameters["alpha"] }
    #expect(Set(alphas) == [0.2, 0.4])
    let widths = try (0..<plan.cellCount).compactMap { try cell(plan, $0)?.0.problem.parameters["width"] }
    #expect(Set(widths) == [1, 2])
    #expect(try files.plan(set: ["problem.width=3", "axes={}"]).sourceText.contains("alpha: 0.4"))
}

/// A result holds the text: with it alone the sweep is planned again, from anywhere.
@Test(arguments: [[], ["steps=7"], ["problem.start={u: [1, 1]}"]]) func theTextHoldsTheFiles(set: [String]) throws {
    let files = try files(sweep("valley", "[gsam, averaged]", "# The last line"))
    let plan = try files.plan(set: set)
    #expect(set.isEmpty == plan.sourceText.hasPrefix(sweep("valley", "[gsam, averaged]", "# The last line")))
    #expect(plan.sourceText.contains("    # Valleys, narrow and wide.\n    problems:\n") && plan.sourceText.contains("\nused:\n"))
    for name in ["definitions/valleys.yaml", "definitions/algorithms.yaml", "definitions/more/averaged.yaml"] {
        try files.remove(name)
    }
    let again = try SweepPlanner.plan(
        text: plan.sourceText, fileName: files.folder.appending(path: "sweeps/r.h5").path + ": sweep", catalogue: KernelSelection.catalogue,
        data: DataAccess(isOfResult: true))
    #expect(again.sourceText == plan.sourceText && again.planFingerprint == plan.planFingerprint)
    // A further change leaves one copy of the files.
    let third = try SweepPlanner.plan(
        text: plan.sourceText, fileName: files.folder.appending(path: "sweeps/x").path, overrides: ["trials=3"], catalogue: KernelSelection.catalogue)
    #expect(third.trials == 3 && third.sweepFingerprint == plan.sweepFingerprint)
    #expect(third.sourceText.components(separatedBy: "used:").count == 2)
}

@Test(arguments: [
    "  odd: {step: \"x = x\"}\n", "\todd: 1\n", "optimizers: {odd: {step: \"x = x - grad(x)\"}}", "optimizers: {odd: {step: 'x = x'}}\r\n",
    "# é ∂ \u{1F600}\noptimizers: {odd: {step: \"x = x - 2 * grad(x)  # * & |\"}}\n\n\n", "---\noptimizers: {odd: {step: x = 2 * x}}\n...\n",
    "optimizers:\n  odd:\n    step: |\n      x = x\n\n     \n   \n    summary: \"|\"\n",
]) func unusualTextsAreHeldAsTheyAre(text: String) throws {
    let files = try files(sweep("bowl", "odd", "dimension: 2").replacing("algorithms.yaml", with: "odd.yaml"))
    try files.write("definitions/odd.yaml", text)
    guard files.faults().isEmpty else { return }
    let plan = try files.plan()
    let again = try SweepPlanner.plan(
        text: plan.sourceText, fileName: "r.h5: sweep", catalogue: KernelSelection.catalogue, data: DataAccess(isOfResult: true))
    #expect(again.sourceText == plan.sourceText && again.sweepFingerprint == plan.sweepFingerprint)
}

@Test func whatAFileSaysOfOthersDecidesNothing() throws {
    let files = try files(sweep("bowl", "gsam", "dimension: 2"))
    let before = try files.plan()
    try files.write("definitions/valleys.yaml", valleys.replacing("width: 1", with: "width: 2").replacing("# Valleys", with: "# Hills"))
    #expect(try files.plan().sweepFingerprint == before.sweepFingerprint)
    try files.write("definitions/valleys.yaml", valleys.replacing("/ 2", with: "/ 3"))
    #expect(try files.plan().sweepFingerprint != before.sweepFingerprint)
}

@Test(arguments: [
    // The file, what is replaced in it, and the one message.
    ("sweeps/sweep.yaml", "valleys.yaml,", "gone.yaml,", "sweeps/sweep.yaml:4:7: use: cannot be read: No such file or directory, got ../definitions/gone.yaml; give the path of a file of definitions from the folder of the file that uses it: sweeps/../definitions/gone.yaml was looked at"),
    ("sweeps/sweep.yaml", "[../definitions/valleys.yaml,", "[.., ../definitions/valleys.yaml,", "sweeps/sweep.yaml:4:7: use: is a folder"),
    ("sweeps/sweep.yaml", "problem: bowl", "problem: bowel", "sweeps/sweep.yaml:5:10: problem: is not a known problem, got bowel; did you mean bowl?"),
    ("sweeps/sweep.yaml", "gsam", "gsan", "sweeps/sweep.yaml:6:12: optimizer: is not a known optimizer, got gsan; did you mean gsam?"),
    ("sweeps/sweep.yaml", "problem: bowl", "problem: {name: valley, wdith: 1}", "sweeps/sweep.yaml:5:25: problem.wdith: unknown key; did you mean width?"),
    ("sweeps/sweep.yaml", "problem: bowl", "problem: [bowl, valley]", "sweeps/sweep.yaml:5:11: problem: an objective of one's own must be the only problem of a sweep"),
    ("sweeps/sweep.yaml", "gsam", "{name: gsam, step: \"x = x\"}", "sweeps/sweep.yaml:6:19: optimizer.name: is the name of another optimizer"),
    ("definitions/valleys.yaml", "sum(x^2)", "sum(y^2)", "sweeps/../definitions/valleys.yaml:12:21: problem.objective: is not a known name, got y"),
    ("definitions/valleys.yaml", "  bowl:", "  valley:", "sweeps/../definitions/valleys.yaml:3:3: valley is given twice"),
    ("definitions/valleys.yaml", "objective: \"sum", "objektive: \"sum", "sweeps/../definitions/valleys.yaml:11:3: problems.bowl: is no definition of a problem, got bowl; give it objective"),
    ("definitions/valleys.yaml", "  bowl:", "  quadratic:", "sweeps/../definitions/valleys.yaml:11:3: problems.quadratic: is the name of a problem of the catalogue"),
    ("definitions/valleys.yaml", "problems:", "problem:", "sweeps/../definitions/valleys.yaml:2:1: problem: unknown key; did you mean problems?"),
    ("definitions/valleys.yaml", "minimisers: [0, 0]", "minimisers: [1, 0]", "sweeps/../definitions/valleys.yaml:13:17: problem.minimisers: is no minimiser: the gradient there has the norm 1"),
    ("definitions/valleys.yaml", "  bowl:", " bowl:", "sweeps/../definitions/valleys.yaml:11:2: is not valid YAML"),
    ("definitions/algorithms.yaml", "h = grad(x + rho", "h = gard(x + rho", "sweeps/../definitions/algorithms.yaml:7:11: optimizer.step: is not a known function, got gard; did you mean grad?"),
    ("definitions/more/averaged.yaml", "averaged:", "gsam:", "sweeps/../definitions/algorithms.yaml:3:3: optimizers.gsam: is defined twice, here and in sweeps/../definitions/more/averaged.yaml:2, got gsam"),
    ("definitions/more/averaged.yaml", "optimizers:", "use: ../algorithms.yaml\noptimizers:", "sweeps/../definitions/more/averaged.yaml:1:6: use: is a file that uses itself: ../definitions/algorithms.yaml uses ../definitions/more/averaged.yaml uses ../definitions/algorithms.yaml"),
]) func whatIsWrongWithFilesIsSaidOnceWithItsPlace(file: String, old: String, new: String, message: String) throws {
    let files = try files(sweep("bowl", "gsam", "dimension: 2"))
    #expect(files.faults() == [])
    let text = try String(contentsOf: files.folder.appending(path: file), encoding: .utf8)
    #expect(text.contains(old))
    try files.write(file, text.replacing(old, with: new))
    let faults = files.faults()
    // A definition that is gone is missed where it is named, too.
    #expect(faults.contains { $0.hasPrefix(message) }, "\(faults)")
    #expect(faults.count(where: { !$0.hasPrefix("sweeps/sweep.yaml:") }) <= 1 && faults.count <= 2, "\(faults)")
}

@Test func aResultThatDoesNotHoldItsFilesIsNoReasonToReadAny() throws {
    let files = try files(sweep("bowl", "gsam", "dimension: 2"))
    let text = try String(contentsOf: files.folder.appending(path: "sweeps/sweep.yaml"), encoding: .utf8)
    do {
        _ = try SweepPlanner.plan(
            text: text, fileName: files.folder.appending(path: "sweeps/r.h5").path, catalogue: KernelSelection.catalogue,
            data: DataAccess(isOfResult: true))
        Issue.record("was planned")
    } catch let error as SweepFileError {
        #expect(error.description.contains("names a file that the result does not hold"))
        #expect(!error.description.contains("Valleys"))
    }
}

@Test func namesOfFilesAreFromTheSweepsFolder() {
    for (written, user, name) in [
        ("a.yaml", nil, "a.yaml"), ("./b/../a.yaml", nil, "a.yaml"), ("../a.yaml", "b/c.yaml", "a.yaml"),
        ("../../a.yaml", "../b/c.yaml", "../../a.yaml"), ("/x/a.yaml", "b/c.yaml", "/x/a.yaml"), ("a.yaml", "/x/c.yaml", "/x/a.yaml"),
        ("a//b.yaml", "c.yaml", "a/b.yaml"),
    ] as [(String, String?, String)] {
        #expect(DefinitionFiles.name(written, from: user) == name)
    }
}

@Test func listsShowAFilesDefinitionsAsItHasThem() throws {
    let files = try files(sweep("bowl", "gsam"))
    let path = files.folder.appending(path: "definitions/valleys.yaml").path
    let listings = try SweepPlanner.definitions(path: path, catalogue: KernelSelection.catalogue)
    #expect(listings.map(\.description.name) == ["valley", "bowl"])
    #expect(listings[0].description.summary == "a curved valley")
    #expect(listings[1].text == "bowl:\n  objective: \"sum(x^2) / 2\"\n  minimisers: [0, 0]\n  minimum: 0")
    // Nested ones come first, since what follows may build on them.
    let all = try SweepPlanner.definitions(
        path: files.folder.appending(path: "definitions/algorithms.yaml").path, catalogue: KernelSelection.catalogue)
    #expect(all.map(\.description.name) == ["averaged", "gsam"])
}

/// Sweeps travel with their definitions in them; paths of data inside of these are written anew.
@Test func pathsOfDataInHeldFilesAreReplaced() throws {
    let files = try files(sweep("valley", "gsam"))
    let plan = try files.plan()
    #expect(plan.constantFiles.map(\.written) == ["numbers/a.csv"])
    let moved = try plan.text(movingConstants: { _ in "data/a.csv" })
    #expect(moved.contains("constants: {a: {file: \"data/a.csv\"}}") && moved.contains("# Valleys, narrow and wide."))
    try files.write("elsewhere/data/a.csv", "1\n")
    try files.write("elsewhere/sweep.yaml", moved)
    try files.remove("definitions/numbers/a.csv")
    #expect(try files.plan("elsewhere/sweep.yaml").planFingerprint == plan.planFingerprint)
}

private let measures = """
    statistics:
      imbalance: {value: "u[0]^2  -  u[1]^2", summary: what is conserved, citation: somebody}
      least_length: {value: "norm(u)", over: best}

    """

/// By name, with what the definition says of them; each is the one that the sweep could have written.
@Test func statisticsOfFilesAreRecordedByName() throws {
    let text = sweep("valley", "sgd", "record: [objective, imbalance, least_length]").replacing("algorithms.yaml]", with: "measures.yaml]")
    let files = try files(text)
    try files.write("definitions/measures.yaml", measures)
    let plan = try files.plan()
    #expect(plan.statistics.map(\.name) == ["objective", "imbalance", "least_length"])
    #expect(plan.statistics[1].summary == "what is conserved" && plan.statistics[1].formula == "u[0]^2 - u[1]^2, at x_T")
    let (trialClass, _) = try #require(try cell(plan, 0))
    #expect(trialClass.definedStatistics.map(\.name) == ["imbalance", "least_length"])
    #expect(trialClass.definedStatistics.map(\.moment) == [.end, .best])
    try files.write("sweeps/inline.yaml", text.replacing(
        "imbalance, least_length", with: "{name: imbalance, value: \"u[0]^2-u[1]^2\"}, {name: least_length, value: norm(u), over: best}"))
    #expect(try files.plan("sweeps/inline.yaml").planFingerprint == plan.planFingerprint)
    let listed = try SweepPlanner.definitions(
        path: files.folder.appending(path: "definitions/measures.yaml").path, catalogue: KernelSelection.catalogue)
    #expect(listed.map(\.description.name) == ["imbalance", "least_length"] && listed.allSatisfy { $0.description.kind == .statistic })
    #expect(listed[0].text.hasPrefix("imbalance: {value:"))
    for (old, new, message) in [
        ("imbalance, l", "imbalanse, l", "did you mean imbalance?"), ("imbalance, l", "imbalance, imbalance, l", "is recorded twice"),
    ] {
        try files.write("sweeps/sweep.yaml", text.replacing(old, with: new))
        #expect(files.faults().count == 1 && files.faults()[0].contains(message), "\(files.faults())")
    }
    try files.write("sweeps/sweep.yaml", text)
    for (old, new, message) in [
        ("imbalance:", "im-balance:", "must be made of a-z, 0-9 and _"), ("imbalance:", "distance:", "is the name of a statistic of the catalogue"),
        ("value: \"norm", "valeu: \"norm", "is no definition of a statistic"), ("norm(u)", "norm(w)", "is not a known name, got w"),
        ("norm(u)", "outer(u, u)", "is a matrix"), ("over: best", "over: end of it", "record.over"), ("imbalance:", "steps:", "is the name of something else"),
        ("statistics:", "statistic:", "did you mean statistics?"),
    ] {
        try files.write("definitions/measures.yaml", measures.replacing(old, with: new))
        try files.write("sweeps/sweep.yaml", new == "steps:" ? text.replacing("imbalance", with: "steps") : text)
        let faults = files.faults()
        #expect(faults.contains { $0.contains(message) } && faults.count <= 3, "\(faults)")
    }
}
