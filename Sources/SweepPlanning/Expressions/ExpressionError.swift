/// What is wrong with an expression, and where.
struct ExpressionError: Error, Equatable {
    /// In Unicode scalars from the expression's beginning.
    var offset: Int
    var message: String
    var value: String?
    var remedy: String
}
