import PortableMath
import ScalingFits
import StoppingStudy
import Testing

@testable import TrialAllocation

@Suite struct PrecisionTests {
    static func rule(_ bound: MeanPrecision.Bound, atMost: Int = 1_000_000) -> MeanPrecision {
        MeanPrecision(bound, confidence: 0.95, atMost: atMost)
    }

    static func cell(
        _ count: Int, mean: Double, variance: Double, skewness: Double = 0, kurtosis: Double = 0, share: Double = 0
    ) -> CellMoments {
        CellMoments(
            count: count, mean: mean, variance: variance, skewness: skewness, excessKurtosis: kurtosis, largestShare: share)
    }

    @Test func momentsAreThoseOfTheDefinition() {
        let moments = CellMoments([1, 2, 3, 10, .infinity, .nan])
        #expect(moments.count == 4 && moments.diverged == 1 && moments.mean == 4)
        #expect(abs(moments.variance - 50.0 / 3) < 1e-13)
        // Deviations -3, -2, -1, 6: second moment 12.5, third 45, fourth 348.5.
        #expect(abs(moments.skewness - 45 / PortableMath.pow(12.5, 1.5)) < 1e-13)
        #expect(abs(moments.excessKurtosis - (348.5 / 156.25 - 3)) < 1e-13)
        #expect(abs(moments.largestShare - 36.0 / 50) < 1e-13)
        // t with 3 degrees of freedom, from tables.
        #expect(abs(moments.halfWidth(confidence: 0.95) - 3.182_446_305_284_263 * (50.0 / 12).squareRoot()) < 1e-9)
        #expect(CellMoments([7, 7, 7]).halfWidth(confidence: 0.95) == 0)
    }

    /// t(99 degrees) is 1.98422: half a width of 0.198422, of which 0.1 is asked for.
    @Test func trialsGoWithTheSquareOfTheWidth() {
        let cell = Self.cell(100, mean: 10, variance: 1)
        #expect(Self.rule(.relative(0.01)).state(cell) == .needs(394))
        #expect(Self.rule(.absolute(0.1)).state(cell) == .needs(394))
        #expect(Self.rule(.absolute(0.2)).state(cell) == .reached)
        #expect(Self.rule(.relative(0.01)).state(Self.cell(100, mean: -10, variance: 1)) == .needs(394))
        #expect(Self.rule(.relative(0.01)).state(Self.cell(2, mean: 0, variance: 0)) == .reached)
    }

    /// 2 φ(z) z (z⁴ + 2 z² - 3)/18 is 0.2474 at 95 %: of skewness 2, 0.9894/n, at most `coverageError`.
    @Test func aSkewedCellWaitsUntilItsIntervalCanBeTrusted() {
        let skewed = Self.cell(100, mean: 10, variance: 1, skewness: 2)
        let needed = Self.rule(.absolute(1)).trustedTrials(skewed)
        #expect(abs(needed * MeanPrecision.coverageError - 0.9894) < 0.001)
        #expect(Self.rule(.absolute(1)).state(skewed) == .needs(Int(needed.rounded(.up))))
        #expect(Self.rule(.absolute(1)).state(Self.cell(Int(needed) + 1, mean: 10, variance: 1, skewness: 2)) == .reached)
    }

    @Test func whatNoNumberOfTrialsReachesIsSaid() throws {
        guard case .hopeless(let zero) = Self.rule(.relative(0.01)).state(Self.cell(1000, mean: 0.01, variance: 1)) else {
            Issue.record("a mean of zero")
            return
        }
        #expect(zero.contains("0.0100 ± 0.062") && zero.contains("absolute_error"))
        // The same mean is no matter in absolute terms, or where enough trials are allowed.
        #expect(Self.rule(.absolute(0.01)).state(Self.cell(1000, mean: 0.01, variance: 1)) == .needs(38_508))
        guard case .needs = Self.rule(.relative(0.01), atMost: 1 << 40).state(Self.cell(1000, mean: 0.01, variance: 1)) else {
            Issue.record("enough trials are allowed")
            return
        }
        let wild = Self.cell(20_000, mean: 1, variance: 1e6, skewness: 100, kurtosis: 1e4, share: 0.4)
        guard case .hopeless(let unsettled) = Self.rule(.absolute(0.1)).state(wild) else {
            Issue.record("a variance that does not settle")
            return
        }
        #expect(unsettled.contains("does not settle") && unsettled.contains("40 %"))
        guard case .hopeless = Self.rule(.absolute(0.1)).state(CellMoments([.infinity, .infinity])) else {
            Issue.record("diverged")
            return
        }
    }

    /// The study of stopping times in short (`scripts/stopping` has 2,000 sweeps for each law): the share of intervals that hold the
    /// mean is within four of its standard errors of 95 %.
    @Test(arguments: [(StoppingLaw.normal, 300), (.chiSquared, 60), (.skewedTwoPoint, 60), (.lognormal, 20)])
    func intervalsHoldTheMeanWhenTrialsStop(law: StoppingLaw, sweeps: Int) {
        let result = StoppingResult(law: law, width: law.deviation * 0.1, sweeps: 0..<sweeps, atLeast: 64)
        #expect(abs(result.coverage - 0.95) < 4 * (0.95 * 0.05 / Double(sweeps)).squareRoot(), "\(result)")
        #expect(result.longestArm <= 1 && result.unfinished == 0 && result.meanTrials >= 0.9 * result.oracleTrials)
    }

    @Test func aLawWithoutAVarianceIsNamed() {
        // Pareto with tail index 1.2 has a mean and no variance.
        let rule = Self.rule(.relative(0.01), atMost: 1 << 20)
        let named = (0..<8).count { sweep in
            let draws = StoppingLaw.uniforms(sweep: sweep, 0..<12_000).map { PortableMath.pow(1 - $0, -1 / 1.2) }
            if case .hopeless = rule.state(CellMoments(draws)) { return true }
            return false
        }
        #expect(named >= 5)
    }
}
