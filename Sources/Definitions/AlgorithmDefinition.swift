import ExpressionSyntax

/// An algorithm as its author wrote it: what a step does, assignment by assignment.
public struct AlgorithmDefinition: Sendable {
    /// `name = expression`.
    public struct Assignment: Sendable {
        public let name: String
        /// Where the name stands in the program, in Unicode scalars.
        public let offset: Int
        public let value: DefinedExpression
    }

    public var name: String
    public var source: DefinitionSource
    public var parameters: [ProblemDefinition.Named<Double>] = []
    /// What is kept from step to step, with its first value.
    public var memory: [ProblemDefinition.Named<Double>] = []
    public var step: [Assignment]
    /// Of the program.
    public var stepSource: DefinitionSource

    /// Throws where the program is no list of assignments.
    public init(name: String, source: DefinitionSource, step: String, stepSource: DefinitionSource) throws(DefinitionError) {
        self.name = name
        self.source = source
        self.stepSource = stepSource
        self.step = try Self.assignments(step, stepSource)
    }

    /// The assignments with single spaces between their tokens.
    public var canonicalText: String { step.map { "\($0.name) = \($0.value.canonicalText)" }.joined(separator: "; ") }

    /// Names that mean something in every program and cannot be given to something else.
    public static let knownNames = ["x", "learning_rate", "rho", "t", "steps", "dimension"]
    public static let questions = ["grad", "full", "full_value"]

    /// Whether no parameter, memory or intermediate result can be called so; x is assigned.
    public static func isReserved(_ name: String) -> Bool {
        knownNames.contains(name) || questions.contains(name) || ProblemDefinition.isReserved(name)
    }

    /// In Unicode scalars; a place in the program is one in each of its expressions.
    static let longestProgram = SyntaxParser.longest
    static let mostAssignments = 200

    private static func assignments(_ program: String, _ source: DefinitionSource) throws(DefinitionError) -> [Assignment] {
        func fault(_ offset: Int, _ message: String, _ value: String?, _ remedy: String) -> DefinitionError {
            DefinitionError(source: source, offset: offset, message: message, value: value, remedy: remedy)
        }
        let scalars = Array(program.unicodeScalars)
        guard scalars.count <= longestProgram else {
            throw fault(0, "has more than \(longestProgram) characters", "\(scalars.count)", "shorten the program")
        }
        func text(_ range: Range<Int>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[range])
            return String(view)
        }
        var assignments: [Assignment] = []
        var begin = 0
        while begin < scalars.count {
            var end = scalars[begin...].firstIndex { $0 == "\n" || $0 == "\r" } ?? scalars.count
            let next = end + 1
            // What stands behind # is said to people.
            end = scalars[begin..<end].firstIndex(of: "#") ?? end
            defer { begin = next }
            guard let first = scalars[begin..<end].firstIndex(where: { !$0.properties.isWhitespace }) else { continue }
            let line = text(first..<end)
            guard let match = line.prefixMatch(of: /([A-Za-z_][A-Za-z0-9_]{0,63})\s*=(?!=)/) else {
                let isBlock = line.wholeMatch(of: /(if|for|while)\b.*:\s*/) != nil
                throw fault(
                    first, isBlock ? "a program has no blocks" : "is no assignment", String(line.prefix(60)),
                    isBlock ? "write y = if(condition, a, b)" : "write one assignment a line: name = expression")
            }
            guard assignments.count < mostAssignments else {
                throw fault(first, "has more than \(mostAssignments) assignments", nil, "shorten the program")
            }
            // Blanks in the place of all that comes before keep every offset the program's.
            let start = first + match.output.0.unicodeScalars.count
            let value = try DefinedExpression(String(repeating: " ", count: start) + text(start..<end), source: source)
            assignments.append(Assignment(name: String(match.output.1), offset: first, value: value))
        }
        guard !assignments.isEmpty else {
            throw fault(0, "does nothing", nil, "write x = x - learning_rate * grad(x)")
        }
        return assignments
    }
}
