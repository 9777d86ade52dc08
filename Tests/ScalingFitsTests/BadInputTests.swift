import Testing

@testable import ScalingFits

@Suite struct BadInputTests {
    let options = FitOptions(bootstrapResamples: 200)

    private func refusal(_ table: ResponseTable, model: String = FitOptions.automatic) throws -> String {
        var options = options
        options.model = model
        return try #require(try ScalingFitter.fit(table, options: options).refusal)
    }

    @Test func tooFewPointsNameTheGroupAndTheRemedy() throws {
        let reason = try refusal(Synthetic.deterministic([0, 0.1, 1]) { $0 })
        #expect(reason.contains("optimizer = m-sam"))
        #expect(reason.contains("needs at least 3 values of rho above 0"))
        #expect(reason.contains("there are 2; add values of rho"))
    }

    @Test func tooFewPointsForAForcedModelAreRefused() throws {
        let reason = try refusal(Synthetic.deterministic([0.1, 0.3, 1]) { $0 }, model: "power+floor")
        #expect(reason.contains("power+floor needs at least 4 values of rho with finished trials and there are 3"))
    }

    @Test(arguments: [0.0, -1e-3]) func responsesWithoutALogarithmAreRefused(response: Double) throws {
        var table = Synthetic.deterministic { $0 }
        table.points[2].responses = [response]
        let reason = try refusal(table, model: "power")
        #expect(reason.contains("needs positive responses; use --model polynomial"))
        #expect(reason.contains("is \(Figures.significant(response, 4)),"))
    }

    @Test func zeroResponsesStillAllowAFloorModel() throws {
        let table = Synthetic.deterministic([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]) { $0 < 0.15 ? 0 : 2 * ($0 - 0.1) }
        let fit = try #require(try ScalingFitter.fit(table, options: options).fitted)
        #expect(fit.model != "power")
    }

    @Test func axisWithoutSpreadIsRefused() throws {
        let reason = try refusal(Synthetic.deterministic([0.1, 0.1, 0.1, 0.1]) { $0 })
        #expect(reason.contains("all points stand at rho = 0.1"))
    }

    @Test func excessWithAFloorIsRefused() throws {
        var table = Synthetic.noisy(seed: 1, trials: 32, common: true) { $0 }
        table.isExcess = true
        #expect(try refusal(table, model: "polynomial").contains("use --model linear+quadratic or power"))
        for cell in table.points.indices { table.points[cell].responses = Array(repeating: 0, count: 32) }
        let nothing = try #require(try ScalingFitter.fit(table, options: options).fitted)
        #expect(nothing.outcome == .constant && nothing.floor == 0)
    }

    @Test func negativeAbscissaIsRefused() throws {
        let reason = try refusal(Synthetic.deterministic([-1, 0.1, 0.2, 0.3]) { $0 + 2 })
        #expect(reason.contains("rho = -1 is negative"))
    }

    @Test func groupWithoutAFinishedTrialIsRefused() throws {
        let reason = try refusal(Synthetic.deterministic { _ in .nan })
        #expect(reason.contains("no cell of distance_squared has a finished trial"))
    }

    @Test func emptyGroupIsRefused() throws {
        #expect(try refusal(Synthetic.deterministic([]) { $0 }).contains("no point lies in the window"))
    }

    @Test func groupWithOneTrialIsFittedWithoutStatistics() throws {
        let table = Synthetic.deterministic { $0 * $0 }
        let fit = try #require(try ScalingFitter.fit(table, options: options).fitted)
        #expect(fit.exponentInterval == nil)
        #expect(fit.warnings.contains { $0.contains("one trial per cell") && $0.contains("raise trials") })
    }

    @Test func otherGroupsAreStillFitted() throws {
        let tables = [Synthetic.deterministic([0.1]) { $0 }, Synthetic.deterministic { $0 }]
        let outcomes = try ScalingFitter(options: options).fit(tables)
        #expect(outcomes[0].refusal != nil)
        #expect(outcomes[1].fitted != nil)
    }

    @Test func impossibleOptionsAreErrors() {
        #expect(throws: ScalingFitsError.unknownModel("powr", known: ["auto"] + ModelCatalogue.all.map(\.name))) {
            try FitOptions(model: "powr").validated()
        }
        #expect(throws: ScalingFitsError.invalidResamples(7)) { try FitOptions(bootstrapResamples: 7).validated() }
        #expect(throws: ScalingFitsError.invalidConfidence(1)) { try FitOptions(confidence: 1).validated() }
        #expect(throws: ScalingFitsError.invalidConfidence(95)) { try FitOptions(confidence: 95).validated() }
        #expect(throws: ScalingFitsError.invalidWindow) { try FitOptions(window: .range(0 ... .infinity)).validated() }
        #expect("\(ScalingFitsError.unknownModel("powr", known: ["auto"]))".contains("choose one of auto"))
    }
}
