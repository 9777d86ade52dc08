import Foundation
import KernelSelection
import Testing
import TrialContract

/// A worked case: closed forms and independent numerics for SAM on quadratics.
struct OracleCase: Sendable, CustomTestStringConvertible {
    let id: String
    let optimizer: String
    let spectrum: Spectrum
    let rho: Double
    let learningRate: Double
    let sigma: Double
    let steps: Int
    let start: StartPoint
    let trials: Int
    let quantity: String
    let expected: Double
    let relative: Double
    let absolute: Double
    let standardError: Double?
    let decay: (exponent: Double, offset: Double)?
    let skew: Double?

    var testDescription: String { id }

    private static let names = [
        "det-SAM": "sam", "det-USAM": "usam", "SGD": "sgd", "n-SAM": "n-sam", "m-SAM": "m-sam", "n-USAM": "n-usam",
        "m-USAM": "m-usam",
    ]

    /// `nil` for problems other than the quadratic (B4 is the quadratic with skewed noise).
    init?(_ json: [String: Any]) {
        guard let problem = json["problem"] as? [String: Any], let type = problem["type"] as? String,
            type == "quadratic" || type == "B4", let optimizer = Self.names[json["optimiser"] as? String ?? ""],
            let tolerance = json["tolerance"] as? [String: Any]
        else { return nil }
        func number(_ key: String, _ from: [String: Any]? = nil) -> Double? {
            ((from ?? json)[key] as? NSNumber)?.doubleValue
        }
        id = json["id"] as? String ?? "?"
        self.optimizer = optimizer
        let values = problem["eigenvalues"] as? [Double] ?? [number("beta", problem) ?? 1]
        let multiplicities = problem["multiplicity"] as? [Int] ?? [1]
        spectrum = Spectrum(blocks: zip(values, multiplicities).map { EigenBlock(value: $0, multiplicity: $1) })
        rho = number("rho0") ?? number("rho") ?? 0
        learningRate = number("eta_c") ?? number("eta") ?? 0
        decay = number("rho_decay").map { ($0, number("eta_t0") ?? 0) }
        skew = number("q", problem)
        if let q = skew, let b = number("B", problem) {
            // +B with probability 1 - q is +s sqrt(q / (1 - q)).
            sigma = b / (q / (1 - q)).squareRoot()
        } else {
            sigma = number("sigma") ?? 0
        }
        steps = Int(number("T") ?? 0)
        start = (json["x0"] as? [Double]).map { .vector($0) } ?? .blocks(json["block_norms0"] as? [Double] ?? [])
        trials = Int(number("trials") ?? 1)
        quantity = json["quantity"] as? String ?? ""
        expected = number("expected") ?? .nan
        relative = number("rel", tolerance) ?? 0
        absolute = number("abs", tolerance) ?? 0
        if tolerance["kind"] as? String == "z" {
            standardError = (number("se", tolerance) ?? 0) + (number("ref_se", tolerance) ?? 0)
        } else {
            standardError = nil
        }
    }

    static let all: [OracleCase] = {
        guard let url = Bundle.module.url(forResource: "oracles", withExtension: "json", subdirectory: "Vectors"),
            let data = try? Data(contentsOf: url),
            let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let cases = json["cases"] as? [[String: Any]]
        else { return [] }
        return cases.compactMap { OracleCase($0) }
    }()
}

@Test func allOracleCasesOfTheQuadraticAreRead() {
    #expect(OracleCase.all.count == 15)
}

@Test(arguments: OracleCase.all, [NoisePrecision.double, .single])
func oracleIsMet(oracle: OracleCase, precision: NoisePrecision) throws {
    let trialClass = quadratic(
        oracle.optimizer, spectrum: oracle.spectrum,
        noise: oracle.skew != nil ? "skewed-two-point" : oracle.sigma > 0 ? "gaussian" : "none",
        noiseParameters: oracle.skew.map { ["q": $0] } ?? [:], precision: precision,
        steps: oracle.steps, start: oracle.start,
        learningRateSchedule: oracle.decay.map { ComponentChoice("inverse-time", ["offset": $0.offset]) }
            ?? ComponentChoice("constant"),
        rhoSchedule: oracle.decay.map { ComponentChoice("power", ["exponent": $0.exponent]) }
            ?? ComponentChoice("constant"),
        statistics: ["distance", "iterate"])
    let cell = CellParameters(
        learningRate: oracle.learningRate, rho: oracle.rho, noisePerCoordinate: oracle.sigma, streamKey: 20_231_030)
    let columns = try KernelSelection.kernel().outcomes(trialClass, [cell], trials: 0..<oracle.trials)
    let d = oracle.spectrum.dimension
    let distances = columns.values[0], iterates = columns.values[1]
    let measured: Double
    switch oracle.quantity {
    case "norm_x": measured = distances[0]
    case "x_coord_0": measured = iterates[0]
    case "abs_x_coord_2": measured = abs(iterates[2])
    case "mean_x": measured = iterates.reduce(0, +) / Double(oracle.trials)
    case "mean_sq_x": measured = distances.reduce(0) { $0 + $1 * $1 } / Double(oracle.trials)
    default:
        Issue.record("unknown quantity \(oracle.quantity)")
        return
    }
    #expect(columns.status.allSatisfy { $0 == TrialStatus.finished.rawValue })
    #expect(iterates.count == oracle.trials * d)
    let tolerance = oracle.standardError.map { 4.5 * $0 } ?? oracle.absolute + oracle.relative * abs(oracle.expected)
    #expect(abs(measured - oracle.expected) <= tolerance, "measured \(measured), expected \(oracle.expected)")
}
