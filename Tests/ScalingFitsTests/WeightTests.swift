import PortableMath
import Testing

@testable import ScalingFits

@Suite struct WeightTests {
    private func randomMatrix(_ n: Int, seed: UInt32) -> SquareMatrix {
        let noise = SyntheticNoise(seed: seed)
        var factor = SquareMatrix(size: n)
        for row in 0..<n { for column in 0..<n { factor[row, column] = noise.uniform(row, column) - 0.5 } }
        var matrix = factor.times(factor.transposed())
        for index in 0..<n { matrix[index, index] += 0.1 }
        return matrix
    }

    private func distanceToIdentity(_ matrix: SquareMatrix) -> Double {
        zip(matrix.entries, SquareMatrix(diagonal: Array(repeating: 1, count: matrix.size)).entries)
            .reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test func inverseTimesMatrixIsOne() throws {
        for n in 1...7 {
            let matrix = randomMatrix(n, seed: UInt32(n))
            #expect(distanceToIdentity(try #require(matrix.inverse()).times(matrix)) < 1e-11)
        }
        #expect(SquareMatrix(diagonal: [1, -1]).inverse() == nil)
    }

    @Test func variancesAreShrunkAsFarAsNoiseExplainsThem() {
        let smooth = VarianceTrend(
            deviations: [1, 1.1, 0.9, 1.05, 0.95], kurtosis: [3, 3, 3, 3, 3], means: [1, 1, 1, 1, 1], trials: 20,
            guide: nil)
        #expect(smooth.shrinkage == 1)
        let rough = VarianceTrend(
            deviations: [1, 100, 1, 100, 1], kurtosis: [3, 3, 3, 3, 3], means: [1, 1, 1, 1, 1], trials: 1000, guide: nil)
        #expect(rough.shrinkage < 0.01)
        let line = smooth.smoothed([1, 2, 4, 8, 16])
        #expect(zip(line, [1.0, 2, 4, 8, 16]).allSatisfy { abs($0 / $1 - 1) < 1e-12 }, "a geometric trend is kept")
    }

    @Test func relativeVariancesFollowTheGuide() {
        let trend = VarianceTrend(
            deviations: [0.1, 0.2, 0.4], kurtosis: [3, 3, 3], means: [1, 2, 4], trials: 50, guide: [1.1, 1.9, 4.4])
        #expect(zip(trend.smoothed([0.1, 0.2, 0.4]), [0.11, 0.19, 0.44]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    /// Weights follow relative variances shrunk to their trend: a mean and its variance from the same trials go up and
    /// down together, and weights 1/se² would favour the means that happen to be low. With those the level comes out more
    /// than ten standard errors too small over these 200 sweeps; what is left with shrunk ones is below half of one sweep's own
    /// standard error (a fourteenth).
    @Test(arguments: [true, false]) func levelIsNearlyUnbiased(common: Bool) throws {
        var (shrunk, plain): ([Double], [Double]) = ([], [])
        for seed in 0..<200 {
            let table = Synthetic.noisy(
                Array(Synthetic.rhos.prefix(6)), seed: 500 + UInt32(seed), trials: 32, common: common, freedom: 1) { _ in 1 }
            let data = GroupData(table, window: nil)
            let sample = WeightedSample(data, isJoint: common, plan: nil)
            func level(_ weights: [Double]) -> Double {
                zip(weights, sample.means).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +) - 1
            }
            shrunk.append(level(sample.weights))
            plain.append(level(sample.errors.map { 1 / ($0 * $0) }))
        }
        let (mean, error) = GroupData.meanAndError(shrunk)
        #expect(abs(mean) < 0.5 / (32.0 * 6).squareRoot(), "\(mean) ± \(error)")
        if !common {
            let naive = GroupData.meanAndError(plain)
            #expect(naive.mean < -10 * naive.error, "\(naive)")
        }
    }

    /// More points than trials: weights exist all the same.
    @Test func fewTrialsStillGiveWeights() throws {
        let table = Synthetic.noisy((1...40).map { Double($0) / 40 }, seed: 2, trials: 32, common: true) { $0 }
        let fit = try #require(try ScalingFitter.fit(
            table, options: FitOptions(model: "power", bootstrapResamples: 200, window: .all)).fitted)
        #expect(try #require(fit.exponentInterval).contains(1))
    }

    /// A trial that is missing in one cell leaves means and variances of that cell as they are without it.
    @Test func incompleteCellsKeepTheirMoments() {
        var table = Synthetic.noisy(seed: 3, trials: 40, common: true) { $0 }
        table.points[4].responses[7] = .nan
        table.points[4].responses[9] = .infinity
        let data = GroupData(table, window: nil)
        let known = table.points[4].responses.filter(\.isFinite)
        let (mean, error) = GroupData.meanAndError(known)
        #expect(data.means[4] == mean && data.standardErrors[4] == error && data.counts[4] == 38)
        #expect(abs(GroupData.mean(data.responses[4]) - mean) < 1e-15)
        let deviations = data.responses[4].map { $0 - mean }
        let square = deviations.reduce(0) { $0 + $1 * $1 } / (40 * 39)
        #expect(abs(square.squareRoot() / error - 1) < 0.02)
    }
}
