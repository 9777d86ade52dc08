import Definitions
import TrialContract

extension LayoutChecks {
    /// Statistics that use the learning rate or rho of the step at x_T, by what they use.
    private static let ofConstants: [(statistic: String, kind: ComponentKind, what: String)] = [
        ("sam_edge", .learningRateSchedule, "learning rate"), ("sam_edge", .rhoSchedule, "rho"),
        ("gradient_cosine", .rhoSchedule, "rho"),
    ]

    /// Measures of the last iterate that depend on a number which must be the same in all steps.
    func checkMeasures() {
        for use in Self.ofConstants where layout.spec.record.contains(where: { $0.name == use.statistic && !$0.isOwn }) {
            guard let entry = layout.spec.choices[use.kind]?.entries.first(where: { $0.description.name != "constant" }) else { continue }
            diagnostics.report(
                layout.spec.recordPlace, "record", "\(use.statistic) is defined for a constant \(use.what) only",
                value: entry.label, remedy: "remove it from record, or the schedule")
        }
    }

    /// The sweep's own statistics must make sense for all problems, parameters and dimensions that they are taken on.
    func checkStatistics() {
        for own in layout.spec.ownStatistics {
            let parameters = Set((layout.spec.choices[.problem]?.entries ?? []).flatMap { entry in
                entry.description.parameters.map { "problem.\($0.name)" }
            })
            checkDefinition(dependingOn: ["problem", "dimension"] + parameters.sorted(), places: own.places) {
                (digits, dimension) throws(DefinitionError) in
                _ = try own.statistic(
                    on: layout.entry(.problem, at: digits), parameters: layout.choice(.problem, at: digits).parameters,
                    dimension: dimension)
            }
        }
    }
}
