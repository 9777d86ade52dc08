/// What the names in an expression mean.
struct ExpressionScope {
    enum Meaning {
        case number
        /// A chosen component, compared with names; by position, what each is called.
        case choice([Names])
        /// A known name that has no value here, and why.
        case unavailable(reason: String, remedy: String)
    }

    /// A component's name and its label in the result, which may say more.
    struct Names {
        var name: String
        var label: String
    }

    var meanings: [String: Meaning]

    init(_ meanings: [String: Meaning]) { self.meanings = meanings }

    /// Numbers only.
    init(numbers: some Sequence<String>) {
        meanings = Dictionary(numbers.map { ($0, .number) }) { first, _ in first }
    }

    var names: [String] { meanings.keys.sorted() }
}
