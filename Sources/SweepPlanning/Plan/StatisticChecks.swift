import Definitions

extension LayoutChecks {
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
