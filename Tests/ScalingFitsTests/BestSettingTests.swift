import ScalingFits
import Testing
import TrialContract

/// Two optimizers over three learning rates, three trials each; one cell diverged, one was not run.
private struct Rates: TrialColumns {
    var dimensions = [
        GridDimension(name: "optimizer", values: .names(["a", "b"]), longName: ""),
        GridDimension(name: "learning_rate", values: .numbers([0.1, 0.2, 0.4]), longName: ""),
    ]
    var dependentCoordinates = [
        AuxiliaryCoordinate(name: "rate_squared", dimensions: ["learning_rate"], values: .numbers([0.01, 0.04, 0.16]), longName: "")
    ]
    var statistics = ["distance"]
    var trials = 3
    var sharesRandomNumbers = true
    var rows: [[Double]] = [[3, 4, 5], [1, 2, 3], [1.5, 2.25, 3.75], [2, 2, 2], [1, 1, 1], [9, 9, 9]]
    var states: [[UInt8]] = [[1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 2, 1], [3, 3, 3]]

    func values(of statistic: String, cells: Range<Int>) throws -> [Double] { cells.flatMap { rows[$0] } }
    func status(cells: Range<Int>) throws -> [UInt8] { cells.flatMap { states[$0] } }
    func stepsTaken(cells: Range<Int>) throws -> [Int64] { [] }
}

@Suite struct BestSettingTests {
    private func settings(_ columns: Rates, over: [String] = ["learning_rate"], confidence: Double = 0.95) throws -> [BestSetting] {
        try BestSearch(columns, over: over, response: "distance", confidence: confidence).settings()
    }

    @Test func theSmallestMeanWinsAndTheNextIsComparedTrialByTrial() throws {
        let found = try settings(Rates())[0]
        #expect(found.by["optimizer"] == .name("a"))
        #expect(found.best?.at["learning_rate"] == .number(0.2) && found.best?.mean == 2)
        #expect(found.best?.at["rate_squared"] == .number(0.04))
        #expect(found.runnerUp?.at["learning_rate"] == .number(0.4) && found.runnerUp?.mean == 2.5)
        // Differences 0.5, 0.25, 0.75: mean 0.5, standard error 0.25/sqrt(3); two places to pick from: t_{2}(1 - 0.05/4).
        let arm = 6.205346816570689 * 0.25 / 3.0.squareRoot()
        let interval = try #require(found.interval)
        #expect(abs(interval.lower - (0.5 - arm)) < 1e-9 && abs(interval.upper - (0.5 + arm)) < 1e-9)
        #expect(found.differs == false && found.isPaired && !found.isAtEnd)
        // The third place is worse by 2 in every trial.
        #expect(found.equals == [found.runnerUp!.at])
    }

    @Test func withoutCommonNumbersSamplesAreIndependent() throws {
        var columns = Rates()
        columns.sharesRandomNumbers = false
        let found = try settings(columns)[0]
        // Variances of the means 1/3 and 1.3125/3; Welch's degrees of freedom and t at 1 - 0.05/4.
        let variance = 1.0 / 3 + 1.3125 / 3
        let freedom = variance * variance / ((1.0 / 9 + 1.3125 * 1.3125 / 9) / 2)
        #expect(abs(freedom - 3.92826398) < 1e-6)
        let interval = try #require(found.interval)
        #expect(!found.isPaired && found.differs == false)
        // t with 3.928264 degrees of freedom lies between those with 3 and 4: 4.1765 and 3.4954.
        let t = (interval.upper - 0.5) / variance.squareRoot()
        #expect(t > 3.4954 && t < 3.6)
    }

    @Test func divergedPlacesAreLeftOutAndNamed() throws {
        let found = try settings(Rates())[1]
        #expect(found.best?.at["learning_rate"] == .number(0.1) && found.runnerUp == nil)
        #expect(found.diverged.map { $0["learning_rate"] } == [.number(0.2)])
        #expect(found.differs == nil && found.isAtEnd)
    }

    @Test func severalAxesAreSearchedTogether() throws {
        let found = try settings(Rates(), over: ["optimizer", "rate_squared"])
        #expect(found.count == 1 && found[0].best?.mean == 2)
        #expect(found[0].best?.at["optimizer"] == .name("a") || found[0].best?.at["optimizer"] == .name("b"))
        // a at 0.2 and b at 0.1 have the mean 2: the first of equals is the best, and they do not differ.
        #expect(found[0].best?.at["optimizer"] == .name("a") && found[0].differs == false)
    }

    @Test func badRequestsAreExplained() {
        #expect(throws: ScalingFitsError.invalidConfidence(1)) { try settings(Rates(), confidence: 1) }
        #expect(throws: ScalingFitsError.unknownDimension(
            "rho", option: "over", known: ["optimizer", "learning_rate", "rate_squared"])
        ) { try settings(Rates(), over: ["rho"]) }
        #expect(throws: ScalingFitsError.self) {
            try BestSearch(Rates(), over: ["learning_rate"], response: "excess", confidence: 0.9)
        }
    }
}
