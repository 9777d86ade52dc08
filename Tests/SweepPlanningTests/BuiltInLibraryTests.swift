import Foundation
import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

private func plan(_ text: String) throws -> PlannedSweep {
    try SweepPlanner.plan(
        text: "schema: 1\nname: built-in\nsteps: 5\nlearning_rate: 0.001\nrho: 0.1\n" + text, fileName: "sweep.yaml",
        catalogue: KernelSelection.catalogue)
}

private let own = """
    optimizers:
      gsam:
        step: x = x - learning_rate * grad(x)

    """

@Test func everyMemberOfTheLibraryIsReadHasAFormulaAndPlans() throws {
    let members = try SweepPlanner.builtInDefinitions(catalogue: KernelSelection.catalogue)
    let kinds: [ComponentKind] = [.problem, .optimizer, .rhoSchedule, .statistic]
    #expect(Set(members.map { "\($0.description.name)" }).count == Set(kinds.flatMap(BuiltInLibrary.names)).count)
    #expect(members.count > 40)
    for member in members {
        let description = member.description
        // What is measured needs no source.
        let isCited = description.kind == .statistic || !description.citation.isEmpty
        #expect(!description.summary.isEmpty && !description.formula.isEmpty && isCited, "\(description.name)")
        #expect(KernelSelection.catalogue.find(description.kind, description.name) == nil, "\(description.name)")
        // Files are found by their member's name.
        #expect(BuiltInLibrary.names(description.kind).contains(description.name))
        switch description.kind {
        case .problem:
            _ = try plan("optimizer: sgd\nrecord: [objective]\nproblem: \(description.name)\n"
                + (member.text.contains("x: dimension") ? "dimension: 3\n" : ""))
        case .learningRateSchedule, .rhoSchedule:
            _ = try plan("problem: {name: quadratic, eigenvalues: 1}\noptimizer: sgd\n\(description.kind.fieldName): \(description.name)\n")
        case .statistic:
            _ = try plan("problem: {name: quadratic, eigenvalues: 1}\noptimizer: sgd\nrecord: [\(description.name)]\n")
        default:
            #expect(member.gradientsPerStep != nil, "\(description.name)")
            _ = try plan("problem: rosenbrock\noptimizer: \(description.name)\n")
        }
    }
}

@Test func textsThatAResultHoldsGoBeforeTheLibrarysAndFingerprintsSeeThem() throws {
    let sweep = try plan("problem: {name: rosenbrock, b: 5}\noptimizer: [sgd, gsam]\n")
    #expect(sweep.sourceText.contains("samsweep:problems/rosenbrock.yaml") && sweep.sourceText.contains("alpha: 0.4"))
    let again = try SweepPlanner.plan(text: sweep.sourceText, fileName: "r.yaml", catalogue: KernelSelection.catalogue)
    #expect(again.planFingerprint == sweep.planFingerprint)
    let earlier = sweep.sourceText.replacing("+ b * (x[1] - x[0]^2)^2", with: "+ b * (x[0] - x[1]^2)^2")
    #expect(earlier != sweep.sourceText)
    let other = try SweepPlanner.plan(text: earlier, fileName: "r.yaml", catalogue: KernelSelection.catalogue)
    #expect(other.planFingerprint != sweep.planFingerprint)
}

@Test func definitionsOfOnesOwnGoBeforeTheLibrarys() throws {
    let sweep = try plan("problem: rosenbrock\noptimizer: [{name: gsam, step: x = x - learning_rate * grad(x)}]\n")
    #expect(!sweep.sourceText.contains("samsweep:optimizers/gsam.yaml"))
    #expect(sweep.ownAlgorithms.map(\.gradients) == [1])
    let file = FileManager.default.temporaryDirectory.appending(path: "own-\(UUID().uuidString).yaml")
    try Data(own.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let used = try plan("use: \(file.path)\nproblem: rosenbrock\noptimizer: gsam\n")
    #expect(!used.sourceText.contains("samsweep:optimizers/gsam.yaml"))
    #expect(used.ownAlgorithms.map(\.gradients) == [1])
    let parameters = "problem: rosenbrock\noptimizer: gsam\naxes: {optimizer.alpha: [0, 0.4]}\n"
    #expect(try plan(parameters).cellCount == 2)
}

@Test func filesOfTheLibraryAreNotUsedByPathAndMisspelledNamesAreHelped() throws {
    for (text, expected) in [
        ("use: samsweep:optimizers/gsam.yaml\nproblem: rosenbrock\noptimizer: gsam\n", "is a file of the program's own library"),
        ("problem: rosenbrok\noptimizer: sgd\n", "rosenbrock"),
        ("problem: rosenbrock\noptimizer: sgd\nrho_schedule: linea\n", "did you mean linear?"),
    ] {
        let error = #expect(throws: SweepFileError.self) { try plan(text) }
        #expect(error?.diagnostics.contains { $0.description.contains(expected) } ?? false, "\(text)")
    }
}
