import PortableMath
import Testing

@testable import ScalingFits

@Suite struct ScalingFitterTests {
    let quick = FitOptions(bootstrapResamples: 200, seed: 7)

    @Test(arguments: [-2.0, 0.5, 1, 1.3, 2, 3.75]) func exactPowerLawIsRecovered(exponent: Double) throws {
        let table = Synthetic.deterministic { 3.5 * PortableMath.pow($0, exponent) }
        let fit = try #require(try ScalingFitter.fit(table, options: quick).fitted)
        #expect(fit.model == "power")
        #expect(abs(try #require(fit.exponent) - exponent) < 1e-10)
        #expect(abs(try #require(fit.prefactor) - 3.5) < 1e-9)
        #expect(fit.exponentInterval == nil && fit.floor == nil && fit.reducedChiSquared == nil)
        #expect(fit.warnings.contains { $0.contains("no interval is statistical") })
    }

    @Test func quarterOfRhoSquaredHasExponentTwo() throws {
        let table = Synthetic.deterministic([0] + Synthetic.rhos, trials: 4) { $0 * $0 / 4 }
        let fit = try #require(try ScalingFitter.fit(table, options: quick).fitted)
        #expect(fit.model == "power")
        #expect(abs(try #require(fit.exponent) - 2) < 1e-12)
        #expect(abs(try #require(fit.prefactor) - 0.25) < 1e-12)
        #expect(fit.points == 13 && fit.window == Interval(Synthetic.rhos[0], 1))
        #expect(fit.trials == 4, "those of one cell: all cells share them")
    }

    @Test func exactFloorIsRecovered() throws {
        let table = Synthetic.deterministic([0] + Synthetic.rhos) { 0.01 + 0.25 * PortableMath.pow($0, 1.5) }
        let fit = try #require(try ScalingFitter.fit(table, options: quick).fitted)
        #expect(fit.model == "power+floor")
        #expect(abs(try #require(fit.exponent) - 1.5) < 1e-9)
        #expect(abs(try #require(fit.floor) - 0.01) < 1e-11)
        #expect(abs(try #require(fit.prefactor) - 0.25) < 1e-9)
        #expect(fit.points == 14 && fit.window.lower == 0)
    }

    @Test func mixtureOfLinearAndQuadraticIsNotCalledAPower() throws {
        let table = Synthetic.deterministic([0] + Synthetic.rhos) { 0.01 + 0.3 * $0 + 2 * $0 * $0 }
        let fit = try #require(try ScalingFitter.fit(table, options: quick).fitted)
        #expect(fit.model == "polynomial")
        #expect(fit.exponent == nil && fit.prefactor == nil && fit.exponentInterval == nil)
        #expect(zip(fit.parameters.map(\.value), [0.01, 0.3, 2]).allSatisfy { abs($0 - $1) < 1e-10 })
        #expect(fit.warnings.contains { $0.contains("no single power law") && $0.contains("local exponent runs from") })
    }

    @Test func aPowerThatWasAskedForOnAMixtureIsNoLaw() throws {
        let options = FitOptions(model: "power", bootstrapResamples: 200, window: .all)
        let table = Synthetic.noisy(seed: 3, trials: 64, common: true) { 0.3 * $0 + 2 * $0 * $0 }
        let fit = try #require(try ScalingFitter.fit(table, options: options).fitted)
        #expect(fit.outcome == .noLaw && fit.model == nil && fit.exponent == nil && fit.prefactor == nil)
        #expect(fit.parameters.isEmpty && fit.curve.allSatisfy { $0.fitted == nil })
        #expect(fit.warnings.contains { $0.contains("no law: the points deviate from power by more than their scatter") })
        #expect(try #require(fit.localRange?.least.interval).contains(1.02))
        #expect(fit.candidates.map(\.model) == ModelCatalogue.all.map(\.name))
        let free = try #require(try ScalingFitter.fit(table, options: quick).fitted)
        #expect(free.model == "linear+quadratic")
        #expect(abs(free.candidates.compactMap(\.weight).reduce(0, +) - 1) < 1e-12)
    }

