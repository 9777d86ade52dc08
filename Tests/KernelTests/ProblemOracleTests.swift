import Foundation
import KernelSelection
import Testing
import TrialContract

/// A worked case on a problem other than the quadratic.
struct ProblemOracle: Sendable, CustomTestStringConvertible {
    let id: String
    let problem: ProblemCase
    let optimizer: String
    let rho: Double
    let learningRate: Double
    let steps: Int
    let start: [Double]
    let trials: Int
    let quantity: String
    let expected: Double
    let tolerance: Double

    var testDescription: String { id }

    init?(_ json: [String: Any]) {
        guard let problem = json["problem"] as? [String: Any], let tolerance = json["tolerance"] as? [String: Any],
            let optimizer = ["det-SAM": "sam", "m-SAM": "m-sam"][json["optimiser"] as? String ?? ""],
            let name = ["sine": "sine", "B1": "trap", "C2": "huber-trap", "B3": "two-quadratics"][
                problem["type"] as? String ?? ""]
        else { return nil }
        func number(_ key: String, _ from: [String: Any]) -> Double? { (from[key] as? NSNumber)?.doubleValue }
        let renamed = ["beta": "smoothness", "rho0": "rho0", "c1": "c1", "c2": "c2", "a1": "a1", "a2": "a2", "K": "K"]
        var parameters: [String: Double] = [:]
        for (key, own) in renamed { parameters[own] = number(key, problem) }
        id = json["id"] as? String ?? "?"
        self.problem = ProblemCase(name, parameters, smoothness: 1)
        self.optimizer = optimizer
        rho = number("rho", json) ?? .nan
        learningRate = number("eta", json) ?? .nan
        steps = Int(number("T", json) ?? 0)
        start = json["x0"] as? [Double] ?? []
        trials = Int(number("trials", json) ?? 1)
        quantity = json["quantity"] as? String ?? ""
        expected = number("expected", json) ?? .nan
        self.tolerance = tolerance["kind"] as? String == "z"
            ? 4.5 * (number("se", tolerance) ?? 0) : abs(expected) * (number("rel", tolerance) ?? 0)
    }

    static let all: [ProblemOracle] = {
        guard let url = Bundle.module.url(forResource: "oracles", withExtension: "json", subdirectory: "Vectors"),
            let data = try? Data(contentsOf: url),
            let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let cases = json["cases"] as? [[String: Any]]
        else { return [] }
        return cases.compactMap { ProblemOracle($0) }
    }()
}

@Test func allOracleCasesOfOtherProblemsAreRead() {
    #expect(ProblemOracle.all.count == 7)
}

@Test(arguments: ProblemOracle.all)
func problemOracleIsMet(oracle: ProblemOracle) throws {
    let columns = try KernelSelection.kernel().outcomes(
        oracle.problem.trialClass(
            oracle.optimizer, steps: oracle.steps, start: .vector(oracle.start),
            statistics: ["iterate", "gradient_norm"]),
        [cell(learningRate: oracle.learningRate, rho: oracle.rho, key: 20_231_030)], trials: 0..<oracle.trials)
    let iterates = columns.values[0]
    let measured: [Double]
    switch oracle.quantity {
    case "x_coord_0": measured = [iterates[0]]
    case "abs_grad": measured = [columns.values[1][0]]
    case "x_coord_0_all_trials": measured = iterates
    case "mean_x": measured = [iterates.reduce(0, +) / Double(oracle.trials)]
    case "mean_sq_x": measured = [iterates.reduce(0) { $0 + $1 * $1 } / Double(oracle.trials)]
    default: measured = [.nan]
    }
    for value in measured {
        #expect(abs(value - oracle.expected) <= oracle.tolerance, "measured \(value), expected \(oracle.expected)")
    }
}
