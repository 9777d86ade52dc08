import PortableMath
import Testing

@testable import ScalingFits

/// Closed forms against worked cases that were computed independently.
@Suite struct TheoryTests {
    private func setting(
        _ optimizer: String, eta: Double, rho: Double, s: Double = 0, steps: Int = 100_000,
        blocks: [(Double, Int, Double?)] = [(1, 1, 1)], problem: String = "quadratic",
        parameters: [String: Double] = [:]
    ) -> TheorySetting {
        TheorySetting(
            problem: problem, problemParameters: parameters, optimizer: optimizer,
            noiseModel: s > 0 ? "gaussian" : "none", learningRate: eta, rho: rho, noise: s, steps: steps,
            blocks: blocks.map { TheorySetting.Block(eigenvalue: $0.0, multiplicity: $0.1, startNorm: $0.2) })
    }

    private func expect(_ setting: TheorySetting, _ truth: Double, relative: Double = 1e-10) throws {
        let prediction = try #require(TheoryCatalogue.prediction(setting))
        #expect(abs(prediction.distanceSquared / truth - 1) <= relative, "\(prediction) for \(truth)")
    }

    @Test func deterministicSAMStopsOnItsTwoCycle() throws {
        let limit = 0.026315789473684213
        try expect(setting("sam", eta: 0.1, rho: 0.5, steps: 2000, blocks: [(1, 1, 2)]), limit * limit)
        let h = 0.3 * 0.7
        let fifty = h * 0.4 / (2 - h)
        try expect(
            setting("sam", eta: 0.3, rho: 0.4, steps: 800, blocks: [(0.7, 50, 50.0.squareRoot())]), fifty * fifty)
        // Collapse on the top eigendirection.
        let top = 0.5727272727272726
        try expect(
            setting("sam", eta: 0.18, rho: 0.7, steps: 5000, blocks: [(1, 1, 1), (2, 1, 0.6), (5, 1, 0.4)]), top * top,
            relative: 1e-9)
    }

    @Test func stochasticGradientDescentAtEveryTime() throws {
        try expect(setting("sgd", eta: 0.1, rho: 0, s: 1, steps: 200, blocks: [(1, 1, 0)]), 0.052631578947368446)
        let two: [(Double, Int, Double?)] = [(1, 4, 2), (3, 6, 1)]
        try expect(setting("sgd", eta: 0.1, rho: 0, s: 0.5, steps: 25, blocks: two), 0.10238721061152034)
        try expect(setting("m-sam", eta: 0.1, rho: 0, s: 0.5, steps: 25, blocks: two), 0.10238721061152034)
    }

    @Test func unnormalisedVariants() throws {
        let two: [(Double, Int, Double?)] = [(1, 2, 1), (3, 1, 0.5)]
        try expect(setting("n-usam", eta: 0.1, rho: 0.2, s: 0.5, steps: 20, blocks: two), 0.033587053701371605)
        try expect(setting("m-usam", eta: 0.1, rho: 0.2, s: 0.5, steps: 20, blocks: two), 0.046510810815863605)
        let x = 2.7367625686405735e-10
        try expect(setting("usam", eta: 0.2, rho: 0.15, steps: 30, blocks: [(2, 1, 1)]), x * x)
    }

    /// Exact stationary excesses over SGD at h = 0.02, in units of z.
    static let exact: [(optimizer: String, d: Int, p: Double, excess: Double)] = [
        ("n-sam", 1, 0.1, -6.42535e-4), ("m-sam", 1, 0.1, 8.44348e-4), ("n-sam", 1, 0.79788, 5.96e-5),
        ("n-sam", 10, 0.1, -2.88046e-3), ("m-sam", 10, 0.1, 3.13644e-3),
    ]

