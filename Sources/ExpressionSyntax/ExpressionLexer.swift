/// A word, number or sign of an expression.
public struct ExpressionToken: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case number(Double)
        /// Also `and`, `or`, `not`.
        case name(String)
        case text(String)
        case sign(String)
        case end
    }

    public var kind: Kind
    /// As written.
    public var text: String
    /// In Unicode scalars from the expression's beginning.
    public var offset: Int
}

/// Cuts an expression into tokens.
struct ExpressionLexer {
    private static let signs = [
        "**", "<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "%", "^", "@", "(", ")", "[", "]", ",", ":",
    ]
    /// What other languages write, and what to write here.
    private static let foreign = ["&&": "and", "||": "or", "!": "not", "=": "==", "&": "and", "|": "or"]

    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// All tokens, the last of which is the end.
    static func tokens(of text: String) throws(ExpressionError) -> [ExpressionToken] {
        var lexer = ExpressionLexer(text)
        var tokens: [ExpressionToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private mutating func next() throws(ExpressionError) -> ExpressionToken {
        while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
        let start = position
        guard start < scalars.count else { return ExpressionToken(kind: .end, text: "the end", offset: start) }
        let first = scalars[start]
        if Self.isLetter(first) { return word(start) }
        if Self.isDigit(first) || first == "." { return try number(start) }
        if first == "\"" || first == "'" { return try text(start, quote: first) }
        for sign in Self.signs where matches(sign) {
            position += sign.unicodeScalars.count
            return ExpressionToken(kind: .sign(sign), text: sign, offset: start)
        }
        for sign in ["&&", "||", "!", "=", "&", "|"] where matches(sign) {
            throw ExpressionError(
                offset: start, message: "is not a sign of this language", value: sign,
                remedy: "write \(Self.foreign[sign] ?? "and")")
        }
        throw ExpressionError(
            offset: start, message: "has an unexpected character", value: String(Character(first)), remedy: "remove it")
    }

    private func matches(_ sign: String) -> Bool {
        scalars[position...].starts(with: sign.unicodeScalars)
    }

    private func written(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    private mutating func word(_ start: Int) -> ExpressionToken {
        while position < scalars.count,
            Self.isLetter(scalars[position]) || Self.isDigit(scalars[position]) || scalars[position] == "." {
            position += 1
        }
        let name = written(start..<position)
        return ExpressionToken(kind: .name(name), text: name, offset: start)
    }

    private mutating func number(_ start: Int) throws(ExpressionError) -> ExpressionToken {
        while position < scalars.count {
            let scalar = scalars[position]
            let isExponentSign = (scalar == "-" || scalar == "+") && position > start
                && (scalars[position - 1] == "e" || scalars[position - 1] == "E")
            guard Self.isLetter(scalar) || Self.isDigit(scalar) || scalar == "." || isExponentSign else { break }
            position += 1
        }
        let written = written(start..<position)
        guard case .number(let value) = JSONNumber.parse(written) else {
            throw ExpressionError(
                offset: start, message: "is not a number", value: written, remedy: "write it like 0.5 or 1e-3")
        }
        return ExpressionToken(kind: .number(value), text: written, offset: start)
    }

    private mutating func text(_ start: Int, quote: Unicode.Scalar) throws(ExpressionError) -> ExpressionToken {
        position += 1
        while position < scalars.count, scalars[position] != quote { position += 1 }
        guard position < scalars.count else {
            throw ExpressionError(
                offset: start, message: "a text has no end", value: written(start..<position),
                remedy: "close the quote")
        }
        position += 1
        let inside = written(start + 1..<position - 1)
        return ExpressionToken(kind: .text(inside), text: "\"\(inside)\"", offset: start)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
