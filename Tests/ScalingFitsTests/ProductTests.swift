import PortableMath
import Testing
import TrialContract

@testable import ScalingFits

/// A grid over rho, learning_rate and dimension with distance² = 3 rho^1.5 lr^0.5 d^1 times noise.
private struct GridColumns: TrialColumns {
    var trials = 32
    var sharesRandomNumbers = true
    var scatter = 1.0
    var seed: UInt32 = 1
    let dimensions = [
        GridDimension(name: "optimizer", values: .names(["n-sam", "m-sam"]), longName: ""),
        GridDimension(name: "dimension", values: .numbers([1, 10, 100]), longName: ""),
        GridDimension(name: "learning_rate", values: .numbers([0.01, 0.1]), longName: ""),
        GridDimension(name: "rho", values: .numbers([0, 0.01, 0.1, 1]), longName: ""),
    ]
    let dependentCoordinates = [
        AuxiliaryCoordinate(name: "noise", dimensions: ["dimension"], values: .numbers([1, 2, 4]), longName: ""),
        AuxiliaryCoordinate(name: "twice", dimensions: ["rho"], values: .numbers([0, 0.02, 0.2, 2]), longName: ""),
    ]
    let statistics = ["distance"]

    func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        let noise = SyntheticNoise(seed: seed)
        return cells.flatMap { cell in
            let place = coordinates(ofCell: cell).dropFirst().map { value -> Double in
                if case .number(let number) = value { number } else { 0 }
            }
            let law = 3 * PortableMath.pow(place[2], 1.5) * place[1].squareRoot() * place[0] * (cell < 24 ? 1 : 2)
            return (0..<trials).map { trial in
                let factor = noise.gamma(trial, sharesRandomNumbers ? 0 : cell, freedom: 2)
                return (law * (1 - scatter + scatter * factor)).squareRoot()
            }
        }
    }

    func status(cells: Range<Int>) throws -> [UInt8] { Array(repeating: 1, count: cells.count * trials) }
    func stepsTaken(cells: Range<Int>) throws -> [Int64] { Array(repeating: 1, count: cells.count * trials) }
}

@Suite struct ProductTests {
    private func laws(
        _ columns: GridColumns, _ regressors: [String]? = nil, by: [String]? = nil
    ) throws -> [ProductOutcome] {
        try ProductSession(columns, regressors: regressors, request: FitRequest(by: by)).outcomes()
    }

    private func law(_ outcome: ProductOutcome) throws -> ProductLaw {
        guard case .law(let law) = outcome else { throw ScalingFitsError.noTrials }
        return law
    }

    @Test func exactProductIsRecovered() throws {
        let outcomes = try laws(GridColumns(scatter: 0))
        #expect(outcomes.count == 2)
        let law = try law(outcomes[1])
        #expect(law.by.description == "optimizer = m-sam" && law.cells == 18)
        #expect(law.regressors.map(\.name) == ["dimension", "learning_rate", "rho"])
        #expect(zip(law.regressors, [1, 0.5, 1.5]).allSatisfy { abs($0.exponent - $1) < 1e-9 })
        #expect(abs(law.prefactor - 6) < 1e-8 && law.deviation < 1e-6)
        #expect(law.warnings.contains { $0.contains("6 cells at zero of a regressor") })
        #expect(law.regressors.allSatisfy { $0.interval == nil })
    }

    @Test func intervalsFollowTheTrialsThatCellsShare() throws {
        // With the same noise everywhere the exponents are exact and the prefactor is not.
        let shared = try law(try laws(GridColumns())[0])
        #expect(shared.regressors.allSatisfy { $0.standardError! < 1e-9 })
        #expect(try #require(shared.prefactorInterval).width > 0.5)
        var (hits, all) = (0, 0)
        for seed in 0..<40 {
            let own = try law(try laws(GridColumns(sharesRandomNumbers: false, seed: UInt32(seed)))[0])
            for (regressor, truth) in zip(own.regressors, [1, 0.5, 1.5]) {
                all += 1
                if regressor.interval!.contains(truth) { hits += 1 }
            }
        }
        #expect(Double(hits) / Double(all) > 0.88, "\(hits) of \(all)")
    }

    @Test func derivedQuantitiesMayBeRegressors() throws {
        let law = try law(try laws(GridColumns(scatter: 0), ["twice", "learning_rate", "dimension"])[0])
        #expect(abs(law.regressors[0].exponent - 1.5) < 1e-9)
        #expect(abs(law.prefactor - 3 / PortableMath.pow(2, 1.5)) < 1e-8)
    }

    @Test func regressorsThatCannotBeToldApartAreNamed() throws {
        guard case .unfit(let group) = try laws(GridColumns(scatter: 0), ["rho", "twice"])[0] else {
            Issue.record("fitted")
            return
        }
        #expect(group.reason.contains("follows from the others") && group.reason.contains("optimizer = n-sam"))
    }

    @Test func aGridThatIsNoProductSaysSo() throws {
        // Both optimizers together differ by a factor of 2.
        let pooled = try law(try laws(GridColumns(scatter: 0.1), by: [])[0])
        #expect(pooled.warnings.contains { $0.contains("does not follow one product") })
        #expect(abs(pooled.deviation - 0.36) < 0.02)
    }

    @Test func requestsThatFitNothingAreErrors() {
        #expect(throws: ScalingFitsError.excessOfProduct) {
            try ProductSession(GridColumns(), regressors: nil, request: FitRequest(response: "excess"))
        }
        #expect(throws: ScalingFitsError.axisOfNames("optimizer")) {
            try ProductSession(GridColumns(), regressors: ["optimizer"], request: FitRequest())
        }
        #expect(throws: ScalingFitsError.self) {
            try ProductSession(GridColumns(), regressors: ["rho"], request: FitRequest(by: ["rho"]))
        }
    }
}
