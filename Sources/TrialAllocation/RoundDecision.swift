import JSONText
import Wording

/// What was decided after a round of trials, and why.
package struct RoundDecision: Sendable, Equatable {
    package enum Outcome: String, Sendable, Equatable {
        /// Another round follows.
        case goesOn = "goes_on"
        /// All that was asked for is known.
        case reached
        /// Nothing is left that more trials would help, but not all is reached.
        case ended
        /// What is open has all the trials that `at_most` allows.
        case atMost = "at_most"
        /// What is open does not fit into the budget.
        case budget
    }

    /// Counted from 1.
    package var round: Int
    package var outcome: Outcome
    /// What the goal is counted in, as "cell".
    package var unit: String
    /// How many of them there are, and how many are known well enough.
    package var total: Int
    package var reached: Int
    /// Places and reasons where more trials would not help, at most `listed` of them.
    package var hopeless: [String]
    package var hopelessCount: Int
    /// Places and figures of what is open, at most `listed` of them.
    package var open: [String]
    /// What is farthest from what is asked for; `nil` where nothing is open.
    package var farthest: String?
    /// Of all cells, before and after the decision.
    package var trialsBefore: Int
    package var trialsAfter: Int
    /// Cells that get more, and what the one with most then has.
    package var growing: Int
    package var most: Int
    /// Whether the budget left less than what is wanted.
    package var isCut: Bool

    package static let listed = 1000

    package var openCount: Int { total - reached - hopelessCount }
    package var isLast: Bool { outcome != .goesOn }

    /// As "19 of 24 cells", for a progress bar.
    package var short: String { "\(grouped(reached)) of \(counted(total, unit))" }

    /// One sentence for people.
    package var text: String {
        let head = "round \(round): \(short) reached"
        let hopeless = hopelessCount > 0 ? ", \(grouped(hopelessCount)) beyond help" : ""
        let place = farthest.map { "; farthest: \($0)" } ?? ""
        switch outcome {
        case .goesOn:
            let cut = isCut ? " (what the budget leaves)" : ""
            return "\(head)\(hopeless); \(counted(growing, "cell gets", "cells get")) \(counted(trialsAfter - trialsBefore, "more trial"))\(cut), "
                + "up to \(grouped(most))\(place)"
        case .reached: return "\(head) with \(counted(trialsBefore, "trial"))"
        case .ended: return "\(head)\(hopeless): more trials would not help"
        case .atMost: return "\(head)\(hopeless); the other \(grouped(openCount)) have the most trials that at_most allows\(place)"
        case .budget: return "\(head)\(hopeless); the budget leaves no more trials for the other \(grouped(openCount))\(place)"
        }
    }

    /// For the result file and for scripts.
    package var json: JSONValue {
        .object([
            ("round", .integer(round)), ("outcome", .string(outcome.rawValue)), ("unit", .string(unit)),
            ("total", .integer(total)), ("reached", .integer(reached)), ("open", .integer(openCount)),
            ("beyond_help", .integer(hopelessCount)), ("trials_before", .integer(trialsBefore)),
            ("trials_after", .integer(trialsAfter)), ("growing_cells", .integer(growing)), ("most_trials", .integer(most)),
            ("cut_by_budget", .boolean(isCut)), ("farthest", .optional(farthest)),
            ("reasons", .array(hopeless.map { .string($0) })), ("still_open", .array(open.map { .string($0) })),
            ("text", .string(text)),
        ])
    }
}