    @Test(arguments: exact) func excessOfSecondOrderIsWithinItsStatedError(
        _ known: (optimizer: String, d: Int, p: Double, excess: Double)
    ) throws {
        func value(_ rho: Double) throws -> TheoryPrediction {
            try #require(TheoryCatalogue.prediction(setting(
                known.optimizer, eta: 0.02, rho: rho, s: 1, blocks: [(1, known.d, 0)])))
        }
        let (own, base) = (try value(known.p), try value(0))
        let error = own.relativeError * own.distanceSquared + 1e-6 * abs(known.excess)
        #expect(abs(own.distanceSquared - base.distanceSquared - known.excess) <= error)
        #expect(base.relativeError == 0)
    }

    @Test func scaleOfNoiseAndCurvatureIsThatOfTheTheory() throws {
        let unit = try #require(TheoryCatalogue.prediction(setting("m-sam", eta: 0.02, rho: 0.5, s: 1)))
        // lambda 4, s 0.3: h = 0.02, p = 0.5, so E|x|² is (s/lambda)² times the same moment.
        let other = try #require(TheoryCatalogue.prediction(setting(
            "m-sam", eta: 0.005, rho: 0.0375, s: 0.3, blocks: [(4, 1, 1)])))
        #expect(abs(other.distanceSquared / unit.distanceSquared - 0.075 * 0.075) < 1e-12)
    }

    @Test func meanNormsOfGaussianVectors() {
        for (d, norm) in [(1, 0.797884560802865356), (2, 1.25331413731550025), (10, 3.08432775979986389946)] {
            #expect(abs(IsotropicTheory.meanNorm(d) - norm) < 1e-14)
        }
        #expect(abs(IsotropicTheory.meanNorm(1001) - 31.6306832828103956) < 1e-11)
    }

    @Test func counterexamples() throws {
        let trap = ["c1": 0.25, "c2": 0.5, "smoothness": 1, "rho0": 0.3]
        try expect(setting("m-sam", eta: 0.5, rho: 0.3, problem: "trap", parameters: trap), 0.013125)
        let half = ["c1": 0.5, "c2": 0.5, "smoothness": 1, "rho0": 0.3]
        try expect(setting("m-sam", eta: 0.5, rho: 0.3, problem: "trap", parameters: half), 0.3 * 0.3 / 4)
        // Finite T of the worked case is within 1 % of the stationary value.
        let two = ["a1": 0.5, "a2": 1.5, "K": 4]
        try expect(
            setting("m-sam", eta: 0.01, rho: 1, problem: "two-quadratics", parameters: two), 0.3623780102450157,
            relative: 0.01)
    }

    @Test func whatNoFormCoversIsNotPredicted() {
        var decaying = setting("sgd", eta: 0.1, rho: 0, s: 1)
        decaying.isConstant = false
        #expect(TheoryCatalogue.prediction(decaying) == nil)
        #expect(TheoryCatalogue.prediction(setting("m-sam", eta: 0.1, rho: 5, s: 1)) == nil, "p beyond 3")
        #expect(TheoryCatalogue.prediction(setting("m-sam", eta: 0.001, rho: 1, s: 1, steps: 10)) == nil, "not stationary")
        #expect(TheoryCatalogue.prediction(setting("n-sam", eta: 0.1, rho: 1, s: 1, blocks: [(1, 1, 0), (2, 1, 0)])) == nil)
        #expect(TheoryCatalogue.prediction(setting("m-sam", eta: 0.1, rho: 1, problem: "huber-trap")) == nil)
    }

    /// Theory says nothing of what it does not know, whatever is set.
    @Test func whatTheoryDoesNotKnowIsRefusedAndNamed() {
        let plain = setting("sgd", eta: 0.1, rho: 0, s: 1, blocks: [(1, 1, 0)])
        #expect(TheoryCatalogue.prediction(plain) != nil && TheoryCatalogue.unknownPart(plain) == nil)
        func refused(_ change: (inout TheorySetting) -> Void) -> String? {
            var changed = plain
            change(&changed)
            #expect(TheoryCatalogue.prediction(changed) == nil)
            return TheoryCatalogue.unknownPart(changed)
        }
        #expect(refused { $0.optimizerParameters = ["momentum": 0.9, "averaging": 0] } == "momentum 0.9")
        #expect(refused { $0.optimizerParameters = ["averaging": 0.5] } == "averaging 0.5")
        #expect(refused { $0.optimizerParameters = ["nesterov": 0] } == "nesterov 0")
        #expect(refused { $0.optimizer = "vasso" } == "optimizer vasso")
        #expect(refused { $0.noiseModel = "cauchy" } == "noise model cauchy")
        #expect(refused { $0.problem = "sine" } == "problem sine")
        #expect(refused { $0.problemParameters = ["shift": 1] } == "quadratic with shift")
        #expect(refused { $0.isConstant = false } == "schedules that are not constant")
        var neutral = plain
        neutral.optimizerParameters = ["momentum": 0, "averaging": 0]
        #expect(TheoryCatalogue.prediction(neutral) == TheoryCatalogue.prediction(plain))
        let two = ["a1": 0.5, "a2": 1.5, "K": 4]
        let early = setting("m-sam", eta: 0.01, rho: 1, steps: 100, problem: "two-quadratics", parameters: two)
        #expect(TheoryCatalogue.prediction(early) == nil, "the start is not forgotten")
    }

    /// x_0 = 1, rho = 1/3, eta = 1/2: x_2 = (1 + rho)/4 - rho is 0 but for rounding, and SAM stops at 0 or goes on to
    /// h rho/(2 - h).
    @Test func endsThatHangOnTheLastBitAreRecognised() throws {
        let lucky = setting("sam", eta: 0.5, rho: 1.0 / 3, steps: 100, blocks: [(1, 3, 1)])
        #expect(TheoryCatalogue.dependsOnRounding(lucky))
        var beside = lucky
        beside.rho = 0.34
        #expect(!TheoryCatalogue.dependsOnRounding(beside))
        #expect(!TheoryCatalogue.dependsOnRounding(setting("sam", eta: 0.1, rho: 0, steps: 2000)), "it only converges")
        #expect(!TheoryCatalogue.dependsOnRounding(setting("sam", eta: 0.1, rho: 0.3, blocks: [(1, 1, 0)])), "it begins at 0")
        let many: [(Double, Int, Double?)] = [(1, 1, 1), (2, 1, 0.6), (5, 1, 0.4)]
        #expect(!TheoryCatalogue.dependsOnRounding(setting("sam", eta: 0.18, rho: 0.7, steps: 5000, blocks: many)))
        // Measured is something else in every cell.
        var table = Synthetic.noisy([0.1, 0.2, 0.3, 1.0 / 3], seed: 4, trials: 64, common: true) { _ in 7 }
        for cell in table.points.indices { table.points[cell].cell = cell }
        let outcome = try ScalingFitter.fit(table, options: FitOptions(bootstrapResamples: 0))
        let comparison = TheoryComparison.compare([outcome]) { cell in
            var setting = lucky
            setting.rho = [0.1, 0.2, 0.3, 1.0 / 3][cell]
            return setting
        }
        #expect(comparison.first?.rows.map(\.verdict) == ["no", "no", "no", "rounding"])
    }

    @Test func measurementsStandBesideTheory() throws {
        var table = Synthetic.noisy([0, 0.1, 0.2, 0.4], seed: 4, trials: 64, common: true) { _ in 0.052631578947368446 }
        for cell in 0..<4 { table.points[cell].cell = cell }
        let outcome = try ScalingFitter.fit(table, options: FitOptions(bootstrapResamples: 0))
        let comparisons = TheoryComparison.compare([outcome]) { cell in
            cell == 3 ? nil : setting("sgd", eta: 0.1, rho: 0, s: 1, steps: 2000, blocks: [(1, 1, 0)])
        }
        #expect(comparisons.count == 1 && comparisons[0].rows.count == 3 && comparisons[0].uncovered == 1)
        #expect(comparisons[0].rows.allSatisfy { $0.agrees() && abs($0.zScore!) < 3.5 })
        let wrong = TheoryComparison.compare([outcome]) { _ in
            setting("sgd", eta: 0.2, rho: 0, s: 1, steps: 2000, blocks: [(1, 1, 0)])
        }
        #expect(wrong[0].rows.allSatisfy { !$0.agrees() })
    }
}
