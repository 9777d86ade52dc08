import KernelSelection
import PortableMath
@testable import SweepPlanning
import Testing
import TrialContract

@Test func preparedDataAreWhatTheySay() throws {
    let raw = Dataset(name: "raw", columns: 3, features: [1, 5, 2, 3, 5, 4, 5, 5, 9], targets: [2, 4, 4])
    let standard = raw.standardised()
    for j in 0..<3 {
        let column = (0..<3).map { standard.features[3 * $0 + j] }
        #expect(abs(column.reduce(0, +)) < 1e-15)
        #expect(abs(column.reduce(0) { $0 + $1 * $1 } - (j == 1 ? 0 : 3)) < 1e-14)
    }
    #expect(raw.withIntercept().features == [1, 5, 2, 1, 3, 5, 4, 1, 5, 5, 9, 1])
    #expect(raw.withIntercept().columns == 4)
    #expect(try raw.withSignTargets(for: "logistic").targets == [-1, 1, 1])
}

@Test(arguments: [
    ([1.0, 2, 3], "has 3 classes where logistic needs two: its targets are 1, 2, 3"),
    ([1.0, 1, 1], "has one class only: every target is 1"),
])
func theClassesFoundAreNamed(targets: [Double], message: String) {
    let error = #expect(throws: DataFileError.self) {
        try Dataset(name: "", columns: 1, features: [1, 2, 3], targets: targets).withSignTargets(for: "logistic")
    }
    #expect(error?.text == message)
}

private func described(_ problem: String) throws -> ComponentDescription {
    try #require(KernelSelection.catalogue.find(.problem, problem))
}

/// 1,000 examples, with a constant column unless `constant` is 0.
private func examples(_ constant: Double, scale: Double = 1) -> Dataset {
    let text = (0..<1000).map { i in
        let x = Double(7 * i % 31) / 10
        let label = i * i % 7 < 3 || x > 2 ? "+1" : "-1"
        return "\(label) 1:\(x * scale)" + (constant == 0 ? "" : " 2:\(constant)")
    }
    return try! DataFile.dataset(text.joined(separator: "\n"), name: "made up")
}

/// Minimisers by Newton's method and by the normal equations, smoothness by eigenvalues, in NumPy.
@Test(arguments: [0.1, 14.62, 1.0 / 3, 0, 2e300, 3e-310], [
    ("logistic", [0.66904947, 1.46010676], 0.26), ("least-squares", [0.21711946, 0.60594059], 1.01),
])
func aConstantColumnIsNoSecondIntercept(constant: Double, oracle: (String, [Double], Double)) throws {
    let (problem, minimiser, smoothness) = oracle
    for scale in [1, 1e200, 1e-200, 1e290] {
        let source = try DataSource(
            examples(constant, scale: scale), digest: "", problem: try described(problem),
            given: ["l2": 0.01, "standardise": 1, "intercept": 1])
        let found = source.minimum.minimiser
        #expect(abs(found[0] - minimiser[0]) < 1e-8 && abs((found.last ?? 0) - minimiser[1]) < 1e-8, "\(found)")
        if constant != 0 { #expect(found.count == 3 && found[1] == 0) }
        #expect(abs(source.minimum.smoothness - smoothness) < 1e-14, "\(source.minimum.smoothness)")
    }
}

/// -1 1:1.853 2:1e150 made the search for eigenvalues go on for ever.
@Test(arguments: ["-1 1:1.853 2:1e150", "-1 1:1e160 2:3\n1 1:2 2:1", "-1 1:1e300\n1 1:-1e300", "-1 1:1e-170 2:1\n1 2:3"])
func columnsOfExtremeSizeEnd(text: String) throws {
    let dataset = try DataFile.dataset(text, name: "made up")
    for problem in ["logistic", "least-squares"] {
        for standardise in [0.0, 1] {
            do {
                let source = try DataSource(
                    problem == "logistic" && dataset.rows == 1
                        ? Dataset(name: "", columns: 2, features: dataset.features + [1, 1], targets: [-1, 1]) : dataset,
                    digest: "", problem: try described(problem),
                    given: ["l2": 0.01, "standardise": standardise, "intercept": 1])
                #expect(source.minimum.minimiser.allSatisfy(\.isFinite) && source.minimum.smoothness.isFinite)
            } catch let error as LinearModelError {
                #expect("\(error)".contains("Standardise them") || "\(error)".contains("Give l2"), "\(error)")
            }
        }
    }
}
