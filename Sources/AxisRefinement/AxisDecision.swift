import JSONText
import ScalingFits
import Wording

/// What was decided about the values of an axis after a round, and why.
package struct AxisDecision: Sendable, Equatable {
    package enum Outcome: String, Sendable, Equatable {
        /// Values are added, and another round follows.
        case goesOn = "goes_on"
        /// Nothing is left to resolve.
        case resolved
        /// What was to be resolved is not there.
        case nothing
        /// There are as many values as `at_most` allows.
        case atMost = "at_most"
        /// More values would take more than the budget.
        case budget
    }

    /// Of the axis.
    package var name: String
    /// Counted from 1.
    package var round: Int
    package var outcome: Outcome
    /// Of the range, before the decision.
    package var values: Int
    /// Ascending.
    package var added: [Double]
    /// What needs more values most; `nil` where nothing does.
    package var farthest: String?

    package var isLast: Bool { outcome != .goesOn }

    /// One sentence for people.
    package var text: String {
        let head = "\(name), round \(round): \(counted(values, "value"))"
        let place = farthest.map { ": \($0)" } ?? ""
        switch outcome {
        case .goesOn: return "\(head), and \(grouped(added.count)) more\(place)"
        case .resolved: return "\(head) are enough"
        case .nothing: return "\(head)\(place)"
        case .atMost: return "\(head), the most that at_most allows\(place)"
        case .budget: return "\(head); the budget leaves no more\(place)"
        }
    }

    /// For scripts.
    package var json: JSONValue {
        .object([
            ("axis", .string(name)), ("round", .integer(round)), ("outcome", .string(outcome.rawValue)), ("values", .integer(values)),
            ("added", .array(added.map { .number($0) })), ("farthest", .optional(farthest)), ("text", .string(text)),
        ])
    }
}
