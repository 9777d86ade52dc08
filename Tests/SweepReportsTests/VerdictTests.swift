@testable import ClaimVerdicts
import Foundation
import ScalingFits
@testable import SweepReports
import Testing
import TrialContract

private struct Number: CellExpression {
    var text: String
    var isCondition: Bool { false }
    var statistics: [String] { [] }
    var dimensions: [Int] { [] }
    func bound(to cell: Int) -> CellFunction { { _ in 0 } }
}

private func finding(_ rho: Double, _ value: Double, _ interval: Interval?, _ accepted: Interval, _ verdict: Verdict) -> Finding {
    Finding(
        setting: GroupKey(["rho": .number(rho)]), measured: value, interval: interval, accepted: accepted,
        verdict: verdict, trials: 100, trialsNeeded: verdict == .undecided ? 2400 : nil)
}

private let document: VerdictDocument = {
    let mean = Claim(
        name: "close", statement: "It stays close.", source: "a paper", measure: .mean(Number(text: "distance^2")),
        expectation: .band(ClaimBand(atMost: Number(text: "2 * rho"))))
    var close = ClaimResult(mean, table: nil)
    close.findings = [
        finding(0.5, 0.2, Interval(0.19, 0.21), Interval(-.infinity, 1), .pass),
        finding(1, 1.9, Interval(1.8, 2.0), Interval(-.infinity, 1.95), .undecided),
    ]
    close.verdict = .undecided
    let bound = Claim(
        name: "away", statement: "It stays away.", measure: .every(Number(text: "best_distance")),
        expectation: .band(ClaimBand(atLeast: Number(text: "0.25"))))
    var away = ClaimResult(bound, table: (["trap", "sine"], ["sgd", "m-sam"]))
    away.findings = [finding(1, 0.3, Interval(0.1, 0.5), Interval(0.25, .infinity), .fail)]
    away.findings[0].isOfSingleTrials = true
    away.findings[0].place = TablePlace(row: 0, column: 1, outcome: "stops")
    away.verdict = .fail
    away.remarks = ["constant 3 found on 4 cells"]
    return VerdictDocument(sweeps: [.init(file: "a.yaml", name: "a", title: "A sweep", claims: [close, away])])
}()

private func render(_ format: String) throws -> String {
    try #require(ReportCatalogue.find(format)).render(document, style: ReportStyle(width: 120))
}

@Test(arguments: ReportCatalogue.all.map(\.name))
func everyFormatTellsTheVerdicts(format: String) throws {
    let text = try render(format)
    for part in ["close", "away", "undecided", "fail"] { #expect(text.contains(part), "\(text)") }
    #expect(text.hasSuffix("\n"))
}

@Test func theTableHasSettingMeasurementTheoryAndVerdict() throws {
    let text = try render("text")
    for line in [
        "1  close  2 settings, 100 trials  1.90 ± 0.10         <= 1.9500   undecided",
        "2  away   1 setting, 100 trials   0.10000 to 0.50000  >= 0.25000  fail",
        "[1] It stays close. [a paper]", "[1] mean of distance^2 <= 2 * rho",
        "[1] undecided at rho 1", "[1] about 2,400 trials per cell would decide", "[2] constant 3 found on 4 cells",
        "2 claims: 0 pass, 1 fail, 1 undecided",
    ] { #expect(text.contains(line), "\(text)") }
    // The claim that is a table shows what was found where.
    #expect(text.contains("trap  -    stops 0.300 (!)"))
    #expect(document.names(.fail) == ["a/away"])
}

@Test func jsonHoldsEveryFindingAndNoInfinity() throws {
    let json = try #require(JSONSerialization.jsonObject(with: Data(render("json").utf8)) as? [[String: Any]])
    #expect(json.map { $0["claim"] as? String } == ["close", "away"])
    #expect(json[0]["trials_needed"] as? Int == 2400)
    let findings = try #require(json[0]["findings"] as? [[String: Any]])
    #expect(findings.count == 2)
    #expect(findings[1]["interval"] as? [Double] == [1.8, 2.0])
    let accepted = try #require(findings[1]["accepted"] as? [Any])
    #expect(accepted[0] is NSNull && accepted[1] as? Double == 1.95)
    #expect((findings[0]["at"] as? [String: Any])?["rho"] as? Double == 0.5)
}

@Test func cellsAreListedOnRequest() throws {
    var all = document
    all.showsCells = true
    let text = try #require(ReportCatalogue.find("text")).render(all, style: ReportStyle(width: 120))
    #expect(text.contains("rho 0.5  0.200 ± 0.010  <= 1.0000  pass"), "\(text)")
    #expect(text.contains("undecided (2,400 trials)"))
}
