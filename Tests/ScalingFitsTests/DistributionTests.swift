import PortableMath
import Testing

@testable import ScalingFits

/// Reference values from SciPy 1.17, scipy.stats.
@Suite struct DistributionTests {
    private func expect(_ value: Double, _ truth: Double, relative: Double) {
        #expect(abs(value - truth) <= relative * abs(truth), "\(value) for \(truth)")
    }

    @Test(arguments: [
        (1e-300, -37.0470962993612), (1e-10, -6.361340902404056), (0.001, -3.090232306167813),
        (0.025, -1.9599639845400545), (0.3, -0.5244005127080409), (0.5, 0), (0.975, 1.959963984540054),
        (0.9999, 3.719016485455709),
    ]) func normalQuantiles(p: Double, z: Double) { expect(Normal.quantile(p), z, relative: 2e-15) }

    @Test(arguments: [
        (-8, 6.22096057427174e-16), (-3, 0.0013498980316300933), (-1.96, 0.024997895148220435),
        (-0.1, 0.460172162722971), (0.5, 0.6914624612740131), (2, 0.9772498680518208),
    ]) func normalProbabilities(z: Double, p: Double) { expect(Normal.cumulative(z), p, relative: 1e-12) }

    @Test(arguments: [
        (3.84, 1, 0.05004352124870519), (0.5, 1, 0.47950012218695337), (10, 10, 0.44049328506521257),
        (100, 3.7, 5.767498180351291e-21), (5, 20.5, 0.9998080135917113), (200, 150, 0.003973185970821635),
        (1e-3, 2, 0.9995001249791693), (0, 5, 1),
    ]) func chiSquaredTails(value: Double, freedom: Double, tail: Double) {
        expect(ChiSquared.upperTail(value, freedom: freedom), tail, relative: 1e-11)
    }

    @Test(arguments: [
        (2, 63, 0.04981576369904482), (1, 1, 0.5), (-0.3, 5.5, 0.7751888855762786), (12, 3, 0.0012450158007893362),
        (4, 255, 8.3037211023871e-05), (1e-3, 10, 0.999221783374741), (40, 63, 1.6974279920901198e-46), (0, 4, 1),
    ]) func studentTails(t: Double, freedom: Double, tail: Double) {
        expect(StudentT(freedom: freedom).twoSided(t), tail, relative: 1e-11)
    }

    @Test(arguments: [
        (0.95, 63, 1.998340542520741), (0.95, 1, 12.706204736174694), (0.99, 2.5, 7.163728138948783),
        (0.5, 10, 0.6998120613124317), (0.95, 255, 1.9693105698498752), (0.999, 15, 4.072765195903846),
        (0.1, 3, 0.13659819935369905),
    ]) func studentQuantiles(confidence: Double, freedom: Double, t: Double) {
        expect(StudentT(freedom: freedom).quantile(confidence: confidence), t, relative: 1e-11)
    }

    @Test func logarithmAgreesWithTheCorrectlyRoundedOne() {
        let noise = SyntheticNoise(seed: 5)
        for index in 0..<3000 {
            let x = PortableMath.exp((noise.uniform(index, 0) - 0.5) * (index % 2 == 0 ? 1 : 600))
            let exact = PortableMath.log(x)
            #expect(abs(logarithm(x) - exact) <= 2 * exact.ulp + 1e-18)
        }
        #expect(logarithm(1) == 0 && logarithm(0) == -.infinity && logarithm(-1).isNaN)
    }

    /// Wilson 1927; the closed form for 8 of 10.
    @Test func wilsonIntervalOfAShare() {
        let interval = Wilson.interval(share: 0.8, trials: 10, confidence: 0.95)
        expect(interval.lower, 0.49016247153664183, relative: 1e-12)
        expect(interval.upper, 0.9433178485456247, relative: 1e-12)
        #expect(Wilson.interval(share: 0, trials: 10, confidence: 0.95).lower == 0)
        #expect(Wilson.interval(share: 1, trials: 10, confidence: 0.95).upper == 1)
    }
}
