import Foundation
import KernelSelection
@testable import SweepPlanning
import Testing
import TrialContract

private let sweeps = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sweeps").path

private func text(_ problem: String, _ more: String = "", axes: String = "learning_rate: [0.1]") -> String {
    "schema: 1\nname: data\nproblem: \(problem)\noptimizer: m-sam\nsteps: 10\naxes: {\(axes)}\n\(more)\n"
}

private func plan(_ text: String) throws -> PlannedSweep {
    try SweepPlanner.plan(text: text, fileName: sweeps + "/sweep.yaml", catalogue: KernelSelection.catalogue)
}

private func fault(_ text: String) -> String {
    do { _ = try plan(text) } catch { return "\(error)" }
    return "none"
}

private let cancer = "{name: logistic, data: data/breast-cancer.svm}"

@Test func libsvmTextIsReadWithZerosWhereNothingStands() throws {
    let data = try DataFile.dataset("# made up\n+1 1:0.5 3:-2e1\n\n-1 2:4 # last\n", name: "a")
    #expect(data.targets == [1, -1] && data.columns == 3 && data.features == [0.5, 0, -20, 0, 4, 0])
    // As other systems write it.
    let other = try DataFile.dataset("\u{FEFF}# made up\r\n+1 1:0.5 3:-2e1 # c\r\n\r\n-1 2:4\r\n", name: "a")
    #expect(other.targets == data.targets && other.features == data.features)
    for bad in ["", "# nothing\n", "x 1:1\n", "1 0:1\n", "1 2:1 1:1\n", "1 1:1 1:2\n", "1 1\n", "1 1:nan\n", "1\n"] {
        #expect(throws: DataFileError.self) { try DataFile.dataset(bad, name: "a") }
    }
}

@Test func libsvmTextMayBeginAtZeroAndLeaveOutDigits() throws {
    let data = try DataFile.dataset("+1 0:.5 2:-2.\n-1 1:  .50\t2:+4e0\r1 0:007\n", name: "a", isZeroBased: true)
    #expect(data.columns == 3 && data.features == [0.5, 0, -2, 0, 0.5, 4, 7, 0, 0] && data.targets == [1, -1, 1])
    let error = #expect(throws: DataFileError.self) { try DataFile.dataset("1 0:1 1:2\n", name: "a") }
    #expect(error?.text.contains("zero_based: true") == true)
}

/// What is too large is refused before anything of its size is asked for; what is damaged is not read as something else.
@Test(arguments: [
    ("1 20000000:1", "line 1: index 20000000: more than 10000 columns"),
    ("1 1:1\n-1 9223372036854775807:1", "line 2: index 9223372036854775807: more than"),
    ("1 4177197833204390623:1\n1 1:1", "line 1: index 4177197833204390623: more than"),
    ("1 18446744073709551616:1", "line 1: index 18446744073709551616: more than"),
    ("1 1:1\u{0}2", "line 1: 1:1\\x002 is no finite number"), ("1\u{0}3 1:1", "line 1: 1\\x003 is not a number"),
    ("1 1:0x10", "line 1: 1:0x10 is no finite number"), ("1 1:1e400", "1:1e400 is no finite number"),
    ("1 1:1e-400", "line 1: 1e-400 is too small"), ("1 1:1e", "no finite number"), ("1 1:.", "no finite number"),
    ("1 1:", "no finite number"), ("1 qid:3 1:2", "qid:3 is not INDEX:VALUE"), ("1 2:1 1:1", "index 1 after 2"),
    ("1 1:\u{1B}[31m", "1:\\x1b[31m is no finite number"),
    ((0..<5001).map { _ in "1" }.joined(separator: "\n") + "\n1 10000:1", "more than the 50000000 numbers"),
])
func hostileDataTextIsRefused(text: String, message: String) {
    let error = #expect(throws: DataFileError.self) { try DataFile.dataset(text, name: "a") }
    #expect(error?.text.contains(message) == true, "\(error?.text ?? "")")
}

@Test func theShippedDataHaveAMinimiserThatTheResultHolds() throws {
    let sweep = try plan(text(cancer))
    let (trialClass, _) = try #require(try cell(sweep, 0))
    let sum = try #require(trialClass.finiteSum)
    #expect(sum.dataset.rows == 569 && sum.dataset.columns == 31 && trialClass.dimension == 31 && sum.l2 == 0.01)
    #expect(sum.dataset.targets.count { $0 == 1 } == 357)
    let parameters = Dictionary(uniqueKeysWithValues: sweep.fixedParameters.map { ($0.name, $0.value) })
    #expect(parameters["minimiser"] == .numbers(sum.minimiser))
    // The gradient there, plainly: the mean of -b a / (1 + exp(b z)), and the penalty's.
    var gradient = sum.minimiser.map { 0.01 * $0 }
    for (row, b) in sum.dataset.targets.enumerated() {
        let a = sum.dataset.features[row * 31..<row * 31 + 31]
        let z = zip(a, sum.minimiser).reduce(0) { $0 + $1.0 * $1.1 }
        for (column, value) in a.enumerated() { gradient[column] -= b * value / (1 + exp(b * z)) / 569 }
    }
    #expect(gradient.reduce(0) { $0 + $1 * $1 }.squareRoot() < 1e-13)
    guard case .numbers(let norm)? = parameters["minimiser_relative_gradient_norm"] else { throw CancellationError() }
    #expect(norm[0] <= 1e-14)
}

@Test func parametersDecideTheDataAndTheFingerprint() throws {
    func dimension(_ problem: String) throws -> Int { try #require(try cell(plan(text(problem)), 0)).0.dimension }
    #expect(try dimension("{name: least-squares, data: data/breast-cancer.svm, intercept: false, l2: 0.1}") == 30)
    let base = try plan(text(cancer)).sweepFingerprint
    #expect(try plan(text("{name: logistic, data: ./data/../data/breast-cancer.svm}")).sweepFingerprint == base)
    #expect(try plan(text("{name: logistic, data: data/breast-cancer.svm, l2: 0.02}")).sweepFingerprint != base)
    let rate = try plan(text(cancer, "derive: {rho: strong_convexity / smoothness}"))
    #expect(try #require(try cell(rate, 0)).1.rho > 0)
    let batches = try plan(text(cancer, axes: "learning_rate: [0.1], problem.batch: [1, 569]"))
    #expect(try #require(try cell(batches, 1)).0.problem.parameters["batch"] == 569)
}

@Test(arguments: [
    ("logistic", "needs data"), ("{name: logistic}", "needs data"),
    ("{name: logistic, data: data/none.svm}", "data/none.svm was looked at"),
    ("{name: logistic, data: data/README.md}", "is not a number"),
    ("{name: logistic, data: data/breast-cancer.svm, replacement: 1}", "must be true or false"),
    ("{name: logistic, data: data/breast-cancer.svm, batch: 570}", "larger than the data"),
    ("[{name: logistic, data: data/breast-cancer.svm}]", "only problem"),
    ("{name: quadratic, eigenvalues: 1, data: data/breast-cancer.svm}", "unknown key"),
])
func mistakesWithDataAreNamed(problem: String, message: String) {
    #expect(fault(text(problem)).contains(message), "\(fault(text(problem)))")
}

@Test func theMinimiserHasOneSetOfParameters() {
    #expect(fault(text(cancer, axes: "learning_rate: [0.1], problem.l2: [0.1, 0.2]")).contains("cannot be swept"))
    #expect(fault(text(cancer, axes: "learning_rate: [0.1], dimension: [30]")).contains("does not match the data"))
}
