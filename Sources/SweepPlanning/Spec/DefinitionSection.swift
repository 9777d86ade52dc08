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
        DefinitionSection(key: "statistics", kinds: [.statistic], noun: "a statistic", needed: "value"),
    ]

    /// What names in the section are made of, as far as a name is one; `nil`: as they should be.
    func fault(ofName name: String) -> (message: String, remedy: String)? {
        guard kinds == [.statistic] else {
            return DefinedName.isPlain(name) ? nil : (DefinedName.demand, DefinedName.remedy)
        }
        return OwnStatistic.isName(name) ? nil : (OwnStatistic.demandOfName, OwnStatistic.remedyOfName)
    }

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
