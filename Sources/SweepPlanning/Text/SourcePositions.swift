/// Finds where a character of a value stands in the file.
struct SourcePositions {
    private let lines: [[Unicode.Scalar]]

    init(_ text: String) {
        lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map { Array($0.unicodeScalars) }
    }

    /// The place of the scalar `offset` of a node's text.
    ///
    /// The text is followed through the file: its visible characters come in the same order there, with quotes, line
    /// breaks and indentation between them.
    func place(_ node: SourceNode, offset: Int) -> SourcePlace {
        if case .used(let document, let line, let column) = node.place {
            var inside = node
            inside.place = .file(line: line, column: column)
            guard case .file(let line, let column) = SourcePositions(document.text).place(inside, offset: offset) else {
                return node.place
            }
            return .used(document, line: line, column: column)
        }
        guard case .file(let line, let column) = node.place, let text = node.text else { return node.place }
        var place = (line: line - 1, column: column - 1)
        if node.style == .block {
            place = (place.line + 1, 0)
        } else if node.style != .plain {
            place.column += 1
        }
        var reached = place
        for scalar in text.unicodeScalars.prefix(offset + 1) where !scalar.properties.isWhitespace {
            guard let found = find(scalar, from: place) else { return node.place }
            reached = found
            place = (found.line, found.column + 1)
        }
        // Beyond the last visible character, as when something is missing at the end.
        let isEnd = offset >= text.unicodeScalars.count
        return .file(line: reached.line + 1, column: reached.column + (isEnd ? 2 : 1))
    }

    private func find(_ scalar: Unicode.Scalar, from place: (line: Int, column: Int)) -> (line: Int, column: Int)? {
        var (line, column) = place
        while line < lines.count {
            if column < lines[line].count, let found = lines[line][column...].firstIndex(of: scalar) {
                return (line, found)
            }
            line += 1
            column = 0
        }
        return nil
    }
}
