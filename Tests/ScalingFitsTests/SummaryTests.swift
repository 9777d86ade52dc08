import Testing

@testable import ScalingFits

@Suite struct SummaryTests {
    let noise = SyntheticNoise(seed: 44)

    private func sample(_ count: Int) -> [Double] { (0..<count).map { noise.gamma($0, 0, freedom: 2) } }

    @Test(arguments: [
        ("mean", CellSummary.mean), ("median", .quantile(0.5)), ("trimmed-mean", .trimmedMean(0.1)),
        ("trimmed-mean:0.25", .trimmedMean(0.25)), ("quantile:0.9", .quantile(0.9)), ("within:0.01", .within(0.01)),
    ]) func namesAreRead(text: String, summary: CellSummary) throws {
        #expect(try CellSummary(text) == summary)
    }

    @Test(arguments: ["", "mode", "mean:1", "trimmed-mean:0.5", "quantile:1", "quantile", "within:0", "within:x"])
    func nonsenseIsNamed(text: String) {
        #expect(throws: ScalingFitsError.unknownSummary(text)) { try CellSummary(text) }
    }

    @Test func valuesAreThoseOfTheSample() throws {
        let responses = sample(101)
        let sorted = responses.sorted()
        #expect(try #require(SummarisedCell(responses, summary: .quantile(0.5))).value == sorted[50])
        let trimmed = try #require(SummarisedCell(responses, summary: .trimmedMean(0.1)))
        #expect(abs(trimmed.value - sorted[10..<91].reduce(0, +) / 81) < 1e-14)
        let within = try #require(SummarisedCell(responses, summary: .within(1)))
        #expect(within.value == Double(responses.filter { $0 <= 1 }.count) / 101)
    }

    /// The scatter of the influences is the summary's own: compared with the scatter over 300 samples.
    @Test(arguments: [CellSummary.quantile(0.5), .quantile(0.9), .trimmedMean(0.1)])
    func influencesHaveTheSummarysVariance(summary: CellSummary) throws {
        var values: [Double] = []
        var errors: [Double] = []
        for index in 0..<300 {
            let responses = (0..<100).map { noise.gamma(index * 100 + $0, 1, freedom: 2) }
            let cell = try #require(SummarisedCell(responses, summary: summary))
            let (mean, error) = GroupData.meanAndError(cell.values)
            #expect(abs(mean - cell.value) < 1e-12)
            values.append(cell.value)
            errors.append(error)
        }
        let spread = GroupData.meanAndError(values).error * 300.0.squareRoot()
        #expect(abs(GroupData.mean(errors) / spread - 1) < 0.15)
    }

    @Test func divergedTrialsAreInfinitelyFarForRobustSummaries() throws {
        let responses = sample(50) + Array(repeating: .infinity, count: 10) + [.nan]
        let finite = responses.filter(\.isFinite).sorted()
        let median = try #require(SummarisedCell(responses, summary: .quantile(0.5)))
        #expect(median.value == 0.5 * (finite[29] + finite[30]))
        #expect(median.values[60].isNaN && median.values[55].isFinite)
        #expect(try #require(SummarisedCell(responses, summary: .within(1e9))).value == 50.0 / 60)
        #expect(SummarisedCell(responses, summary: .quantile(0.9)) == nil, "more than a tenth diverged")
        #expect(SummarisedCell(responses, summary: .trimmedMean(0.1)) == nil)
        #expect(try #require(SummarisedCell(responses, summary: .trimmedMean(0.2))).value.isFinite)
    }

    @Test func mediansAreFittedWithoutTheBiasOfDivergedTrials() throws {
        var table = Synthetic.noisy(seed: 31, trials: 128, common: false) { $0 * $0 }
        // The largest fifth of the last cells' trials diverges.
        for cell in 9..<13 {
            let limit = table.points[cell].responses.sorted()[102]
            table.points[cell].responses = table.points[cell].responses.map { $0 > limit ? .infinity : $0 }
        }
        let median = try #require(try ScalingFitter.fit(
            table, options: FitOptions(model: "power", bootstrapResamples: 200, window: .all, summary: .quantile(0.5))).fitted)
        #expect(try #require(median.exponentInterval).contains(2))
        #expect(median.response == "median of distance_squared")
        let mean = try #require(try ScalingFitter.fit(
            table, options: FitOptions(model: "power", bootstrapResamples: 200, window: .all)).fitted)
        #expect(mean.outcome == .noLaw, "the means of the trials that are left bend")
        #expect(mean.warnings.contains { $0.contains("25 of 128 at rho = 0.1778") && $0.contains("--summary median") })
    }

    @Test func sharesHaveWilsonIntervals() throws {
        var table = Synthetic.noisy(seed: 2, trials: 100, common: false) { $0 }
        for cell in 0..<4 { table.points[cell].responses = Array(repeating: 1e-6, count: 100) }
        let fit = try #require(try ScalingFitter.fit(
            table, options: FitOptions(bootstrapResamples: 0, window: .all, summary: .within(0.05))).fitted)
        let first = try #require(fit.curve[0].interval)
        #expect(fit.curve[0].mean == 1 && first.upper == 1 && abs(first.lower - 0.963) < 0.001)
    }
}
