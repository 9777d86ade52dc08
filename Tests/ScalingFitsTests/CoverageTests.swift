import CoverageStudy
import ScalingFits
import Testing

/// The coverage study in short; `scripts/coverage` is the long one.
@Suite struct CoverageTests {
    static let sweeps = 40

    private func result(
        _ name: String, _ shape: ScatterShape, _ numbers: SharedNumbers, trials: Int, sweeps: Int = sweeps
    ) throws -> StudyResult {
        let law = try #require(KnownLaw.named(name))
        return try StudyResult(
            StudySetting(law: law, shape: shape, numbers: numbers, trials: trials), sweeps: 0..<sweeps, resamples: 300)
    }

    /// 95 % of 40 sweeps, give or take four standard errors; hardly a law that is not true.
    @Test(arguments: ["constant", "power+floor", "linear+quadratic"], [SharedNumbers.independent, .same, .lowRank]) func trueLawsAreFoundAndTheirIntervalsHold(name: String, numbers: SharedNumbers) throws {
        let result = try result(name, .chiSquared, numbers, trials: 64)
        #expect(result.sweeps == Self.sweeps && result.offPoints == 0)
        #expect(result.added <= 4, "\(result.said)")
        for count in result.intervals where count.printed > 30 {
            #expect(Double(count.hits) >= 0.81 * Double(count.printed), "\(result.intervals)")
        }
        #expect(Double(result.locals.hits) >= 0.85 * Double(result.locals.printed))
    }

    /// Laws that the catalogue does not have.
    @Test(arguments: ["log", "root+square", "dip", "step", "two-slopes"], [SharedNumbers.independent, .same])
    func falseLawsAreNotPrinted(name: String, numbers: SharedNumbers) throws {
        let result = try result(name, .chiSquared, numbers, trials: 256, sweeps: 12)
        #expect(result.misleading <= 1 && result.offPoints == 0, "\(result.said)")
    }

    @Test(arguments: [2, 4, 8]) func fewTrialsHaveNoIntervals(trials: Int) throws {
        let result = try result("power", .skewed, .common, trials: trials, sweeps: 10)
        #expect(result.share("no law") == 100 && result.locals.printed == 0)
    }
}
