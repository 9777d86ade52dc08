/// What is wrong with an expression, and where.
public struct ExpressionError: Error, Equatable, Sendable {
    /// In Unicode scalars from the expression's beginning.
    public var offset: Int
    public var message: String
    public var value: String?
    public var remedy: String

    public init(offset: Int, message: String, value: String? = nil, remedy: String) {
        self.offset = offset
        self.message = message
        self.value = value
        self.remedy = remedy
    }
}