    @Test func noisyPowerLawIsChosenAndCovered() throws {
        let table = Synthetic.noisy(seed: 5, trials: 256, common: true) { 0.25 * $0 * $0 }
        let fit = try #require(try ScalingFitter.fit(table, options: quick).fitted)
        #expect(fit.model == "power")
        #expect(try #require(fit.exponentInterval).contains(2))
        #expect(try #require(fit.exponentInterval).contains(try #require(fit.exponent)))
        #expect(!fit.warnings.contains { $0.contains("not one power law") })
    }

    @Test func noisyFloorIsChosenAndCovered() throws {
        let table = Synthetic.noisy([0] + Synthetic.rhos, seed: 16, trials: 256, common: false) { 0.01 + $0 * $0 }
        let fit = try #require(try ScalingFitter.fit(table, options: quick).fitted)
        #expect(fit.model == "power+floor")
        #expect(try #require(fit.exponentInterval).contains(2))
        #expect(try #require(fit.floorInterval).contains(0.01))
        #expect(try #require(fit.reducedChiSquared) < 3)
    }

    @Test func windowRestrictsThePoints() throws {
        let table = Synthetic.deterministic([0] + Synthetic.rhos) { $0 < 0.05 ? 0.001 : $0 * $0 }
        let options = FitOptions(window: .range(0.05...1))
        let fit = try #require(try ScalingFitter.fit(table, options: options).fitted)
        #expect(abs(try #require(fit.exponent) - 2) < 1e-10)
        #expect(fit.window.lower > 0.05 && fit.window.upper == 1 && fit.points == 6)
    }

    @Test func divergedAndMissingTrialsAreInNoMeanAndReported() throws {
        var table = Synthetic.deterministic(trials: 8) { 0.25 * $0 * $0 }
        table.points[12].responses[3] = .infinity
        table.points[4].responses[0] = .nan
        table.points[7].responses = Array(repeating: .nan, count: 8)
        let fit = try #require(try ScalingFitter.fit(table, options: quick).fitted)
        #expect(abs(try #require(fit.exponent) - 2) < 1e-12)
        #expect(fit.points == 12 && fit.trials == 8 && fit.diverged == 1)
        #expect(fit.warnings.contains {
            $0.contains("1 diverged (1 of 8 at rho = 1), 9 missing (8 of 8 at rho = 0.05623")
        })
        #expect(fit.warnings.contains { $0.contains("without a finished trial: rho = ") })
    }

    @Test(arguments: [2, 5, 31]) func fewTrialsCannotTell(trials: Int) throws {
        let table = Synthetic.noisy(seed: 1, trials: trials, common: true) { $0 }
        let fit = try #require(try ScalingFitter.fit(table, options: quick).fitted)
        #expect(fit.outcome == .noLaw && fit.exponent == nil)
        #expect(fit.localExponents.count == 12 && fit.localExponents.allSatisfy { $0.interval == nil })
        #expect(fit.curve.allSatisfy { $0.interval == nil && $0.standardError != nil })
        #expect(fit.warnings.contains { $0.contains("\(trials) trials cannot tell whether any law holds") })
    }

    @Test func resultsDoNotDependOnThreadsOrNeighbours() throws {
        let tables = (1...5).map { Synthetic.noisy(seed: UInt32($0), trials: 32, common: $0 % 2 == 0) { 0.1 + $0 } }
        let alone = try tables.map { try ScalingFitter.fit($0, options: quick) }
        for threads in [1, 2, 7] {
            #expect(try ScalingFitter(options: quick).fit(tables, threads: threads) == alone)
        }
    }

    @Test func noGroupsGiveNoOutcomes() throws {
        #expect(try ScalingFitter(options: quick).fit([]).isEmpty)
    }

    @Test func withoutResamplesThereIsNoInterval() throws {
        let table = Synthetic.noisy(seed: 1, trials: 64, common: true) { $0 }
        let fit = try #require(try ScalingFitter.fit(table, options: FitOptions(bootstrapResamples: 0)).fitted)
        #expect(fit.exponentInterval == nil)
        #expect(fit.reducedChiSquared != nil)
    }
}
