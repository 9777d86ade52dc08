import PortableMath
import ScalingFits
import TrialContract
@testable import ClaimVerdicts

/// A result in memory: optimizers by rho, some trials, one statistic `y`.
struct FakeColumns: TrialColumns, Sendable {
    var optimizers = ["sgd", "m-sam"]
    var rhos = [0.0, 0.5, 1, 2]
    /// The name of the dimension of rho, where that is a zip.
    var zip: String?
    var trials = 100
    var sharesRandomNumbers = true
    /// By optimizer, rho and trial; NaN diverged.
    var y: @Sendable (Int, Double, Int) -> Double
    var isMissing: @Sendable (Int, Int) -> Bool = { _, _ in false }
    var isExcluded: @Sendable (Int) -> Bool = { _ in false }

    var dimensions: [GridDimension] {
        [
            GridDimension(name: "optimizer", values: .names(optimizers), longName: ""),
            zip.map { GridDimension(name: $0, values: .numbers(rhos.indices.map(Double.init)), longName: "", kind: .positions) }
                ?? GridDimension(name: "rho", values: .numbers(rhos), longName: ""),
        ]
    }
    var dependentCoordinates: [AuxiliaryCoordinate] = []
    var statistics: [String] { ["y"] }

    private func rows<Value>(_ cells: Range<Int>, _ body: (Int, Int) -> Value) -> [Value] {
        cells.flatMap { cell in (0..<trials).map { body(cell, $0) } }
    }

    private func value(_ cell: Int, _ trial: Int) -> Double {
        isMissing(cell, trial) ? .nan : y(cell / rhos.count, rhos[cell % rhos.count], trial)
    }

    func values(of statistic: String, cells: Range<Int>) -> [Double] { rows(cells, value) }

    func status(cells: Range<Int>) -> [UInt8] {
        rows(cells) { cell, trial in
            if isExcluded(cell) { return TrialStatus.excluded.rawValue }
            if isMissing(cell, trial) { return TrialStatus.missing.rawValue }
            return (value(cell, trial).isNaN ? TrialStatus.diverged : .finished).rawValue
        }
    }

    func stepsTaken(cells: Range<Int>) -> [Int64] { rows(cells) { _, _ in 7 } }
}

/// An expression as a closure of rho, the optimizer's position and the statistics.
struct Formula: CellExpression {
    var text: String
    var isCondition = false
    var statistics: [String] = []
    var dimensions: [Int] = [0, 1]
    /// Values of rho in `FakeColumns`.
    var rhos = [0.0, 0.5, 1, 2]
    var body: @Sendable (_ rho: Double, _ optimizer: Int, _ statistics: [Double]) -> Double

    func bound(to cell: Int) -> CellFunction {
        let (rho, optimizer) = (rhos[cell % rhos.count], cell / rhos.count)
        return { [body] in body(rho, optimizer, $0) }
    }

    static func number(_ value: Double) -> Formula {
        Formula(text: "\(value)", dimensions: []) { _, _, _ in value }
    }
    static let rho = Formula(text: "rho", dimensions: [1]) { rho, _, _ in rho }
    static let y = Formula(text: "y", statistics: ["y"], dimensions: []) { _, _, values in values[0] }

    static func select(_ condition: @escaping @Sendable (Double, Int) -> Bool) -> Formula {
        Formula(text: "selected", isCondition: true) { rho, optimizer, _ in condition(rho, optimizer) ? 1 : 0 }
    }
}

/// A standard normal number for each trial and cell, the same ones every time.
func noise(_ trial: Int, _ salt: Int = 0) -> Double {
    var words = SplitMix64(seed: UInt64(trial &* 1_000_003 &+ salt &* 7919 &+ 12345))
    // Twelve uniforms: variance 1, tails that do not matter here.
    return (0..<12).reduce(-6.0) { sum, _ in sum + Double(words.next() >> 11) * 0x1p-53 }
}

func claim(
    _ measure: ClaimMeasure, _ band: ClaimBand, where selection: Formula? = nil, minus positions: [Int: Int]? = nil,
    extreme: ClaimExtreme? = nil, confidence: Double = 0.99
) -> Claim {
    Claim(
        name: "claim", statement: "words", selection: selection, measure: measure,
        baseline: positions.map { ClaimBaseline(text: "base", positions: $0) }, extreme: extreme,
        expectation: .band(band), confidence: confidence)
}

func judge(_ claim: Claim, _ columns: FakeColumns) throws -> ClaimResult { try ClaimJudge(columns).judge(claim) }
