import PortableMath
import Testing
import TrialContract

@testable import ScalingFits

@Suite struct CrossingTests {
    private let x = (0...8).map { PortableMath.pow(10, Double($0) / 4 - 1) }

    private func search(_ first: [[Double]], _ second: [[Double]], paired: Bool) -> [Crossing] {
        CrossingSearch(
            x: x, first: first, second: second, isPaired: paired, secondIsShared: false, confidence: 0.95, isScattered: true
        ).crossings
    }

    /// first - second = x (x - 3)/(1 + x) times noise of mean 1: crosses at 3.
    private func sweep(_ seed: UInt32, paired: Bool, trials: Int = 64) -> (first: [[Double]], second: [[Double]]) {
        let noise = SyntheticNoise(seed: seed)
        func trial(_ number: Int, _ place: Int, _ stream: Int) -> Double {
            noise.gamma(number, paired ? stream : 3 * place + stream, freedom: 4)
        }
        let second = x.indices.map { place in (0..<trials).map { 5 * trial($0, place, 1) } }
        let first = x.enumerated().map { place, x in
            (0..<trials).map { number in
                (paired ? second[place][number] : 5 * trial(number, place, 2)) + x * (x - 3) / (1 + x) * trial(number, place, 0)
                    + (paired ? 0.2 * (trial(number, place, 4) - 1) * x : 0)
            }
        }
        return (first, second)
    }

    /// In 95 % of 60 sweeps, within binomial limits.
    @Test(arguments: [true, false]) func confidenceSetsHoldTheCrossing(paired: Bool) {
        var (found, held, widths) = (0, 0, 0.0)
        for seed in 0..<60 {
            let (first, second) = sweep(UInt32(seed), paired: paired, trials: paired ? 64 : 512)
            let crossings = search(first, second, paired: paired)
            guard crossings.count == 1, let interval = crossings[0].interval else { continue }
            #expect(crossings[0].isUpward && interval.contains(crossings[0].x))
            found += 1
            held += interval.contains(3) ? 1 : 0
            widths += interval.width
        }
        #expect(found >= 55 && held >= CoverageTests.fewest(found, 0.95), "\(held) of \(found)")
        #expect(widths / Double(found) < 2)
    }

    /// Without noise the cubic through four points finds the root of x (x - 3)/(1 + x) between cells of ratio 1.8 to a thousandth.
    @Test func interpolationFollowsABend() {
        let first = x.map { x in [x * (x - 3) / (1 + x) + 5, x * (x - 3) / (1 + x) + 5] }
        let found = CrossingSearch(
            x: x, first: first, second: x.map { _ in [5, 5] }, isPaired: true, secondIsShared: true, confidence: 0.95,
            isScattered: false
        ).crossings
        #expect(found.count == 1 && abs(found[0].x - 3) < 0.01 && found[0].interval == nil)
    }

    @Test func equalResponsesDoNotCross() {
        let (_, second) = sweep(1, paired: true)
        #expect(search(second, second, paired: true).isEmpty)
    }
}

/// Two optimizers over three rhos, four trials.
private struct Pair: TrialColumns {
    var dimensions = [
        GridDimension(name: "optimizer", values: .names(["a", "b", "c"]), longName: ""),
        GridDimension(name: "rho", values: .numbers([0, 1, 2]), longName: ""),
    ]
    var dependentCoordinates: [AuxiliaryCoordinate] = []
    var statistics = ["distance"]
    var trials = 4
    var sharesRandomNumbers = true
    var rows: [[Double]] = [
        [1, 2, 3, 4], [1, 1, 2, 2], [9, 8, 9, 10], [1, 2, 3, 4], [2, 2, 2, 4], [3, 3, 4, 4], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1],
    ]
    var states: [[UInt8]] = [
        [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 2, 1], [0, 0, 0, 0], [0, 0, 0, 0], [3, 3, 3, 3],
    ]

    func values(of statistic: String, cells: Range<Int>) throws -> [Double] { cells.flatMap { rows[$0] } }
    func status(cells: Range<Int>) throws -> [UInt8] { cells.flatMap { states[$0] } }
    func stepsTaken(cells: Range<Int>) throws -> [Int64] { cells.flatMap { _ in Array(repeating: 1, count: trials) } }
}

@Suite struct PairComparisonTests {
    private func compare(_ columns: Pair, _ a: String = "a", _ b: String = "b") throws -> PairComparison {
        try PairSearch(columns, over: "optimizer", pair: (a, b), response: "distance", against: "rho", confidence: 0.95).comparison()
    }

