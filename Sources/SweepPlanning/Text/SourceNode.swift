/// Where something was written.
enum SourcePlace: Sendable, Hashable {
    /// Line and column, counted from 1; columns in Unicode scalars.
    case file(line: Int, column: Int)
    /// In a `--set` argument, given as written.
    case argument(String)
    /// In a file of definitions that the sweep uses.
    case used(UsedDocument, line: Int, column: Int)
    /// Nowhere: the file as a whole.
    case whole

    /// The file of definitions it lies in; `nil` elsewhere.
    var document: UsedDocument? {
        if case .used(let document, _, _) = self { return document }
        return nil
    }
}

/// A file of definitions, as it was read from the disk or out of a sweep that holds it.
final class UsedDocument: Sendable, Hashable {
    /// From the sweep file's folder: how sweeps that hold it call it.
    let name: String
    /// What messages call it.
    let shownName: String
    let text: String

    init(name: String, shownName: String, text: String) {
        self.name = name
        self.shownName = shownName
        self.text = text
    }

    static func == (a: UsedDocument, b: UsedDocument) -> Bool { a === b }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A value of the sweep file with its place.
struct SourceNode: Sendable {
    enum Content: Sendable {
        /// Text as written; `isPlain` where it stood without quotes.
        case scalar(String, isPlain: Bool)
        case list([SourceNode])
        case map([SourceEntry])
    }

    var content: Content
    var place: SourcePlace
    /// How a scalar was written; decides how positions inside it are found again.
    var style = ScalarStyle.plain

    enum ScalarStyle: Sendable { case plain, singleQuoted, doubleQuoted, block }

    init(_ content: Content, place: SourcePlace, style: ScalarStyle = .plain) {
        self.content = content
        self.place = place
        self.style = style
    }

    var list: [SourceNode]? {
        if case .list(let items) = content { return items }
        return nil
    }

    var map: [SourceEntry]? {
        if case .map(let entries) = content { return entries }
        return nil
    }

    /// The text of a scalar, quoted or not.
    var text: String? {
        if case .scalar(let text, _) = content { return text }
        return nil
    }

    /// A value left empty, `~` or `null`.
    var isNull: Bool {
        if case .scalar(let text, isPlain: true) = content { return ["", "~", "null", "Null", "NULL"].contains(text) }
        return false
    }

    /// As messages show it: at most some 60 characters on one line.
    var summary: String {
        if isNull { return "nothing" }
        let text = flowText(limit: 80)
        return text.count > 60 ? text.prefix(57) + "..." : text
    }

    private func flowText(limit: Int) -> String {
        switch content {
        case .scalar(let text, let isPlain):
            let line = String(text.prefix(limit).map { $0.isNewline ? " " : $0 })
            return isPlain ? line : "\"\(line)\""
        case .list(let items):
            return "[" + items.prefix(limit / 3).map { $0.flowText(limit: limit / 2) }.joined(separator: ", ") + "]"
        case .map(let entries):
            let parts = entries.prefix(limit / 5).map { "\($0.key): \($0.value.flowText(limit: limit / 2))" }
            return "{" + parts.joined(separator: ", ") + "}"
        }
    }
}

extension SourceNode {
    /// Whether two nodes mean the same: places apart, and the quotes that a text does not need.
    func says(the other: SourceNode) -> Bool {
        switch (content, other.content) {
        case (.scalar(let a, let isPlain), .scalar(let b, let isOtherPlain)):
            a == b && a.unicodeScalars.elementsEqual(b.unicodeScalars) && (isPlain == isOtherPlain || isNull == other.isNull)
        case (.list(let a), .list(let b)):
            a.count == b.count && zip(a, b).allSatisfy { $0.says(the: $1) }
        case (.map(let a), .map(let b)):
            a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && $0.value.says(the: $1.value) }
        default: false
        }
    }
}

/// A key and its value.
struct SourceEntry: Sendable {
    var key: String
    var keyPlace: SourcePlace
    var value: SourceNode
}

extension [SourceEntry] {
    subscript(key: String) -> SourceNode? { first { $0.key == key }?.value }
}
