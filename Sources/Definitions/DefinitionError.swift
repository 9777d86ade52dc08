import ExpressionSyntax

/// Which text of a definition something is about: a number that whoever read the definition gave it.
public typealias DefinitionSource = Int

/// What is wrong with a definition, and where.
public struct DefinitionError: Error, Sendable {
    public var source: DefinitionSource
    /// In Unicode scalars from the beginning of the text; `nil`: the whole of it.
    public var offset: Int?
    public var message: String
    public var value: String?
    public var remedy: String

    public init(source: DefinitionSource, offset: Int? = nil, message: String, value: String? = nil, remedy: String) {
        self.source = source
        self.offset = offset
        self.message = message
        self.value = value
        self.remedy = remedy
    }
}

/// An expression of a definition.
public struct DefinedExpression: Sendable {
    public let tree: SyntaxTree
    public let source: DefinitionSource
    /// As it was written, on one line: for people.
    public let writtenText: String

    /// Throws where the text is no expression.
    public init(_ text: String, source: DefinitionSource) throws(DefinitionError) {
        writtenText = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        do {
            tree = try SyntaxParser.parse(text)
        } catch {
            throw DefinitionError(
                source: source, offset: error.offset, message: error.message, value: error.value, remedy: error.remedy)
        }
        self.source = source
    }

    /// The tokens with single spaces between them: what identifies it.
    public var canonicalText: String { tree.canonicalText }
}
