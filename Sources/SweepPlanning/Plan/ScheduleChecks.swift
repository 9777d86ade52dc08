import Definitions
import TrialContract

extension LayoutChecks {
    /// The sweep's own schedules must have factors in all steps of the cells that use them.
    func checkSchedules() {
        for kind in Layout.scheduleKinds {
            for (index, entry) in (layout.spec.choices[kind]?.entries ?? []).enumerated() {
                guard let own = entry.schedule else { continue }
                let parameters = own.description.parameters.map { "\(kind.fieldName).\($0.name)" }
                checkDefinition(
                    dependingOn: [kind.fieldName, "steps"] + parameters + own.cellNames, places: own.places
                ) { (digits, _) throws(DefinitionError) in
                    guard Int(layout.value(kind.fieldName, at: digits)) == index else { return }
                    _ = try layout.schedule(kind, at: digits)
                }
            }
        }
    }
}

extension Layout {
    static let scheduleKinds: [ComponentKind] = [.learningRateSchedule, .rhoSchedule]

    /// The sweep's own schedules.
    var ownSchedules: [OwnSchedule] {
        Self.scheduleKinds.flatMap { spec.choices[$0]?.entries.compactMap(\.schedule) ?? [] }
    }

    /// The factors of the sweep's own schedule in a cell; `nil` where it takes one of the catalogue.
    func schedule(_ kind: ComponentKind, at digits: Digits) throws(DefinitionError) -> DefinedSchedule? {
        guard let own = entry(kind, at: digits).schedule else { return nil }
        return try own.schedule(
            parameters: choice(kind, at: digits).parameters, steps: Int(value("steps", at: digits))
        ) { value($0, at: digits) }
    }
}
