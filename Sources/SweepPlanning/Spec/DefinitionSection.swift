import TrialContract

/// A section of files of definitions, as `problems:`, and the folder of the program's library with its members.
struct DefinitionSection {
    let key: String
    /// What each of its members is: a schedule is one of both rates.
    let kinds: [ComponentKind]
    /// One of them, for messages.
    let noun: String
    /// The key without which it is none.
    let needed: String

    static let all = [
        DefinitionSection(key: "problems", kinds: [.problem], noun: "a problem", needed: "objective"),
        DefinitionSection(key: "optimizers", kinds: [.optimizer], noun: "an optimizer", needed: "step"),
        DefinitionSection(
            key: "schedules", kinds: [.learningRateSchedule, .rhoSchedule], noun: "a schedule", needed: "factor"),
    ]

    /// Kinds of components that files define.
    static let kinds = all.flatMap(\.kinds)

    /// The section with definitions of a kind; `nil`: files define none.
    static func of(_ kind: ComponentKind) -> DefinitionSection? { all.first { $0.kinds.contains(kind) } }
}

extension ComponentKind {
    /// The number that a schedule changes; `nil`: it is no schedule.
    var rate: String? {
        switch self {
        case .learningRateSchedule: "learning_rate"
        case .rhoSchedule: "rho"
        default: nil
        }
    }
}
