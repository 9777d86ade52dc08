/// Reads an expression, from the loosest sign to the tightest:
///
///     or, and, not, comparisons (a < b < c is a < b and b < c), + -, * / % @, unary -, ** (also ^; to the right), a[i]
///
/// Chains of one sign do not nest, so that long expressions need no deep recursion; only brackets, signs and powers do, at
/// most `deepest` times.
public struct SyntaxParser {
    public static let deepest = 64
    /// In Unicode scalars; an expression has fewer nodes than that.
    public static let longest = 10_000

    private var tokens: [ExpressionToken]
    private var position = 0
    private var nodes: [SyntaxTree.Node] = []
    private var nesting = 0

    /// Throws where the text is no expression.
    public static func parse(_ text: String) throws(ExpressionError) -> SyntaxTree {
        guard text.unicodeScalars.count <= longest else {
            throw ExpressionError(
                offset: 0, message: "an expression has at most \(longest) characters",
                value: "\(text.unicodeScalars.count)", remedy: "shorten it")
        }
        var parser = SyntaxParser(tokens: try ExpressionLexer.tokens(of: text))
        _ = try parser.disjunction()
        guard parser.token.kind == .end else { throw parser.unexpected("an operator or the end") }
        return SyntaxTree(nodes: parser.nodes, tokens: parser.tokens)
    }

    private init(tokens: [ExpressionToken]) { self.tokens = tokens }

    private var token: ExpressionToken { tokens[position] }

    private mutating func take(_ sign: String) -> Bool {
        guard token.kind == .sign(sign) || token.kind == .name(sign) else { return false }
        position += 1
        return true
    }

    private mutating func take(oneOf signs: [String]) -> SyntaxTree.Operator? {
        for sign in signs where take(sign) { return SyntaxTree.Operator(rawValue: sign == "**" ? "^" : sign) }
        return nil
    }

    /// Puts a node behind its operands and returns its position.
    private mutating func add(_ kind: SyntaxTree.Node.Kind, _ children: [Int], token: Int, first: Int? = nil) -> Int {
        nodes.append(SyntaxTree.Node(
            kind: kind, children: children, first: first ?? children.first.map { nodes[$0].first } ?? token, token: token))
        return nodes.count - 1
    }

    /// Goes a level deeper into brackets or signs.
    private mutating func nested(
        _ body: (inout SyntaxParser) throws(ExpressionError) -> Int
    ) throws(ExpressionError) -> Int {
        nesting += 1
        guard nesting <= Self.deepest else {
            throw ExpressionError(
                offset: token.offset, message: "is nested more than \(Self.deepest) levels deep", remedy: "simplify it")
        }
        let node = try body(&self)
        nesting -= 1
        return node
    }

    private func unexpected(_ wanted: String) -> ExpressionError {
        ExpressionError(
            offset: token.offset, message: "expected \(wanted)", value: token.text,
            remedy: "see the expression at this place")
    }

    // MARK: Logic

    private mutating func disjunction() throws(ExpressionError) -> Int {
        var node = try conjunction()
        while take("or") {
            let sign = position - 1
            node = add(.binary(.or), [node, try conjunction()], token: sign)
        }
        return node
    }

    private mutating func conjunction() throws(ExpressionError) -> Int {
        var node = try negation()
        while take("and") {
            let sign = position - 1
            node = add(.binary(.and), [node, try negation()], token: sign)
        }
        return node
    }

    private mutating func negation() throws(ExpressionError) -> Int {
        guard take("not") else { return try comparison() }
        let sign = position - 1
        let operand = try nested { parser throws(ExpressionError) in try parser.negation() }
        return add(.not, [operand], token: sign, first: sign)
    }

    private static let comparisons = ["<=", ">=", "==", "!=", "<", ">"]

