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

    private func innovations(_ matrix: SquareMatrix) -> InnovationCovariance {
        InnovationCovariance(covariance: matrix, least: Array(repeating: 0, count: matrix.size))
    }

    /// Without shrinkage the detour through innovations is the plain inverse.
    @Test func innovationsGiveTheInverseCovariance() throws {
        let matrix = randomMatrix(6, seed: 3)
        let precision = try #require(innovations(matrix).precision(shrinkage: 0))
        #expect(distanceToIdentity(precision.times(matrix)) < 1e-10)
    }

    /// Shrunk all the way, what is left is a chain: neighbours keep their correlation exactly.
    @Test func shrunkInnovationsKeepNeighbours() throws {
        let matrix = randomMatrix(5, seed: 4)
        let chain = try #require(innovations(matrix).precision(shrinkage: 1)?.inverse())
        for point in 0..<5 {
            #expect(abs(chain[point, point] - matrix[point, point]) < 1e-10)
            if point > 0 { #expect(abs(chain[point, point - 1] - matrix[point, point - 1]) < 1e-10) }
        }
    }

    @Test func marginalPrecisionIsThatOfTheOtherPointsUnknown() throws {
        let matrix = randomMatrix(5, seed: 5)
        let full = Precision.dense(try #require(matrix.inverse()))
        let part = try #require(matrix.selecting([0, 2, 3]).inverse())
        guard case .dense(let marginal)? = full.marginal(of: [0, 2, 3]) else {
            Issue.record("not dense")
            return
        }
        #expect(zip(marginal.entries, part.entries).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test func whitenedResidualsHaveTheQuadraticForm() throws {
        let matrix = randomMatrix(6, seed: 6)
        let whitener = try #require(Whitener(.dense(matrix)))
        let r = (0..<6).map { Double($0) - 2.3 }
        let form = zip(r, matrix.times(r)).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(whitener.apply(r).reduce(0) { $0 + $1 * $1 } - form) < 1e-10)
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

    /// Means of skewed responses and weights from the same trials go together; cross-fitted ones do not. With the
    /// plain inverse covariance the level comes out 15 standard errors too small over these 200 sweeps.
    @Test(arguments: [true, false]) func crossFittedLevelIsUnbiased(common: Bool) throws {
        var deviations: [Double] = []
        for seed in 0..<200 {
            let table = Synthetic.noisy(
                Array(Synthetic.rhos.prefix(6)), seed: 500 + UInt32(seed), trials: 32, common: common, freedom: 1) { _ in 1 }
            let data = GroupData(table, window: nil)
            let fitting = CrossFitting(data, isJoint: common, guide: Array(repeating: 1, count: 6))
            let sample = fitting.sample(jointWeights: true)
            let weighted = sample.precision.times(sample.means).reduce(0, +)
            deviations.append(weighted / sample.precision.times(Array(repeating: 1, count: 6)).reduce(0, +) - 1)
        }
        let (mean, error) = GroupData.meanAndError(deviations)
        #expect(abs(mean) < 3.5 * error, "\(mean) ± \(error)")
    }

    @Test func chiSquaredIsOnePerPointByTheSampleItself() {
        let table = Synthetic.noisy(seed: 9, trials: 64, common: true) { $0 }
        let data = GroupData(table, window: nil)
        let sample = CrossFitting(data, isJoint: true, guide: PilotFit.guide(data)).sample(jointWeights: true)
        guard case .dense(let precision) = sample.precision else {
            Issue.record("no joint weights")
            return
        }
        #expect(abs(precision.times(sample.covariance.matrix).trace - 13) < 1e-9)
    }

    /// More points than trials: weights exist all the same.
    @Test func fewTrialsStillGiveWeights() throws {
        let table = Synthetic.noisy((1...30).map { Double($0) / 30 }, seed: 2, trials: 20, common: true) { $0 }
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
        let covariance = Covariance.ofMeans(data.responses, data.means, isJoint: true)
        #expect(abs(covariance[4, 4].squareRoot() / error - 1) < 0.02)
    }
}
