import AxisRefinement
import PortableMath
import SweepPlanning
import Testing
import TrialContract

private let rates = "axes:\n  learning_rate: [0.1, 0.2]\n"
private let range = "{from: 1.0e-3, to: 100, resolve: regime"

private let badAxes: [BadInput] = [
    .after("a zip", line: 8, field: "zip.both.rho", value: nil, message: "cannot be adaptive", remedy: "under axes", rates + "zip: [{name: both, rho: {adaptive: \(range)}}, noise: [1, 2]}]\n"),
    .after("no purpose", line: 8, field: "axes.rho.adaptive", value: nil, message: "needs resolve", remedy: "crossing, regime, curvature", rates + "  rho: {adaptive: {from: 0.1, to: 1}}\n"),
    .after("another purpose", line: 8, field: "axes.rho.adaptive.resolve", value: "crossings", message: "must be one of", remedy: "crossing", rates + "  rho: {adaptive: {from: 0.1, to: 1, resolve: crossings}}\n"),
    .after("an unknown key", line: 8, field: "axes.rho.adaptive.count", value: nil, message: "unknown key", remedy: "from", rates + "  rho: {adaptive: \(range), count: 5}}\n"),
    .after("no end", line: 8, field: "axes.rho.adaptive", value: nil, message: "needs to", remedy: "add to", rates + "  rho: {adaptive: {from: 0.1, resolve: regime}}\n"),
    .after("from zero", line: 8, field: "axes.rho.adaptive.from", value: "0", message: "must be > 0", remedy: "put 0 beside it", rates + "  rho: {adaptive: {from: 0, to: 1, resolve: regime}}\n"),
    .after("downwards", line: 8, field: "axes.rho.adaptive.to", value: "0.1", message: "must be above from", remedy: "larger", rates + "  rho: {adaptive: {from: 1, to: 0.1, resolve: regime}}\n"),
    .after("nothing between", line: 8, field: "axes.rho.adaptive.to", value: nil, message: "too near from", remedy: "larger", rates + "  rho: {adaptive: {from: 1, to: 1.0000000000001, resolve: regime}}\n"),
    .after("too few", line: 8, field: "axes.rho.adaptive.at_most", value: "3", message: "[5, 1000]", remedy: "[5, 1000]", rates + "  rho: {adaptive: \(range), at_most: 3}}\n"),
    .after("whole numbers", line: 8, field: "axes.dimension", value: nil, message: "takes whole numbers", remedy: "list its values", rates + "  dimension: {adaptive: \(range)}}\n"),
    .after("two ranges", line: 8, field: "axes.rho", value: nil, message: "must have one adaptive range", remedy: "adaptive", rates + "  rho: [{adaptive: \(range)}}, {adaptive: \(range)}}]\n"),
    .after("two axes", line: 9, field: "axes.noise", value: "rho is one", message: "is a second adaptive axis", remedy: "list the values", rates + "  rho: {adaptive: \(range)}}\n  noise: {adaptive: \(range)}}\n"),
    .after("what is not recorded", line: 8, field: "axes.rho.adaptive.of", value: "gradient_norm", message: "is not recorded", remedy: "distance, suboptimality", rates + "  rho: {adaptive: \(range), of: gradient_norm}}\n"),
    .after("a regime over rates", line: 8, field: "axes.rho.adaptive.over", value: nil, message: "has no meaning beside regime", remedy: "crossing", rates + "  rho: {adaptive: \(range), over: learning_rate}}\n"),
    .after("a crossing of one", line: 8, field: "axes.rho.adaptive.of", value: nil, message: "must be the two that cross", remedy: "[n-sam, sgd]", rates + "  rho: {adaptive: {from: 0.1, to: 1, resolve: crossing, of: sgd}}\n"),
    .after("a crossing of a stranger", line: 8, field: "axes.rho.adaptive.of", value: "0.3", message: "is no value of learning_rate", remedy: "0.1, 0.2", rates + "  rho: {adaptive: {from: 0.1, to: 1, resolve: crossing, of: [0.1, 0.3], over: learning_rate}}\n"),
    .after("a crossing of a single one", line: 8, field: "axes.rho.adaptive.over", value: "optimizer", message: "no two values that could cross", remedy: "sweep two values", rates + "  rho: {adaptive: {from: 0.1, to: 1, resolve: crossing}}\n"),
    .after("values of one's own", line: 8, field: "axes.rho.adaptive.values", value: "0.2", message: "does not come of cutting", remedy: "beside the range", rates + "  rho: {adaptive: \(range), values: [0.2]}}\n"),
]

@Suite struct AdaptiveAxisTests {
    @Test(arguments: badAxes) func anAxisThatCannotBeHasOneMessage(input: BadInput) throws {
        let error = try #require(failure(input.text))
        #expect(error.diagnostics.count == 1, "\(error)")
        let found = error.diagnostics[0]
        #expect(found.line == input.line && found.field == input.field, "\(error)")
        #expect(found.message.contains(input.message) && found.remedy.contains(input.remedy), "\(error)")
        if let value = input.value { #expect(found.value?.contains(value) == true, "\(error)") }
    }

    private func rho(_ plan: PlannedSweep) -> [Double] {
        guard case .numbers(let values)? = plan.dimensions.first(where: { $0.name == "rho" })?.values else { return [] }
        return values
    }

    @Test func itBeginsWithNineValuesBesideThoseThatAreListed() throws {
        let own = try plan(BadInput.head + rates + "  rho: [0, 0.5, {adaptive: \(range)}}]\n")
        let nine = PortableMath.logspace(from: 1e-3, to: 100, count: 9)
        #expect(rho(own) == ([0, 0.5] + nine).sorted())
        let axis = try #require(own.adaptive)
        #expect(axis.atMost == 40 && axis.target == .regime && axis.response == "distance_squared" && axis.rivals == nil)
        // A value that is one of the range's is there once.
        #expect(rho(try plan(BadInput.head + rates + "  rho: [1.0e-3, {adaptive: \(range)}}]\n")) == nine)
    }

    @Test func aGoalsTwoAreThoseThatCross() throws {
        let text = BadInput.head + rates + "  rho: {adaptive: {from: 0.1, to: 1, resolve: crossing, over: learning_rate}}\n"
        #expect(try plan(text).adaptive?.rivals == AdaptiveAxis.Rivals(over: "learning_rate", pair: nil))
        let pair = TrialGoal.Pair(over: "learning_rate", first: "0.1", second: "0.2")
        let goal = "trials: {until: {crossing: 0.05, of: [0.1, 0.2], over: learning_rate}}\n"
        #expect(try plan(text + goal).adaptive?.rivals == AdaptiveAxis.Rivals(over: "learning_rate", pair: pair))
    }

    /// A round's plan is that of a sweep which lists the values, and its text gives it again.
    @Test func aRoundIsTheSweepWithItsValues() throws {
        let own = try plan(BadInput.head + "# why\n" + rates + "  rho: [0, {adaptive: \(range)}}]\n")
        let round = try own.taking([100, 4000])
        #expect(rho(round).count == 12 && rho(round) == rho(round).sorted())
        let listed = try plan(BadInput.head + rates + "  rho: \(rho(round))\n")
        #expect(round.planFingerprint == listed.planFingerprint && round.sweepFingerprint == own.sweepFingerprint)
        let again = try plan(round.sourceText)
        #expect(again.planFingerprint == round.planFingerprint && again.adaptive == round.adaptive)
        #expect(try again.taking([7]).sourceText == own.taking([100, 4000, 7]).sourceText)
        #expect(try round.taking([]).sourceText == round.sourceText)
    }
}
