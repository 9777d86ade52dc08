import PortableMath
import Testing

@testable import ScalingFits

/// What a fit says where no law holds, where nothing depends on the abscissa, and where the data cannot tell.
@Suite struct HonestyTests {
    private func fit(
        _ table: ResponseTable, model: String = FitOptions.automatic, window: FitWindow = .automatic
    ) throws -> ScalingFit {
        try #require(try ScalingFitter.fit(
            table, options: FitOptions(model: model, bootstrapResamples: 400, window: window)).fitted)
    }

    /// Stationary E|x|² of m- or n-SAM on a quadratic in d dimensions, leading order in h (theory: (h/2)(d + 2pdk + p²)/(1 + pk)),
    /// with scatter that all cells share but for what the law makes of it.
    private func sam(seed: UInt32, dimension: Double, descendsOnTheSameSample: Bool, trials: Int = 256) -> ResponseTable {
        let rhos = [0] + (0...16).map { PortableMath.pow(10, Double($0) / 4 - 2) }
        let kappa = dimension == 1 ? 0.797_884_560_802_865 : 1 / dimension.squareRoot()
        let noise = SyntheticNoise(seed: seed)
        return ResponseTable(
            group: GroupKey([:]),
            points: rhos.map { p in
                let drive = dimension + p * p + (descendsOnTheSameSample ? 2 * p * dimension * kappa : 0)
                let mean = 0.025 * drive / (1 + p * kappa)
                return ResponsePoint(x: p, responses: (0..<trials).map { trial in
                    let common = noise.gamma(trial, 0, freedom: 4)
                    let own = noise.gamma(trial, 1, freedom: 4)
                    // Two sources that the abscissa mixes: neighbouring cells are nearly the same.
                    let share = p / (10 + p)
                    return mean * (common + 0.1 * share * (own - 1))
                })
            }, sharesRandomNumbers: true)
    }

    /// n-SAM dips below SGD, crosses it at rho = E|xi| and is no power law anywhere.
    @Test func aDipAndACrossingAreNoLaw() throws {
        var held = 0
        for seed in 0..<20 {
            let fit = try fit(sam(seed: 900 + UInt32(seed), dimension: 100, descendsOnTheSameSample: false))
            #expect(fit.outcome == .noLaw && fit.model == nil && fit.exponent == nil && fit.floor == nil)
            let contrast = try #require(fit.contrast)
            #expect(try #require(contrast.dip).relative < -0.1)
            // Leading order: p = d kappa = sqrt(d).
            #expect(contrast.crossings.count == 1 && contrast.crossings[0].isUpward)
            let crossing = contrast.crossings[0]
            #expect(abs(crossing.x - 10) < 1)
            if try #require(crossing.interval).contains(10) { held += 1 }
            let range = try #require(fit.localRange)
            #expect(range.least.slope < 0 && range.largest.slope > 0.9)
        }
        #expect(held >= CoverageTests.fewest(20, 0.95), "\(held) of 20")
    }

    /// A law that passes near every mean and contradicts the differences of neighbouring cells is not accepted.
    @Test func aFloorAndASquareAreNotTheLawOfMSAM() throws {
        for seed in 0..<5 {
            let table = sam(seed: 800 + UInt32(seed), dimension: 1, descendsOnTheSameSample: true)
            #expect(try fit(table, model: "quadratic+floor", window: .all).outcome == .noLaw)
            #expect(try fit(table, model: "power+floor", window: .all).outcome == .noLaw)
            for point in try fit(table).curve { #expect(abs(point.residual ?? 0) <= 4.5) }
        }
    }

    @Test(arguments: [0.3, 0.0]) func bitIdenticalCellsAreConstant(level: Double) throws {
        let noise = SyntheticNoise(seed: 3)
        let table = ResponseTable(
            group: GroupKey([:]),
            points: ([0] + Synthetic.rhos).map { x in
                ResponsePoint(x: x, responses: (0..<64).map { level * noise.gamma($0, 0) })
            }, sharesRandomNumbers: true)
        for model in [FitOptions.automatic, "power+floor", "polynomial", "quadratic+floor"] {
            let fit = try fit(table, model: model)
            #expect(fit.outcome == .constant && fit.model == "constant" && fit.exponent == nil && fit.prefactor == nil)
            #expect(fit.warnings.contains { $0.contains("does not depend on rho") } && !fit.notes.contains(.mixture))
            if level > 0 { #expect(try #require(fit.floorInterval).contains(0.3)) }
        }
        if level > 0 {
            let power = try fit(table, model: "power")
            #expect(abs(try #require(power.exponent)) < 1e-6)
        }
    }

    /// c0 + C rho² in expectation, every trial a polynomial of the same three numbers: rank 3.
    @Test func theRankIsCounted() throws {
        var (polynomials, largest) = (0, 0.0)
        for seed in 0..<40 {
            let noise = SyntheticNoise(seed: 7000 + UInt32(seed))
            let table = ResponseTable(
                group: GroupKey([:]),
                points: ([0] + Synthetic.rhos).map { x in
                    ResponsePoint(x: x, responses: (0..<128).map { trial in
                        // x = a + b rho with independent a, b of mean 0.
                        let (a, b) = (noise.gamma(trial, 0) - 1, noise.gamma(trial, 1) - 1)
                        return (a + b * x) * (a + b * x)
                    })
                }, sharesRandomNumbers: true)
            let fit = try fit(table)
            if fit.model == "polynomial" { polynomials += 1 }
            largest = max(largest, fit.reducedChiSquared ?? 0)
            if fit.model == "power+floor" { #expect(abs(try #require(fit.exponent) - 2) < 1) }
        }
        #expect(polynomials <= 4, "\(polynomials) of 40")
    }

    @Test func anExponentAtTheEndOfTheSearchIsNone() throws {
        let fit = try fit(Synthetic.noisy((1...12).map { 0.5 + Double($0) / 10 }, seed: 4, trials: 64, common: true) {
            PortableMath.pow($0, 30)
        }, model: "power")
        #expect(fit.outcome == .noLaw && fit.exponent == nil)
        #expect(fit.warnings.contains { $0.contains("ran to its end") })
    }

    /// y = x² - 0.3 on x in 0.6 … 1: the best floor is negative, distances are not.
    @Test func distancesHaveNoNegativeFloor() throws {
        let table = Synthetic.noisy((0...8).map { 0.6 + Double($0) / 20 }, seed: 6, trials: 256, common: true) { $0 * $0 - 0.3 }
        for model in [FitOptions.automatic, "quadratic+floor", "polynomial", "power+floor"] {
            let fit = try fit(table, model: model, window: .all)
            #expect((fit.floor ?? 0) >= 0 && (fit.floorInterval?.lower ?? 0) >= 0, "\(model)")
        }
        #expect(try fit(table, model: "quadratic+floor", window: .all).warnings.contains { $0.contains("negative floor") })
    }

    /// Beside a cell at zero a floor is measured, not extrapolated.
    @Test func windowsWithoutTheCellAtZeroHaveNoFloor() throws {
        let table = Synthetic.noisy([0] + Synthetic.rhos, seed: 12, trials: 256, common: true) {
            $0 < 0.02 ? 0.001 * (1 + ($0 > 0.003 ? 3 : 0)) : 0.3 + $0 * $0
        }
        let fit = try fit(table)
        if fit.windowOrigin == .found, fit.window.lower > 0 { #expect(fit.floor == nil) }
    }

    /// A floor says what y is towards x = 0. Measured cells there that a window leaves out contradict it, or the window would
    /// hold them: whether one of them stands at 0 or not.
    @Test(arguments: [FitOptions.automatic, "polynomial", "power+floor", "quadratic+floor"])
    func windowsThatLeaveOutCellsNearerToZeroHaveNoFloor(model: String) throws {
        for seed in 0..<5 {
            let table = Synthetic.noisy(seed: 300 + UInt32(seed), trials: 64, common: seed % 2 == 0) {
                $0 < 0.002 ? 2e-5 : 0.01 + $0 * $0
            }
            let fit = try fit(table, model: model)
            #expect(fit.floor == nil && !fit.parameters.contains { $0.role == .floor }, "\(fit.window) \(fit.model ?? "no law")")
        }
    }

    /// Cells that a window leaves out at the far end say nothing about its floor.
    @Test(arguments: [FitOptions.automatic, "power+floor"])
    func windowsThatBeginAtTheFirstCellKeepTheirFloor(model: String) throws {
        for seed in 0..<5 {
            let table = Synthetic.noisy(seed: 320 + UInt32(seed), trials: 64, common: seed % 2 == 0) {
                $0 > 0.5 ? 30 : 0.01 + $0 * $0
            }
            let fit = try fit(table, model: model)
            #expect(fit.windowOrigin == .found && fit.window.lower == 0.001)
            #expect(abs(try #require(fit.floor) - 0.01) < 0.005)
        }
    }

    /// A window that was asked for may leave cells out, but no floor is printed that they contradict.
    @Test(arguments: ["polynomial", "power+floor", "quadratic+floor"])
    func floorsOfWindowsAskedForAgreeWithCellsNearerToZero(model: String) throws {
        var rejected = 0
        for seed in 0..<10 {
            // With and without a cell at 0.
            let places = seed < 5 ? [0] + Synthetic.rhos : Synthetic.rhos
            for level in [2e-5, 0.01] {
                let table = Synthetic.noisy(places, seed: 340 + UInt32(seed), trials: 64, common: seed % 2 == 0) {
                    $0 < 0.002 ? level : 0.01 + $0 * $0
                }
                for asked in [model, FitOptions.automatic] {
                    let fit = try fit(table, model: asked, window: .range(0.002...1))
                    if level < 0.01 {
                        #expect(fit.floor == nil && !fit.parameters.contains { $0.role == .floor }, "\(fit.model ?? "no law")")
                    } else {
                        // One true law in a hundred is rejected, for its residuals.
                        #expect(!fit.warnings.contains { $0.contains("contradicts") })
                        if let floor = fit.floor { #expect(abs(floor - 0.01) < 0.005) } else { rejected += 1 }
                    }
                    guard level < 0.01, asked == model else { continue }
                    #expect(fit.warnings.contains { $0.contains("contradicts: rho = \(seed < 5 ? "0" : "0.001") measured") }, "\(fit.warnings)")
                }
            }
        }
        #expect(rejected <= 2)
    }

    @Test func oneTrialThatMakesAMeanIsNamed() throws {
        var table = Synthetic.noisy(seed: 8, trials: 64, common: false) { $0 }
        table.points[3].responses[17] = 1e5
        #expect(try fit(table).warnings.contains { $0.contains("one trial makes most of a mean") && $0.contains("(trial 17)") })
    }

    /// Where a law is accepted, no point lies further off than the test allows, whatever the resamples say.
    @Test func noAcceptedLawPassesAPoint() throws {
        for seed in 0..<10 {
            let table = Synthetic.noisy(seed: 100 + UInt32(seed), trials: 64, common: seed % 2 == 0) {
                PortableMath.log(1 + $0 / 0.003)
            }
            let fit = try fit(table)
            #expect(fit.curve.allSatisfy { abs($0.residual ?? 0) < 4.5 })
        }
    }

    /// Cells that are one another's multiples, trial by trial.
    private func multiples(_ law: (Double) -> Double, trials: Int = 256) -> ResponseTable {
        let noise = SyntheticNoise(seed: 5)
        return ResponseTable(
            group: GroupKey([:]),
            points: ([0] + Synthetic.rhos).map { x in
                ResponsePoint(x: x, responses: (0..<trials).map { law(x) * noise.gamma($0, 0) })
            }, sharesRandomNumbers: true)
    }

    /// A part of the cells in which nothing depends on x is described by a power of nearly 0, whose exponent says nothing.
    @Test func aFlatPartIsNoPower() throws {
        let fit = try fit(multiples { $0 < 0.03 ? 0.01 : 0.03 })
        #expect(fit.outcome == .noLaw && fit.exponent == nil && fit.model == nil, "\(fit.model ?? "") \(fit.window)")
        // As shares of trials near the optimum are: all of them, and then none.
        var share = multiples { _ in 1 }
        for (place, point) in share.points.enumerated() {
            share.points[place].responses = point.responses.indices.map { trial in
                place < 10 || (place == 10 && trial % 3 > 0) ? 1 : 0
            }
        }
        let shares = try self.fit(share)
        #expect(shares.outcome == .noLaw && shares.exponent == nil, "\(shares.model ?? "") \(shares.window)")
        #expect(try self.fit(share, window: .range(0...0.1)).outcome == .constant)
        // Asked for by name as well.
        #expect(try self.fit(multiples { $0 < 0.03 ? 0.01 : 0.03 }, model: "power").outcome == .noLaw)
        // Without scatter, means that agree but for rounding are one constant and cross nothing.
        var sure = multiples { _ in 1 }
        for place in sure.points.indices { sure.points[place].responses = [place % 2 == 0 ? 1 : 1.0.nextUp] }
        let constant = try self.fit(sure)
        #expect(constant.outcome == .constant && constant.contrast == nil && constant.exponent == nil, "\(constant)")
    }

    /// A power of exactly 2 and a polynomial whose linear term is excluded are the same curve.
    @Test func theSameCurveUnderTwoNamesIsNotUndecided() throws {
        let fit = try fit(multiples { 0.01 + $0 * $0 })
        #expect(fit.outcome == .law && fit.undecided.isEmpty, "\(fit.undecided)")
        #expect(fit.extraTerms.allSatisfy { $0.share < 1e-4 })
    }

    /// What the choice of a window adds to an interval is in a pool of one group, and is not what more trials could take away.
    @Test func windowsCountInPoolsAndNotInWhatTrialsGive() throws {
        var found = 0
        for seed in 0..<12 {
            let table = Synthetic.noisy(seed: 300 + UInt32(seed), trials: 256, common: false) {
                $0 < 0.03 ? 0.01 * $0 / 0.03 : 0.01 * PortableMath.pow($0 / 0.03, 3)
            }
            let outcome = try ScalingFitter.fit(table, options: FitOptions(bootstrapResamples: 400))
            guard let fit = outcome.fitted, fit.windowOrigin == .found, let interval = fit.exponentInterval, let exponent = fit.exponent,
                let scatter = fit.exponentScatter
            else { continue }
            found += 1
            let pooled = try #require(ExponentPooling.pool([outcome], by: []).first)
            let arm = max(interval.upper - exponent, exponent - interval.lower)
            #expect(pooled.interval.upper - exponent > 0.99 * arm, "\(pooled.interval) of \(interval)")
            let need = try #require(PrecisionNeed.of([outcome], target: 0.01).first?.halfWidth)
            #expect(need <= arm && need < 3 * scatter.standardError)
        }
        #expect(found > 3, "\(found)")
    }

    /// Where so few trials decide nothing, their exponent is not tested either.
    @Test func whatHasNoIntervalHasNoTest() throws {
        for seed in 0..<10 {
            let fit = try fit(Synthetic.noisy(seed: 500 + UInt32(seed), trials: 33, common: false) { PortableMath.pow($0, 1.5) }, model: "power")
            #expect(fit.exponentInterval != nil || fit.exponentTest == nil)
        }
    }

    /// One cell that runs away does not take the law from the others, unless it was asked for.
    @Test func aCellThatRunsAwayIsLeftOut() throws {
        var table = Synthetic.noisy(seed: 21, trials: 64, common: false) { $0 * $0 }
        let whole = try fit(table)
        let last = try #require(table.points.max { $0.x < $1.x }?.x)
        table.points.append(ResponsePoint(x: 10 * last, responses: (0..<64).map { $0 == 3 ? 1e105 : 1 }))
        let fit = try fit(table)
        #expect(fit.exponent == whole.exponent && fit.exponentInterval == whole.exponentInterval && fit.window == whole.window)
        #expect(fit.warnings.contains { $0.contains("runs away: rho = \(Figures.concise(10 * last))") }, "\(fit.warnings)")
        #expect(fit.notes.contains(.runaways) && fit.tally.count == table.points.count)
        for window in [FitWindow.all, .range(0...10 * last)] {
            #expect(try ScalingFitter.fit(table, options: FitOptions(bootstrapResamples: 400, window: window)).fitted == nil)
        }
        table.points = table.points.map { ResponsePoint(x: $0.x, responses: $0.responses.map { $0 * 1e100 }) }
        guard case .unfit(let group) = try ScalingFitter.fit(table, options: FitOptions(bootstrapResamples: 400)) else {
            Issue.record("fitted")
            return
        }
        #expect(group.reason.contains("run away"), "\(group.reason)")
    }
}
