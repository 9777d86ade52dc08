import SweepPlanning
import Testing
import TrialContract

private let axis = "axes: {learning_rate: [0.1], rho: [0.1, 0.2, 0.4]}\n"

private let two = "axes: {learning_rate: [0.1, 0.2], rho: [0.1, 0.2, 0.4]}\n"

private let badGoals: [BadInput] = [
    .after("no end", line: 7, field: "trials", value: "at_least: 10", message: "has no until", remedy: "relative_error", axis + "trials: {at_least: 10}\n"),
    .after("two ends", line: 7, field: "trials.until", value: nil, message: "exactly one of relative_error, absolute_error, exponent, crossing, claims", remedy: "relative_error", axis + "trials: {until: {relative_error: 0.1, exponent: 0.1}}\n"),
    .after("an end that there is not", line: 7, field: "trials.until.slope", value: nil, message: "unknown key", remedy: "relative_error", axis + "trials: {until: {slope: 0.05}}\n"),
    .after("a crossing of nothing", line: 7, field: "trials.until.of", value: nil, message: "must be the two that cross", remedy: "of: [n-sam, sgd]", axis + "trials: {until: {crossing: 0.05}}\n"),
    .after("a crossing of one", line: 7, field: "trials.until.of", value: nil, message: "must be the two that cross", remedy: "of: [n-sam, sgd]", axis + "trials: {until: {crossing: 0.05, of: sgd}}\n"),
    .after("a crossing of a stranger", line: 7, field: "trials.until.of", value: "0.3", message: "is no value of learning_rate", remedy: "0.1, 0.2", two + "trials: {until: {crossing: 0.05, of: [0.1, 0.3], over: learning_rate}}\n"),
    .after("a crossing with itself", line: 7, field: "trials.until.of", value: "0.1", message: "names one value twice", remedy: "two values", two + "trials: {until: {crossing: 0.05, of: [0.1, 0.10], over: learning_rate}}\n"),
    .after("a crossing over nothing", line: 7, field: "trials.until.over", value: "steps", message: "is no dimension", remedy: "learning_rate, rho", two + "trials: {until: {crossing: 0.05, of: [1, 2], over: steps}}\n"),
    .after("a crossing along itself", line: 7, field: "trials.until.over", value: "rho", message: "is the axis along which", remedy: "another dimension", two + "trials: {until: {crossing: 0.05, of: [0.1, 0.2], over: rho}}\n"),
    .after("a pair of means", line: 7, field: "trials.until.over", value: "rho", message: "has no meaning beside exponent", remedy: "crossing", axis + "trials: {until: {exponent: 0.05, over: rho}}\n"),
    .after("a share of more than all", line: 7, field: "trials.until.relative_error", value: "1.5", message: "(0, 1)", remedy: "(0, 1)", axis + "trials: {until: {relative_error: 1.5}}\n"),
    .after("a width of nothing", line: 7, field: "trials.until.absolute_error", value: "0", message: "a number > 0", remedy: "positive", axis + "trials: {until: {absolute_error: 0}}\n"),
    .after("at_most below at_least", line: 7, field: "trials.at_most", value: "50 < 100", message: "is below at_least", remedy: "raise at_most", axis + "trials: {at_least: 100, at_most: 50, until: {exponent: 0.1}}\n"),
    .after("one trial", line: 7, field: "trials.at_least", value: "1", message: "[2,", remedy: "[2,", axis + "trials: {at_least: 1, until: {exponent: 0.1}}\n"),
    .after("no confidence", line: 7, field: "trials.confidence", value: "1", message: "[0.5, 1)", remedy: "[0.5, 1)", axis + "trials: {until: {exponent: 0.1}, confidence: 1}\n"),
    .after("what is not recorded", line: 7, field: "trials.until.of", value: "gradient_norm", message: "is not recorded", remedy: "distance, suboptimality", axis + "trials: {until: {relative_error: 0.1, of: gradient_norm}}\n"),
    .after("a law along a line of two", line: 7, field: "trials.until.against", value: "learning_rate", message: "no three values", remedy: "rho", axis + "trials: {until: {exponent: 0.1, against: learning_rate}}\n"),
    .after("a law along no axis", line: 7, field: "trials.until.against", value: "steps", message: "is no axis", remedy: "rho", axis + "trials: {until: {exponent: 0.1, against: steps}}\n"),
    .after("an axis of a mean", line: 7, field: "trials.until.against", value: "rho", message: "has no meaning beside relative_error", remedy: "exponent", axis + "trials: {until: {relative_error: 0.1, against: rho}}\n"),
    .after("claims of none", line: 7, field: "trials.until.claims", value: nil, message: "the sweep has none", remedy: "add claims", axis + "trials: {until: {claims: decided}}\n"),
    .after("claims passed", line: 7, field: "trials.until.claims", value: "passed", message: "decided", remedy: "decided", axis + "trials: {until: {claims: passed}}\n"),
    .after("curves of a goal", line: 8, field: "curves", value: nil, message: "the same number of them", remedy: "give a number of trials", axis + "trials: {until: {exponent: 0.1}}\ncurves: {at: [1, 5]}\n"),
    .after("a budget of nothing", line: 8, field: "budget.trials", value: "0", message: "a number > 0", remedy: "positive", axis + "trials: {until: {exponent: 0.1}}\nbudget: {trials: 0}\n"),
    .after("a budget without a goal", line: 8, field: "budget", value: nil, message: "has nothing to end", remedy: "give a goal", axis + "trials: 5\nbudget: {seconds: 5}\n"),
    .after("two budgets", line: 8, field: "budget", value: nil, message: "exactly one of gradients, seconds, trials", remedy: "keep one", axis + "trials: {until: {exponent: 0.1}}\nbudget: {seconds: 5, trials: 1000}\n"),
    .after("a budget below the first round", line: 7, field: "budget.trials", value: "100 < 192", message: "is below at_least", remedy: "raise it", axis + "trials: {until: {exponent: 0.1}}\nbudget: {trials: 100}\n"),
    .after("more than a file holds", line: 7, field: "trials.at_most", value: nil, message: "more than a result file holds", remedy: "lower at_most", axis + "trials: {at_most: 1000000000000, until: {exponent: 0.1}}\n"),
]

