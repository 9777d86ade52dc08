import ExpressionSyntax

/// An algorithm as its author wrote it: what a step does, assignment by assignment.
public struct AlgorithmDefinition: Sendable {
    /// Whether a condition must hold or not.
    struct Guard: Hashable, Sendable {
        /// By position in `conditions`.
        var condition: Int
        var holds: Bool
    }

    /// `name = expression`.
    public struct Assignment: Sendable {
        public let name: String
        /// Where the name stands in the program, in Unicode scalars.
        public let offset: Int
        public let value: DefinedExpression
        /// What must hold for it to be done; the blocks it stands in, from the outermost.
        let guards: [Guard]
    }

    public var name: String
    public var source: DefinitionSource
    public var parameters: [ProblemDefinition.Named<Double>] = []
    /// What is kept from step to step, with its first value.
    public var memory: [ProblemDefinition.Named<Double>] = []
    public var step: [Assignment]
    /// Of the blocks.
    let conditions: [DefinedExpression]
    /// Of the program.
    public var stepSource: DefinitionSource

    /// Throws where the program is no list of assignments.
    public init(name: String, source: DefinitionSource, step: String, stepSource: DefinitionSource) throws(DefinitionError) {
        self.name = name
        self.source = source
        self.stepSource = stepSource
        var reader = StepReader(step, stepSource)
        self.step = try reader.read()
        conditions = reader.conditions
    }

    /// The assignments with single spaces between their tokens.
    public var canonicalText: String {
        step.map { line in
            let guards = line.guards.map { guarding in
                "if \(guarding.holds ? "" : "not ")(\(conditions[guarding.condition].canonicalText)): "
            }
            return "\(guards.joined())\(line.name) = \(line.value.canonicalText)"
        }.joined(separator: "; ")
    }

    /// Names that mean something in every program and cannot be given to something else.
    public static let knownNames = ["x", "learning_rate", "rho", "t", "steps", "dimension"] + problemNames
    /// What the problem states, if it does.
    public static let problemNames = ["smoothness", "strong_convexity", "minimum"]
    public static let questions = ["grad", "full", "value", "full_value", "hvp", "full_hvp", mean] + draws
    /// The mean over a batch's examples.
    static let mean = "each"
    static let draws = ["normal", "rademacher", "uniform"]

    /// Which of what the problem states the program names.
    public var namedOfProblem: [String] {
        let names = Set((step.map(\.value) + conditions).flatMap(\.tree.names))
        return Self.problemNames.filter { names.contains($0) && !step.map(\.name).contains($0) }
    }

    /// Whether no parameter, memory or intermediate result can be called so; x is assigned.
    public static func isReserved(_ name: String) -> Bool {
        knownNames.contains(name) || questions.contains(name) || ProblemDefinition.isReserved(name)
    }

    /// In Unicode scalars; a place in the program is one in each of its expressions.
    static let longestProgram = SyntaxParser.longest
    static let mostAssignments = 200
}
