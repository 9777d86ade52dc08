import CoverageStudy
import Testing

@testable import ScalingFits

/// The coverage study in short; `scripts/coverage` is the long one.
///
/// Bounds are those of the binomial distribution at the level that the program promises: a count beyond them happens by chance
/// in one case of 10,000.
@Suite struct CoverageTests {
    static let sweeps = 100

    private func result(
        _ name: String, _ shape: ScatterShape, _ numbers: SharedNumbers, trials: Int, sweeps: Int = sweeps
    ) throws -> StudyResult {
        let law = try #require(KnownLaw.named(name))
        return try StudyResult(
            StudySetting(law: law, shape: shape, numbers: numbers, trials: trials), sweeps: 0..<sweeps, resamples: 300)
    }

    /// The smallest count that is not below its 10^-4 quantile.
    static func fewest(_ n: Int, _ p: Double) -> Int {
        // The logarithm, since (1 - p)^n may be smaller than any double.
        var (term, sum) = (Double(n) * logarithm(1 - p), 0.0)
        for count in 0..<n {
            sum += exponential(term)
            if sum > 1e-4 { return count }
            term += logarithm(Double(n - count) / Double(count + 1) * p / (1 - p))
        }
        return n
    }

    /// The largest count that is not above its 1 - 10^-4 quantile.
    static func most(_ n: Int, _ p: Double) -> Int { n - fewest(n, 1 - p) }

    @Test func binomialLimits() {
        // scipy.stats.binom.ppf([1e-4, 1 - 1e-4], 100, [0.95, 0.01])
        #expect(Self.fewest(100, 0.95) == 85 && Self.most(100, 0.01) == 6)
    }

    /// Intervals of parameters hold in 95 % of the sweeps, of local exponents also: those of a sweep are not independent, and
    /// count as one in six. A term that is not there is printed in 5 % at most, a misleading law in 1 %.
    @Test(arguments: ["constant", "power+floor", "linear+quadratic"], [SharedNumbers.independent, .same, .lowRank])
    func trueLawsAreFoundAndTheirIntervalsHold(name: String, numbers: SharedNumbers) throws {
        let result = try result(name, .chiSquared, numbers, trials: 64)
        let n = Self.sweeps
        #expect(result.sweeps == n && result.offPoints == 0)
        #expect(result.added <= Self.most(n, 0.05) && result.misleading <= Self.most(n, 0.01), "\(result.said)")
        // The test rejects one true law in a hundred, and a term is found in one of two hundred by chance, twice.
        #expect(result.found >= n - Self.most(n, 0.03), "\(result.said)")
        for count in result.intervals {
            #expect(count.hits >= Self.fewest(count.printed, 0.95), "\(result.intervals)")
        }
        let effective = result.locals.printed / 6
        #expect(result.locals.hits / 6 >= Self.fewest(effective, 0.95), "\(result.locals)")
        #expect(result.locals.hits / 6 <= effective - 1, "\(result.locals)")
    }

    /// Laws that the catalogue does not have.
    @Test(arguments: ["log", "root+square", "dip", "step", "two-slopes"], [SharedNumbers.independent, .same])
    func falseLawsAreNotPrinted(name: String, numbers: SharedNumbers) throws {
        let result = try result(name, .chiSquared, numbers, trials: 256, sweeps: 20)
        #expect(result.misleading <= Self.most(20, 0.01) && result.offPoints == 0, "\(result.said)")
    }

    /// Heavy tails: kurtosis 53. Local exponents were held in 88 % before their degrees of freedom followed the scatter.
    @Test func localExponentsHoldWithHeavyTails() throws {
        let result = try result("power", .skewed, .common, trials: 64)
        #expect(result.locals.hits / 4 >= Self.fewest(result.locals.printed / 4, 0.93), "\(result.locals)")
    }

    @Test(arguments: [2, 4, 8, 31]) func fewTrialsHaveNoIntervals(trials: Int) throws {
        let result = try result("power", .skewed, .common, trials: trials, sweeps: 10)
        #expect(result.share("cannot tell") == 100 && result.locals.printed == 0)
    }
}