@Suite struct GoalTests {
    @Test(arguments: badGoals) func aGoalThatCannotBeHasOneMessage(input: BadInput) throws {
        let error = try #require(failure(input.text))
        #expect(error.diagnostics.count == 1, "\(error)")
        let found = error.diagnostics[0]
        #expect(found.line == input.line && found.field == input.field, "\(error)")
        #expect(found.message.contains(input.message) && found.remedy.contains(input.remedy), "\(error)")
        if let value = input.value { #expect(found.value?.contains(value) == true, "\(error)") }
    }

    @Test func goalsAreReadAsTheyStand() throws {
        func goal(_ trials: String) throws -> TrialGoal? { try plan(BadInput.head + axis + trials + "\n").goal }
        #expect(try goal("trials: 256") == nil)
        #expect(try goal("trials: {until: {relative_error: 0.01}}")
            == TrialGoal(atLeast: 64, atMost: 1_000_000, target: .relativeError(0.01, of: "distance_squared"), confidence: 0.95))
        #expect(try goal("trials: {at_most: 32, until: {absolute_error: 3, of: suboptimality}, confidence: 0.9}")
            == TrialGoal(atLeast: 32, atMost: 32, target: .absoluteError(3, of: "suboptimality"), confidence: 0.9))
        #expect(try goal("trials: {at_least: 2000000, until: {exponent: 0.05, against: rho}}\nbudget: {gradients: 1e12}")
            == TrialGoal(atLeast: 2_000_000, atMost: 2_000_000, target: .exponent(0.05, of: "distance_squared", against: "rho"),
                         budget: .gradients(1e12)))
        #expect(try plan(BadInput.head + two + "trials: {until: {crossing: 0.05, of: [0.1, 0.2], over: learning_rate}}\n").goal?.target
            == .crossing(0.05, TrialGoal.Pair(over: "learning_rate", first: "0.1", second: "0.2"), of: "distance_squared", against: "rho"))
        #expect(try goal("trials: {until: {exponent: 0.05}}\nbudget: {seconds: 3}")?.budget == .seconds(3))
    }

    /// A goal decides nothing of a trial: a round is the sweep with that number of trials, and its result is the same.
    @Test func aRoundIsTheSweepWithItsNumberOfTrials() throws {
        let number = try plan(BadInput.head + axis + "trials: 80\n")
        let goal = try plan(BadInput.head + axis + "trials: {until: {relative_error: 0.5}}\n")
        #expect(goal.trials == 64 && goal.asking(trials: 80).trials == 80)
        #expect(goal.sweepFingerprint == number.sweepFingerprint && goal.asking(trials: 80).planFingerprint == number.planFingerprint)
        #expect(goal.planFingerprint != number.planFingerprint)
        #expect(goal.asking(trials: 80).estimate.trials == 240)
    }

    @Test func theCommandLineGivesGoals() throws {
        let changed = try plan(BadInput.head + axis + "trials: {until: {exponent: 0.1}}\n", set: ["trials.until={relative_error: 0.2}"])
        #expect(changed.goal?.target == .relativeError(0.2, of: "distance_squared"))
        #expect(try plan(changed.sourceText).goal == changed.goal)
    }
}
