/// Compiles an expression while reading it, from the loosest sign to the tightest:
///
///     or, and, not, comparisons (a < b < c is a < b and b < c), + -, * /, unary -, ** (also ^; to the right)
///
/// There is no tree: instructions are put out in the order in which a stack needs them, so that long expressions
/// need no deep recursion; only brackets, signs and powers nest, at most `deepest` times.
struct ExpressionParser {
    static let deepest = 64
    static let longest = 10_000

    /// What stands on the stack.
    enum Kind: Equatable {
        case number, condition
        /// A choice of components, not yet compared.
        case choice(String)
        case text(String)
    }

    let scope: ExpressionScope
    var tokens: [ExpressionToken]
    var position = 0
    var program = Program()
    private var height = 0
    private var nesting = 0

    /// - Parameter wantsCondition: whether the expression must be a comparison or a number.
    static func parse(_ text: String, scope: ExpressionScope, wantsCondition: Bool) throws(ExpressionError) -> Program {
        guard text.unicodeScalars.count <= longest else {
            throw ExpressionError(
                offset: 0, message: "an expression has at most \(longest) characters",
                value: "\(text.unicodeScalars.count)", remedy: "shorten it")
        }
        var parser = ExpressionParser(scope: scope, tokens: try ExpressionLexer.tokens(of: text))
        let first = parser.token
        let kind = try parser.disjunction()
        guard parser.token.kind == .end else { throw parser.unexpected("an operator or the end") }
        switch kind {
        case .condition where !wantsCondition:
            throw ExpressionError(
                offset: first.offset, message: "must be a number, not a comparison",
                remedy: "give arithmetic, as 0.5 / smoothness")
        case .number where wantsCondition:
            throw ExpressionError(
                offset: first.offset, message: "must be a comparison, not a number",
                remedy: "compare it with something, as learning_rate * smoothness < 2")
        case .condition, .number: break
        case .choice, .text: throw parser.notANumber(kind, first)
        }
        parser.program.isCondition = wantsCondition
        parser.program.canonicalText = parser.tokens.dropLast().map(\.text).joined(separator: " ")
        return parser.program
    }

    private init(scope: ExpressionScope, tokens: [ExpressionToken]) {
        self.scope = scope
        self.tokens = tokens
    }

    var token: ExpressionToken { tokens[position] }

    mutating func take(_ sign: String) -> Bool {
        guard token.kind == .sign(sign) || token.kind == .name(sign) else { return false }
        position += 1
        return true
    }

    mutating func take(oneOf signs: [String]) -> String? { signs.first { take($0) } }

    mutating func emit(_ code: Program.Code, _ operand: Int = 0) {
        switch code {
        case .constant, .load, .tuck: height += 1
        case .isMember, .negate, .not, .unary, .swap: break
        default: height -= 1
        }
        program.depth = max(program.depth, height)
        program.instructions.append(Program.Instruction(code: code, operand: operand))
    }

    /// Goes a level deeper into brackets or signs.
    mutating func nested<Value>(
        _ body: (inout ExpressionParser) throws(ExpressionError) -> Value
    ) throws(ExpressionError) -> Value {
        nesting += 1
        guard nesting <= Self.deepest else {
            throw ExpressionError(
                offset: token.offset, message: "is nested more than \(Self.deepest) levels deep", remedy: "simplify it")
        }
        let value = try body(&self)
        nesting -= 1
        return value
    }

    func unexpected(_ wanted: String) -> ExpressionError {
        ExpressionError(
            offset: token.offset, message: "expected \(wanted)", value: token.text,
            remedy: "see the expression at this place")
    }

    func notANumber(_ kind: Kind, _ at: ExpressionToken) -> ExpressionError {
        switch kind {
        case .choice(let name):
            ExpressionError(
                offset: at.offset, message: "\(name) is a name, not a number",
                remedy: "compare it with == or != and a name in quotes, as \(name) == 'NAME'")
        case .text:
            ExpressionError(
                offset: at.offset, message: "a text is not a number", value: at.text,
                remedy: "compare it with == or != and a component, as optimizer == 'sgd'")
        case .condition:
            ExpressionError(
                offset: at.offset, message: "a comparison is not a number", remedy: "join comparisons with and, or")
        case .number:
            ExpressionError(
                offset: at.offset, message: "a number is not a comparison", remedy: "compare it with something")
        }
    }
}
