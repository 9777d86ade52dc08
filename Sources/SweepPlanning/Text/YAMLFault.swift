import Yams

/// The YAML parser's complaint, with its place, in the words of our own messages.
struct YAMLFault {
    private let message: String
    private let place: SourcePlace
    private let remedy: String

    init(_ error: YamlError, text: String) {
        switch error {
        case .reader(let problem, let offset, _, _):
            message = "is not valid YAML: \(problem)"
            place = offset.map { Self.place(characterOffset: $0, text) } ?? .whole
            remedy = "remove the character"
        case .scanner(_, let problem, let at, _), .parser(_, let problem, let at, _):
            let isDeep = problem.contains("nesting level")
            message = isDeep ? "nested too deeply" : "is not valid YAML: \(problem)"
            place = Self.place(at)
            remedy = isDeep ? "a sweep file needs five levels at most" : Self.advice(problem)
        case .composer(_, let problem, let at, _):
            message = "is not valid YAML: \(problem)"
            place = Self.place(at)
            remedy = problem.contains("document") ? "a sweep file is one document: remove the line ---" : "correct it"
        case .duplicatedKeysInMapping(let keys, let context):
            message = "\(keys.first ?? "a key") is given twice"
            place = Self.place(context.mark)
            remedy = "keep one of the two"
        default:
            message = "is not valid YAML"
            place = .whole
            remedy = "correct it"
        }
    }

    func report(to diagnostics: Diagnostics, argument: String?, document: UsedDocument? = nil) {
        var place = argument.map { .argument($0) } ?? place
        if let document {
            let (line, column) = if case .file(let line, let column) = place { (line, column) } else { (1, 1) }
            place = .used(document, line: line, column: column)
        }
        diagnostics.report(place, "", message, remedy: remedy)
    }

    private static func place(_ mark: Mark) -> SourcePlace { .file(line: mark.line, column: mark.column) }

    private static func advice(_ problem: String) -> String {
        if problem.contains("mapping values") {
            return "put texts that contain ': ' in quotes, and check the indentation"
        }
        if problem.contains("tab") || problem.contains("cannot start any token") {
            return "indent with spaces, and put texts that begin with @, ` or % in quotes"
        }
        if problem.contains("',' or") { return "close the bracket" }
        return "check indentation, quotes and brackets near this place"
    }

    private static func place(characterOffset: Int, _ text: String) -> SourcePlace {
        let before = text.prefix(characterOffset)
        let line = before.count { $0.isNewline } + 1
        return .file(line: line, column: before.suffix(while: { !$0.isNewline }).unicodeScalars.count + 1)
    }
}

extension Substring {
    fileprivate func suffix(while predicate: (Character) -> Bool) -> Substring {
        var start = endIndex
        while start > startIndex, predicate(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
