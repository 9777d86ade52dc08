import PortableMath
import Testing

@testable import ScalingFits

@Suite struct BootstrapTests {
    @Test(arguments: [true, false]) func resampledMeansAgreeWithAPlainLoop(isJoint: Bool) {
        let noise = SyntheticNoise(seed: 11)
        let columns = (0..<19).map { cell in (0..<37).map { noise.uniform($0, cell) } }
        let plan = ResamplePlan(trials: 37, resamples: 40, seed: 9)
        let resampled = ResampledMeans(columns, plan: plan, isJoint: isJoint)
        for resample in 0..<40 {
            let means = Self.means(resampled, resample)
            for cell in 0..<19 {
                let draws = plan.withDraws(resample: resample, point: isJoint ? 0 : cell) { Array($0) }
                #expect(draws.count == 37)
                let plain = draws.reduce(0) { $0 + columns[cell][Int($1)] } / 37
                #expect(abs(means[cell] - plain) < 1e-14)
            }
        }
    }

    static func means(_ resampled: ResampledMeans, _ resample: Int) -> [Double] {
        var means = Array(repeating: 0.0, count: resampled.points)
        means.withUnsafeMutableBufferPointer { resampled.means(of: resample, into: $0) }
        return means
    }

    @Test func independentPointsHaveRowsOfTheirOwn() {
        let plan = ResamplePlan(trials: 50, resamples: 10, seed: 1)
        for resample in 0..<10 {
            let rows = (0..<6).map { point in plan.withDraws(resample: resample, point: point) { Array($0) } }
            #expect(Set(rows).count == 6)
        }
    }

    @Test func drawsAreUniform() {
        let plan = ResamplePlan(trials: 10, resamples: 2000, seed: 3)
        var totals = Array(repeating: 0.0, count: 10)
        for resample in 0..<2000 {
            plan.withDraws(resample: resample, point: 0) { draws in
                for trial in draws { totals[Int(trial)] += 1 }
            }
        }
        let chiSquared = totals.reduce(0) { $0 + ($1 - 2000) * ($1 - 2000) / 2000 }
        #expect(chiSquared < 27.9, "0.999 quantile of chi squared with 9 degrees of freedom")
    }

    @Test(arguments: ModelCatalogue.all.map(\.name), [true, false]) func refitsAgreeWithTheFullSearch(
        name: String, isJoint: Bool
    ) throws {
        let model = try #require(ModelCatalogue.find(name))
        let law: (Double) -> Double = switch name {
        case "constant": { _ in 1 }
        case "saturating": { 4 * $0 * $0 / (1 + $0 * $0 / 0.0025) }
        case "broken-power": { $0 * (1 + $0 * $0 / 0.0025).squareRoot() }
        case let other where other.hasSuffix("floor"): { 0.02 + $0 * $0 }
        case "linear+quadratic", "polynomial": { 0.1 * $0 + $0 * $0 }
        default: { $0 * $0 }
        }
        let table = Synthetic.noisy(Synthetic.rhos, seed: 8, trials: 64, common: isJoint, law)
        let data = GroupData(table, window: nil)
        let sample = WeightedSample(data, isJoint: isJoint, plan: nil)
        let points = try #require(FitPoints(
            abscissae: data.abscissae, responses: sample.means, weights: sample.weights))
        try compare(model, sample, points)
    }

    private func compare(_ model: some FitModel, _ sample: WeightedSample, _ points: FitPoints) throws {
        let start = try #require(model.leastSquares(points))
        let resampled = ResampledMeans(
            sample.responses, plan: ResamplePlan(trials: 64, resamples: 20, seed: 4), isJoint: sample.isJoint)
        let refit = try #require(Refit(model: model, points: points, start: start))
        let scatter = try #require(LinearisedFit(model, start, points)).gain.map { row in
            zip(row, sample.errors).reduce(0) { $0 + $1.0 * $1.0 * $1.1 * $1.1 }
        }
        for resample in 0..<20 {
            var means = Self.means(resampled, resample)
            let refitted = means.withUnsafeMutableBufferPointer { refit.fit($0) }
            let quick = try #require(refitted)
            let full = try #require(points.replacing(means).flatMap { model.leastSquares($0) }).theta
            for lane in 0..<model.parameters {
                #expect(abs(quick[lane] - full[lane]) < 0.03 * scatter[lane].squareRoot())
            }
        }
    }

    @Test func commonRandomNumbersNarrowTheInterval() throws {
        let paired = Synthetic.noisy(seed: 21, trials: 128, common: true) { $0 * $0 }
        var unpaired = paired
        unpaired.sharesRandomNumbers = false
        let options = FitOptions(model: "power", bootstrapResamples: 400)
        let joint = try #require(try ScalingFitter.fit(paired, options: options).fitted?.exponentInterval)
        let independent = try #require(try ScalingFitter.fit(unpaired, options: options).fitted?.exponentInterval)
        #expect(joint.width < 0.5 * independent.width)
    }

    @Test func quantilesFollowTypeSix() {
        let values = [1.0, 2, 3, 4, 5]
        #expect(BootstrapInterval.quantile(values, 0.5) == 3)
        #expect(BootstrapInterval.quantile(values, 0.25) == 1.5)
        #expect(BootstrapInterval.quantile(values, 0.01) == 1)
        #expect(BootstrapInterval.quantile(values, 0.99) == 5)
    }
}
