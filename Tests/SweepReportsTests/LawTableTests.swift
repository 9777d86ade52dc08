import Testing

@testable import ScalingFits
@testable import SweepReports

/// The table that `fit` shows unasked: a line for each group, what they share said once.
@Suite struct LawTableTests {
    private func render(_ outcomes: [FitOutcome], width: Int = 120) throws -> String {
        try #require(ReportCatalogue.find("text")).render(outcomes, style: ReportStyle(width: width, unicode: true))
    }

    @Test func everyGroupHasOneLineOfAtMost120Columns() throws {
        let lines = try render(SampleColumns.outcomes()).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 120 })
        #expect(lines.filter { $0.hasPrefix("m-sam ") || $0.hasPrefix("plain, ") }.count == 4)
        #expect(lines.filter { $0.contains("exponent") && $0.contains("prefactor") && $0.contains("/dof") }.count == 1)
        #expect(!lines.contains { $0.contains("Akaike weights") })
    }

    @Test func sharedWarningsAreSaidOnceWithLetters() throws {
        let text = try render(SampleColumns.outcomes())
        #expect(text.components(separatedBy: FitNote.noScatter.summary.prefix(20)).count == 2)
        #expect(text.contains("\na "))
        #expect(text.contains("--verbose"))
    }

    @Test(arguments: [40, 60, 80]) func columnsWithoutRoomAreNamed(width: Int) throws {
        let text = try render(SampleColumns.outcomes(), width: width)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
        #expect(text.contains("No room for"))
    }

    @Test func unfitGroupsAreNamedTogether() throws {
        func unfit(_ optimizer: String, _ noise: Double, _ reason: String) -> FitOutcome {
            let key = GroupKey(["optimizer": .name(optimizer), "noise": .number(noise)])
            return .unfit(UnfitGroup(
                by: key, response: "distance", against: "rho", diverged: 0, objection: reason))
        }
        let fitted = try SampleColumns.outcomes()[0]
        let text = try render([
            unfit("sgd", 0, "no spread"), unfit("sgd", 0.5, "no spread"), unfit("n-sam", 0, "too few"), fitted,
            unfit("n-sam", 0.5, "zero"), unfit("m-sam", 0.5, "zero"),
        ])
        #expect(text.contains("Not fitted: 2 groups (optimizer = sgd): no spread"))
        #expect(text.contains("Not fitted: 1 group (optimizer = n-sam; noise = 0): too few"))
        #expect(text.contains("zero"))
        let all = try render([unfit("sgd", 0, "no spread"), unfit("sgd", 0.5, "no spread")])
        #expect(all.contains("Not fitted: all 2 groups: no spread") && !all.contains("exponent"))
    }
}