    private mutating func comparison() throws(ExpressionError) -> Int {
        let left = try sum()
        guard let sign = take(oneOf: Self.comparisons) else { return left }
        let place = position - 1
        let right = try sum()
        guard let second = take(oneOf: Self.comparisons) else {
            return add(.binary(sign), [left, right], token: place)
        }
        let secondPlace = position - 1
        let last = try sum()
        if case .sign(let sign) = token.kind, Self.comparisons.contains(sign) {
            throw ExpressionError(
                offset: token.offset, message: "chains more than two comparisons", remedy: "join comparisons with and")
        }
        return add(.chain(sign, second), [left, right, last], token: secondPlace)
    }

    // MARK: Arithmetic

    private mutating func sum() throws(ExpressionError) -> Int {
        var node = try product()
        while let sign = take(oneOf: ["+", "-"]) {
            let place = position - 1
            node = add(.binary(sign), [node, try product()], token: place)
        }
        return node
    }

    private mutating func product() throws(ExpressionError) -> Int {
        var node = try signed()
        while let sign = take(oneOf: ["*", "/", "%", "@"]) {
            let place = position - 1
            node = add(.binary(sign), [node, try signed()], token: place)
        }
        return node
    }

    private mutating func signed() throws(ExpressionError) -> Int {
        guard let sign = take(oneOf: ["-", "+"]) else { return try power() }
        let place = position - 1
        let operand = try nested { parser throws(ExpressionError) in try parser.signed() }
        return add(sign == .subtract ? .negate : .plus, [operand], token: place, first: place)
    }

    private mutating func power() throws(ExpressionError) -> Int {
        let base = try indexed()
        guard take(oneOf: ["**", "^"]) != nil else { return base }
        let place = position - 1
        let exponent = try nested { parser throws(ExpressionError) in try parser.signed() }
        return add(.binary(.power), [base, exponent], token: place)
    }

    private mutating func indexed() throws(ExpressionError) -> Int {
        var node = try atom()
        while take("[") {
            let place = position - 1
            var children = [node], subscripts: [SyntaxTree.Subscript] = []
            repeat { subscripts.append(try `subscript`(&children)) } while take(",")
            guard take("]") else { throw unexpected(", : or ]") }
            node = add(.index(subscripts), children, token: place)
        }
        return node
    }

    private mutating func `subscript`(_ children: inout [Int]) throws(ExpressionError) -> SyntaxTree.Subscript {
        var hasLower = false
        if token.kind != .sign(":") {
            children.append(try nested { parser throws(ExpressionError) in try parser.sum() })
            hasLower = true
        }
        guard take(":") else { return .at }
        guard token.kind != .sign(","), token.kind != .sign("]") else {
            return .slice(hasLower: hasLower, hasUpper: false)
        }
        children.append(try nested { parser throws(ExpressionError) in try parser.sum() })
        return .slice(hasLower: hasLower, hasUpper: true)
    }

    private mutating func atom() throws(ExpressionError) -> Int {
        let here = position
        switch token.kind {
        case .number(let value):
            position += 1
            return add(.number(value), [], token: here)
        case .text(let text):
            position += 1
            return add(.text(text), [], token: here)
        case .sign("("):
            position += 1
            let inside = try nested { parser throws(ExpressionError) in try parser.disjunction() }
            guard take(")") else { throw unexpected(")") }
            return add(.group, [inside], token: here, first: here)
        case .sign("["):
            position += 1
            let items = try arguments(until: "]")
            return add(.list, items, token: here, first: here)
        case .name(let name):
            guard !["and", "or", "not"].contains(name) else { throw unexpected("a number, a name or a bracket") }
            position += 1
            guard take("(") else { return add(.name(name), [], token: here) }
            return add(.call(name), try arguments(until: ")"), token: here, first: here)
        case .sign, .end: throw unexpected("a number, a name or a bracket")
        }
    }

    /// Expressions between commas, and the bracket behind them.
    private mutating func arguments(until bracket: String) throws(ExpressionError) -> [Int] {
        var arguments: [Int] = []
        if token.kind != .sign(bracket) {
            repeat {
                arguments.append(try nested { parser throws(ExpressionError) in try parser.disjunction() })
            } while take(",")
        }
        guard take(bracket) else { throw unexpected(", or \(bracket)") }
        return arguments
    }
}
