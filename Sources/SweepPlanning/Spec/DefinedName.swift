/// The name of what a sweep file or a file that it uses defines: an objective, an algorithm, a schedule.
enum DefinedName {
    /// For the schema.
    static let pattern = "^[a-z0-9][a-z0-9-]{0,99}$"
    static let demand = "must be made of a-z, 0-9 and -, at most 100 of them"
    static let remedy = "choose a short name"

    static func isPlain(_ text: String) -> Bool { text.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,99}/) != nil }

    /// `nil`, and a word of it, where the text is no name or that of something else.
    ///
    /// - Parameter other: what else it may be the name of, for people.
    static func read(
        _ node: SourceNode, _ field: String, taken: [String], other: String, _ diagnostics: Diagnostics
    ) -> String? {
        guard let name = node.text, isPlain(name) else {
            diagnostics.report(node, field, demand, remedy: remedy)
            return nil
        }
        guard !taken.contains(name) else {
            diagnostics.report(node, field, "is the name of \(other)", remedy: "choose another name")
            return nil
        }
        return name
    }
}
