import CoverageStudy
import ScalingFits
import Testing

/// The coverage study in short; `scripts/coverage` is the long one.
@Suite struct CoverageTests {
    static let sweeps = 200

    /// 95 % of 200 sweeps, give or take four standard errors.
    @Test(arguments: ["power", "polynomial", "quadratic+floor"], SharedNumbers.allCases)
    func intervalsContainTheTruth(model: String, numbers: SharedNumbers) throws {
        let law = try #require(KnownLaw.all.first { $0.model == model })
        let coverage = try Coverage(law, trials: 64, numbers: numbers, sweeps: 0..<Self.sweeps, resamples: 300)
        #expect(coverage.fits == Self.sweeps)
        for share in coverage.percentages { #expect(share >= 88.8, "\(model), \(numbers.name): \(share)") }
    }

    @Test(arguments: ["power", "linear+quadratic"])
    func termsThatAreNotThereAreRarelyAdded(model: String) throws {
        let law = try #require(KnownLaw.all.first { $0.model == model })
        let choices = try ModelChoices(law, trials: 64, numbers: .common, sweeps: 0..<100)
        #expect(choices.claimed <= 5)
        #expect(choices.share(of: [model]) >= 90)
    }

    @Test func weakFloorsAreUndecidedAndStrongOnesFound() throws {
        let law = try #require(KnownLaw.all.first { $0.model == "power" })
        let floors = try FloorDetection(
            law, floored: "power+floor", trials: 256, numbers: .independent, sweeps: 0..<132)
        #expect(floors.weak.all > 20 && floors.weak.undecided * 100 >= 90 * floors.weak.all)
        #expect(floors.strong.all > 5 && floors.strong.found * 100 >= 90 * floors.strong.all)
    }
}
