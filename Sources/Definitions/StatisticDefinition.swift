import TrialContract

/// A statistic as a sweep file writes it: a number, or a vector of them, over the variables of a problem.
public struct StatisticDefinition: Sendable {
    public let name: String
    public let value: DefinedExpression
    public let moment: DefinedStatistic.Moment
    /// Numbers of its own that the expression may name, in their order.
    public let parameters: [(name: String, value: Double)]
    /// The most numbers that its vector may have.
    public let mostNumbers: Int

    /// The most numbers of a vector where nothing else is said, and where many are asked for.
    public static let usualNumbers = 64, largestNumbers = 4096

    public init(
        name: String, value: DefinedExpression, moment: DefinedStatistic.Moment, parameters: [(name: String, value: Double)] = [],
        mostNumbers: Int = usualNumbers
    ) {
        self.name = name
        self.value = value
        self.moment = moment
        self.parameters = parameters
        self.mostNumbers = mostNumbers
    }

    /// Everything that decides its values: what fingerprints see.
    public var canonicalText: String { text(value.canonicalText) }
    /// The same as it was written: what results say of it.
    public var writtenText: String { text(value.writtenText) }

    private func text(_ expression: String) -> String {
        "\(expression), \(moment.formula)" + parameters.map { ", \($0.name) = \(brief($0.value))" }.joined()
    }

    /// The statistic for given parameters.
    ///
    /// - Parameters:
    ///   - problem: what its expression may name.
    ///   - dimension: the sweep's own, where lengths ask for it.
    /// - Throws: what does not fit: unknown names, shapes, more than one number.
    public func build(
        on problem: ProblemDefinition, parameters: [String: Double], dimension: Int
    ) throws(DefinitionError) -> DefinedStatistic {
        for own in self.parameters where problem.names(own.name) {
            throw DefinitionError(
                source: value.source, offset: value.tree.tokens.first?.offset,
                message: "has a parameter that is called like a part of the problem", value: own.name,
                remedy: "call the parameter something else")
        }
        let given = parameters.merging(self.parameters.map { ($0.name, $0.value) }) { first, _ in first }
        let scope = DefinitionScope(problem, given, dimension, knowsObjective: true)
        try scope.lay()
        let node = try scope.recorded(value, asComparison: moment == .first, atMost: mostNumbers)
        return DefinedStatistic(name: name, moment: moment, tape: TapeWriter.tape(scope.graph, [node]))
    }
}

extension ProblemDefinition {
    /// Whether a part of it has this name.
    fileprivate func names(_ name: String) -> Bool {
        parameters.contains { $0.name == name } || variables.contains { $0.name == name } || constants.contains { $0.name == name }
            || lets.contains { $0.name == name } || samples.contains { $0.name == name }
    }

    /// A problem of the catalogue as statistics see it: x, of the sweep's dimension.
    public static func compiled(_ name: String, source: DefinitionSource) throws(DefinitionError) -> ProblemDefinition {
        var problem = ProblemDefinition(name: name, source: source, objective: try DefinedExpression("0", source: source))
        problem.isCompiled = true
        problem.variables = [Named("x", source: source, [try DefinedExpression("dimension", source: source)])]
        return problem
    }
}
