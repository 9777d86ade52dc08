import TrialContract

/// A statistic as a sweep file writes it: one number over the variables of a problem.
public struct StatisticDefinition: Sendable {
    public let name: String
    public let value: DefinedExpression
    public let moment: DefinedStatistic.Moment

    public init(name: String, value: DefinedExpression, moment: DefinedStatistic.Moment) {
        self.name = name
        self.value = value
        self.moment = moment
    }

    /// Everything that decides its values: what fingerprints see.
    public var canonicalText: String { "\(value.canonicalText), \(moment.formula)" }
    /// The same as it was written: what results say of it.
    public var writtenText: String { "\(value.writtenText), \(moment.formula)" }

    /// The statistic for given parameters.
    ///
    /// - Parameters:
    ///   - problem: what its expression may name.
    ///   - dimension: the sweep's own, where lengths ask for it.
    /// - Throws: what does not fit: unknown names, shapes, more than one number.
    public func build(
        on problem: ProblemDefinition, parameters: [String: Double], dimension: Int
    ) throws(DefinitionError) -> DefinedStatistic {
        let scope = DefinitionScope(problem, parameters, dimension, knowsObjective: true)
        try scope.lay()
        let node = try scope.number(value, .exact, name)
        return DefinedStatistic(name: name, moment: moment, tape: TapeWriter.tape(scope.graph, [node]))
    }
}

extension ProblemDefinition {
    /// A problem of the catalogue as statistics see it: x, of the sweep's dimension.
    public static func compiled(_ name: String, source: DefinitionSource) throws(DefinitionError) -> ProblemDefinition {
        var problem = ProblemDefinition(name: name, source: source, objective: try DefinedExpression("0", source: source))
        problem.variables = [Named("x", source: source, [try DefinedExpression("dimension", source: source)])]
        return problem
    }
}
