/// Replaces texts in a file and leaves the rest of it as it is, comments and all.
enum SourceEdit {
    /// - Parameter edits: scalars of a file of definitions, in any order, each with what is to stand there.
    static func text(_ text: String, _ edits: [(node: SourceNode, path: String)]) -> String {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map { Array($0.unicodeScalars) }
        func place(_ node: SourceNode) -> (line: Int, column: Int) {
            if case .used(_, let line, let column) = node.place { (line - 1, column - 1) } else { (-1, 0) }
        }
        // From the end, so that columns before stay what they are.
        for edit in edits.sorted(by: { place($0.node) > place($1.node) }) {
            let (line, column) = place(edit.node)
            guard lines.indices.contains(line), let old = edit.node.text else { continue }
            let quote = switch edit.node.style {
            case .singleQuoted: "'"
            case .doubleQuoted: "\""
            case .plain, .block: ""
            }
            let written = Array((quote + old + quote).unicodeScalars)
            // What is written with escapes or over several lines stays, and is found out by whoever asked.
            guard lines[line].count >= column + written.count,
                Array(lines[line][column..<column + written.count]) == written
            else { continue }
            lines[line].replaceSubrange(
                column..<column + written.count, with: Array(YAMLWriter.scalar(edit.path, isPlain: false).unicodeScalars))
        }
        return lines.map { line in
            var view = String.UnicodeScalarView()
            view.append(contentsOf: line)
            return String(view)
        }.joined(separator: "\n")
    }
}
