import PortableMath
import Testing

@testable import ScalingFits

@Suite struct BootstrapTests {
    /// Mean over a resample, the slow way.
    private func plainMean(_ column: [Double], _ counts: [UInt8]) -> Double {
        var sum = 0.0
        var weight = 0.0
        for (value, count) in zip(column, counts) where value.isFinite {
            sum += value * Double(count)
            weight += Double(count)
        }
        return weight > 0 ? sum / weight : .nan
    }

    @Test(arguments: [true, false], [false, true]) func resampledMeansAgreeWithAPlainLoop(
        isJoint: Bool, hasGaps: Bool
    ) {
        let noise = SyntheticNoise(seed: 11)
        var columns = (0..<19).map { cell in (0..<37).map { noise.uniform($0, cell) } }
        if hasGaps {
            columns[3][5] = .nan
            columns[18] = Array(repeating: .nan, count: 36) + [2]
        }
        let plan = ResamplePlan(shape: .init(trials: 37, cells: 19, isJoint: isJoint), resamples: 40, seed: 9)
        let resampled = ResampledMeans(columns, plan: plan)
        var means = Array(repeating: 0.0, count: 19)
        for resample in 0..<40 {
            resampled.means(of: resample, into: &means)
            for cell in 0..<19 {
                let counts = plan.withCounts(resample: resample, cell: isJoint ? 0 : cell) { Array($0) }
                #expect(counts.reduce(0) { $0 + Int($1) } == 37)
                let plain = plainMean(columns[cell], counts)
                #expect(means[cell].isNaN == plain.isNaN)
                #expect(plain.isNaN || abs(means[cell] - plain) < 1e-14)
            }
        }
    }

    @Test func cellsAreResampledIndependentlyOnlyWhenNotJoint() {
        let plan = ResamplePlan(shape: .init(trials: 50, cells: 3, isJoint: false), resamples: 2, seed: 1)
        let rows = (0..<2).flatMap { resample in
            (0..<3).map { cell in plan.withCounts(resample: resample, cell: cell) { Array($0) } }
        }
        #expect(Set(rows).count == 6)
    }

    @Test func drawsAreUniform() {
        let plan = ResamplePlan(shape: .init(trials: 10, cells: 1, isJoint: true), resamples: 2000, seed: 3)
        var totals = Array(repeating: 0.0, count: 10)
        for resample in 0..<2000 {
            plan.withCounts(resample: resample, cell: 0) { counts in
                for trial in 0..<10 { totals[trial] += Double(counts[trial]) }
            }
        }
        let chiSquared = totals.reduce(0) { $0 + ($1 - 2000) * ($1 - 2000) / 2000 }
        #expect(chiSquared < 27.9, "0.999 quantile of chi squared with 9 degrees of freedom")
    }

    @Test(arguments: ["power", "power+floor", "polynomial"]) func refitsAgreeWithTheFullSearch(name: String) throws {
        let model = try #require(ModelCatalogue.find(name))
        let table = Synthetic.noisy([0] + Synthetic.rhos, seed: 8, trials: 64, common: false) { 0.02 + $0 + $0 * $0 }
        let data = GroupData(table, window: 0.001...1)
        let points = WeightedPoints(
            abscissae: data.abscissae, responses: data.means, weights: data.standardErrors.map { 1 / $0 })
        try compare(model, data, points)
    }

    private func compare(_ model: some FitModel, _ data: GroupData, _ points: WeightedPoints) throws {
        let start = try #require(model.leastSquares(points))
        let plan = ResamplePlan(
            shape: .init(trials: 64, cells: data.count, isJoint: false), resamples: 50, seed: 4)
        let resampled = ResampledMeans(data.responses, plan: plan)
        var refit = Refit(model: model, points: points, start: start)
        var moved = points
        for resample in 0..<50 {
            resampled.means(of: resample, into: &moved.responses)
            let refitted = refit.fit(moved.responses)
            let quick = try #require(refitted)
            let full = try #require(model.leastSquares(moved))
            #expect(abs(quick.exponent - full.exponent) < 1e-5)
            #expect(quick.chiSquared <= full.chiSquared * (1 + 1e-9))
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
        #expect(BootstrapSpread.quantile(values, 0.5) == 3)
        #expect(BootstrapSpread.quantile(values, 0.25) == 1.5)
        #expect(BootstrapSpread.quantile(values, 0.01) == 1)
        #expect(BootstrapSpread.quantile(values, 0.99) == 5)
    }

    /// 200 sweeps: with a true coverage of 93 % or more, fewer than 170 hits have probability below 10^-4; the seeds
    /// are fixed, so the outcome is too.
    @Test(arguments: [("power", true), ("power", false), ("power+floor", true), ("power+floor", false)])
    func intervalsCoverTheTruth(model: String, common: Bool) throws {
        let xs = [0, 0.1, 0.2, 0.4, 0.8, 1.6]
        let tables = (0..<200).map { index in
            Synthetic.noisy(xs, seed: 1000 + UInt32(index), trials: 64, common: common) {
                (model == "power" ? 0 : 0.05) + 0.25 * $0 * $0
            }
        }
        let options = FitOptions(model: model, bootstrapResamples: 200)
        let fits = try ScalingFitter(options: options).fit(tables).compactMap(\.fitted)
        #expect(fits.count == 200)
        let hits = fits.filter { $0.exponentInterval?.contains(2) ?? false }.count
        #expect((171...199).contains(hits), "\(hits) of 200")
        if model == "power+floor" {
            let floors = fits.filter { $0.floorInterval?.contains(0.05) ?? false }.count
            #expect((171...199).contains(floors), "\(floors) of 200")
        }
    }
}