    @Test func trialsAreComparedInPairsAndCorrectedForAllPlaces() throws {
        let found = try compare(Pair())
        #expect(found.places.count == 3 && found.isPaired && found.against == "rho")
        // The same in every trial.
        #expect(found.places[0].difference == 0 && found.places[0].probability == 1 && found.places[0].shareNearer == 0.5)
        // Differences -1, -1, 0, -2: mean -1, standard error sqrt(2/3)/2. Squares 0, 0, 1, 1 around it: S = 2, fourths 2,
        // Var(S) = 2 - 4/4 = 1, freedom 2·4/1 = 8, at most 3. scipy.stats.t.ppf(0.975, 3) = 3.182446305284263.
        let second = found.places[1]
        #expect(second.first == 1.5 && second.second == 2.5 && second.difference == -1 && second.shareNearer == 0.875)
        let error = (2.0 / 3).squareRoot() / 2
        let interval = try #require(second.interval)
        #expect(abs(interval.upper - (-1 + 3.182446305284263 * error)) < 1e-9)
        // 2 scipy.stats.t.sf(1/0.408248, 3) = 0.0917.
        #expect(abs(try #require(second.probability) - 0.0917) < 1e-4)
        #expect(abs(try #require(second.ratio) - 0.6) < 1e-15)
        // Three trials finished in both; 6, 5 and 6 further away.
        let third = found.places[2]
        #expect(third.trials == 3 && abs(third.difference - 17.0 / 3) < 1e-12 && third.shareNearer == 0)
        let adjusted = try found.places.map { try #require($0.adjusted) }
        #expect(abs(adjusted[2] - 3 * (try #require(third.probability))) < 1e-12)
        #expect(found.nearer(third) == .name("b") && found.nearer(second) == nil)
    }

    @Test func placesThatWereNotRunAreLeftOutAndNamesAreChecked() throws {
        #expect(try compare(Pair(), "a", "c").places.isEmpty)
        #expect(throws: ScalingFitsError.unknownValue("d", of: "optimizer", known: ["a", "b", "c"])) { try compare(Pair(), "a", "d") }
        #expect(throws: ScalingFitsError.sameValue("a", of: "optimizer")) { try compare(Pair(), "a", "a") }
    }

    @Test func independentSamplesAreWelchs() throws {
        var columns = Pair()
        columns.sharesRandomNumbers = false
        let found = try compare(columns)
        #expect(!found.isPaired && found.places[1].shareNearer == nil)
        let interval = try #require(found.places[1].interval)
        // Variances of the means 1/12 and 1/4.
        #expect(abs(interval.lower + interval.upper + 2) < 1e-12 && interval.width > 2 * 2 * (1.0 / 3).squareRoot())
    }

    @Test func excessesAreOverTheSameTrialAtZero() throws {
        let derived = try DerivedStatistics(Pair(), names: ["distance_squared", "excess", "excess_distance"], against: "rho")
        #expect(try derived.values(of: "distance_squared", cells: 1..<2) == [1, 1, 4, 4])
        #expect(try derived.values(of: "excess", cells: 0..<2) == [0, 0, 0, 0, 0, -3, -5, -12])
        let third = try derived.values(of: "excess_distance", cells: 5..<6)
        #expect(third[0] == 2 && third[1] == 1 && third[2].isNaN && third[3] == 0)
        #expect(throws: ScalingFitsError.axisOfNames("optimizer")) {
            try DerivedStatistics(Pair(), names: ["excess"], against: "optimizer")
        }
    }
}

@Suite struct PrecisionTests {
    /// A half width four times as large as wanted needs sixteen times the trials; none below the fewest that have intervals.
    @Test func trialsGrowWithTheSquare() throws {
        let table = Synthetic.noisy(seed: 3, trials: 64, common: false) { $0 * $0 }
        let outcome = try ScalingFitter.fit(table, options: FitOptions(model: "power", bootstrapResamples: 400))
        let fit = try #require(outcome.fitted)
        let interval = try #require(fit.exponentInterval)
        let half = max(interval.upper - fit.exponent!, fit.exponent! - interval.lower)
        let need = try #require(PrecisionNeed.of([outcome], target: half / 4).first)
        #expect(need.present == 64 && need.cells == 13 && need.trials == 1024 && need.total == 13 * 1024)
        #expect(need.further == 13 * 960)
        #expect(PrecisionNeed.of([outcome], target: 100).first?.trials == 32)
        #expect(PrecisionNeed.of([outcome], target: 100).first?.further == 0)
    }

    /// An independent bootstrap of 1,024 trials has a quarter of the half width that 64 trials have, to a fifth.
    @Test func theForecastComesTrue() throws {
        func half(_ trials: Int) throws -> Double {
            let widths = try (0..<8).map { seed in
                let table = Synthetic.noisy(seed: 40 + UInt32(seed), trials: trials, common: false) { $0 * $0 }
                let fit = try #require(
                    try ScalingFitter.fit(table, options: FitOptions(model: "power", bootstrapResamples: 400, window: .all)).fitted)
                return try #require(fit.exponentInterval).width
            }
            return widths.reduce(0, +)
        }
        let ratio = try half(1024) / half(64)
        #expect(abs(ratio - 0.25) < 0.05, "\(ratio)")
    }
}
