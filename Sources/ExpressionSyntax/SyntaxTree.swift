/// An expression as it was written: what `where` and `derive` compile to a program of numbers, and definitions to
/// operations on vectors.
///
/// Nodes stand in the order in which they are evaluated, operands before what they belong to, the whole expression last:
/// whoever goes through them needs no recursion.
public struct SyntaxTree: Sendable {
    public struct Node: Sendable {
        public enum Kind: Sendable, Equatable {
            case number(Double)
            case text(String)
            case name(String)
            /// Something in brackets.
            case group
            case negate, plus, not
            case binary(Operator)
            /// a < b < c, which is a < b and b < c.
            case chain(Operator, Operator)
            case call(String)
            /// The first child is what is indexed; the others are the numbers of the subscripts.
            case index([Subscript])
            case list
        }

        public var kind: Kind
        /// Positions of the operands, ascending.
        public var children: [Int]
        /// Position of the first token that belongs to it.
        public var first: Int
        /// Position of the token that makes it what it is: the operator, the function's name.
        public var token: Int
    }

    /// A remainder has the sign of the divisor, as in Python.
    public enum Operator: String, Sendable {
        case add = "+", subtract = "-", multiply = "*", divide = "/", remainder = "%", power = "^", product = "@"
        case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", equal = "==", notEqual = "!="
        case and, or

        public var isComparison: Bool {
            switch self {
            case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: true
            default: false
            }
        }
    }

    /// What stands between the commas of square brackets.
    public enum Subscript: Sendable, Equatable {
        case at
        /// `lower:upper`, either of which may be missing.
        case slice(hasLower: Bool, hasUpper: Bool)
    }

    public let nodes: [Node]
    public let tokens: [ExpressionToken]

    /// The tokens with single spaces between them: what fingerprints see.
    public var canonicalText: String { tokens.dropLast().map(\.text).joined(separator: " ") }

    /// Where a node begins in the text, for messages.
    public func beginning(of node: Int) -> ExpressionToken { tokens[nodes[node].first] }

    /// The names in it that are no functions, each once, in the order in which they come.
    public var names: [String] {
        var names: [String] = []
        for case .name(let name) in nodes.lazy.map(\.kind) where !names.contains(name) { names.append(name) }
        return names
    }
}
