import PortableMath
import Testing

@testable import ScalingFits

@Suite struct SelectionTests {
    private func fit(
        _ table: ResponseTable, model: String = FitOptions.automatic, window: FitWindow = .automatic
    ) throws -> ScalingFit {
        try #require(try ScalingFitter.fit(
            table, options: FitOptions(model: model, bootstrapResamples: 200, window: window)).fitted)
    }

    /// A floor that shows in the smallest rho only.
    private func withFloor(_ floor: Double, seed: UInt32) -> ResponseTable {
        Synthetic.noisy(seed: seed, trials: 64, common: false) { floor + $0 }
    }

    @Test func aTermOfFiveStandardErrorsIsFound() throws {
        var (found, looked) = (0, 0)
        for seed in 0..<60 {
            let table = withFloor(0.0012, seed: 100 + UInt32(seed))
            guard let forced = try fit(table, model: "power+floor", window: .all).parameters.first,
                let error = forced.standardError, forced.value / error > 4.5
            else { continue }
            looked += 1
            if try fit(table, window: .all).floor != nil { found += 1 }
        }
        #expect(looked >= 20 && Double(found) >= 0.95 * Double(looked), "\(found) of \(looked)")
    }

    /// Cells that are one another's multiples differ from their law by rounding: no term is found in it. Two values a trial, as
    /// skewed two-point noise gives after one step.
    @Test func noTermIsFoundInRounding() throws {
        for seed in 0..<30 {
            let noise = SyntheticNoise(seed: 500 + UInt32(seed))
            let factors = (0..<64).map { noise.uniform($0, 0) < 0.25 ? 3.0 : 1.0 / 3 }
            for law in [{ 0.25 * PortableMath.pow($0, 1.5) }, { 0.05 * $0 + $0 * $0 }] as [(Double) -> Double] {
                let table = ResponseTable(
                    group: GroupKey([:]),
                    points: Synthetic.rhos.map { x in
                        // Squares of distances, with their rounding.
                        ResponsePoint(x: x, responses: factors.map { factor in
                            let distance = law(x).squareRoot() * factor.squareRoot()
                            return distance * distance
                        })
                    },
                    sharesRandomNumbers: true)
                let fit = try fit(table)
                #expect(fit.windowOrigin == .all && fit.parameters.count == 2 && fit.floor == nil, "\(fit.model ?? "no law")")
            }
        }
    }

    /// A term that is not found is bounded, and the bound holds: the true share of the floor is 0.04 at the first point.
    @Test func aTermThatIsNotFoundIsBounded() throws {
        var (bounded, looked) = (0, 0)
        for seed in 0..<40 {
            let fit = try fit(withFloor(0.00004, seed: 200 + UInt32(seed)), window: .all)
            guard fit.model == "power" else { continue }
            looked += 1
            #expect(fit.undecided.isEmpty || fit.undecided == ["power", "linear+quadratic"])
            let bound = try #require(fit.extraTerms.first { $0.term == "a floor" })
            if bound.share > 0.04 { bounded += 1 }
            #expect(bound.share < 2)
            #expect(fit.warnings.contains { $0.contains("a floor below") || $0.contains("a floor of any size") })
        }
        #expect(looked >= 35 && Double(bounded) >= 0.9 * Double(looked), "\(bounded) of \(looked)")
    }

    /// The probability of the residuals is uniform where the model holds; with 100 sweeps, fewer than one in 20 below
    /// 0.01 and at least a tenth below 0.3.
    @Test(arguments: [true, false]) func probabilitiesOfResidualsAreFair(common: Bool) throws {
        let probabilities = try (0..<100).map { seed in
            let table = Synthetic.noisy(seed: 300 + UInt32(seed), trials: 64, common: common) { $0 * $0 }
            return try #require(try fit(table, model: "power", window: .all).fitProbability)
        }
        #expect(probabilities.filter { $0 < 0.01 }.count <= 5)
        #expect(probabilities.filter { $0 < 0.3 }.count >= 10)
        #expect(probabilities.filter { $0 > 0.7 }.count >= 10)
    }

    @Test func aWindowIsFoundWhereNoModelHoldsEverywhere() throws {
        // Quadratic, then a jump up that no model of the catalogue describes, then quadratic again.
        let table = Synthetic.noisy(seed: 12, trials: 256, common: false) {
            $0 * $0 * ($0 > 0.15 ? 5 : 1) * ($0 > 0.5 ? 0.1 : 1)
        }
        let automatic = try fit(table)
        #expect(automatic.windowOrigin == .found && automatic.window == Interval(0.001, 0.1))
        #expect(automatic.warnings.contains { $0.contains("no model describes all 13 points") })
        #expect(try #require(automatic.exponentInterval).contains(2))
        let whole = try fit(table, model: "power", window: .all)
        #expect(whole.windowOrigin == .all && whole.points == 13)
        #expect(whole.outcome == .noLaw && whole.warnings.contains { $0.contains("no law: the points deviate from power") })
    }

    @Test func aWindowIsNotLookedForWhereTheLawHolds() throws {
        for seed in 0..<20 {
            let table = Synthetic.noisy(seed: 600 + UInt32(seed), trials: 64, common: seed % 2 == 0) { $0 * $0 }
            #expect(try fit(table).windowOrigin == .all)
        }
    }

    @Test func deterministicWindowIsFoundAsWell() throws {
        let table = Synthetic.deterministic { $0 < 0.06 ? 0.25 * $0 * $0 : 0.25 * $0 * $0 * (1 + 40 * ($0 - 0.05)) }
        let found = try fit(table, model: "power")
        #expect(found.windowOrigin == .found && found.points >= 5)
        #expect(abs(try #require(found.exponent) - 2) < 0.05)
    }

    @Test func exponentTwoIsTestedAndRejected() throws {
        let two = try fit(Synthetic.noisy(seed: 5, trials: 128, common: true) { $0 * $0 }, model: "power")
        #expect(try #require(two.exponentTest).probability > 0.01)
        let other = try fit(Synthetic.noisy(seed: 5, trials: 128, common: true) { PortableMath.pow($0, 1.8) }, model: "power")
        #expect(try #require(other.exponentTest).probability < 1e-6)
        let fixed = try fit(Synthetic.noisy(seed: 5, trials: 128, common: true) { $0 * $0 }, model: "quadratic")
        #expect(fixed.exponent == 2 && fixed.exponentInterval == nil && fixed.exponentTest == nil)
    }

    @Test func excessesKeepTheirSign() throws {
        var table = Synthetic.noisy(seed: 7, trials: 64, common: true) { -0.1 * $0 + 0.02 * $0 * $0 }
        table.isExcess = true
        let fit = try fit(table)
        #expect(fit.model == "power" || fit.model == "linear+quadratic")
        let linear = try self.fit(table, model: "linear+quadratic")
        #expect(try #require(linear.parameters[0].interval).contains(-0.1))
        #expect(fit.floor == nil && fit.candidates.allSatisfy { !$0.model.contains("floor") && $0.model != "polynomial" })
    }

    @Test func onePointThatCarriesTheExponentIsNamed() throws {
        var table = Synthetic.noisy(seed: 8, trials: 64, common: false) { $0 * $0 }
        table.points = Array(table.points.prefix(5)) + [table.points[12]]
        for trial in 0..<64 { table.points[5].responses[trial] *= 1.2 }
        let influenced = try fit(table, model: "power", window: .all)
        #expect(influenced.leaveOneOut.count == 6)
        let strongest = influenced.leaveOneOut.max { abs($0.exponent - influenced.exponent!) < abs($1.exponent - influenced.exponent!) }
        #expect(strongest?.x == 1)
    }
}
