/// Writes nodes as YAML that reads back as the same nodes.
///
/// Used where `--set` changed a sweep, so that the result file holds a text that gives the same sweep again.
struct YAMLWriter {
    /// The top level as lines; `axes`, `derive` and `zip` get a line for each of theirs.
    static func text(_ root: SourceNode, header: [String]) -> String {
        var lines = header
        for entry in root.map ?? [] {
            let key = scalar(entry.key, isPlain: true)
            if let inner = entry.value.map, !inner.isEmpty, ["axes", "derive", "problem"].contains(entry.key) {
                lines.append("\(key):")
                lines += inner.map { "  \(scalar($0.key, isPlain: true)): \(flow($0.value))" }
            } else if entry.key == "zip", let items = entry.value.list, !items.isEmpty {
                lines.append("\(key):")
                lines += items.map { "  - \(flow($0))" }
            } else {
                lines.append("\(key): \(flow(entry.value))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// On one line.
    private static func flow(_ node: SourceNode) -> String {
        switch node.content {
        case .scalar(let text, let isPlain): scalar(text, isPlain: isPlain)
        case .list(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.map { "\(scalar($0.key, isPlain: true)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    /// Plain where it was plain and cannot be misread; in double quotes otherwise.
    private static func scalar(_ text: String, isPlain: Bool) -> String {
        let safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-"
        if isPlain, text.allSatisfy({ safe.contains($0) }), text != "-", !text.hasPrefix("---") { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    quoted += "\\x" + String(scalar.value + 0x100, radix: 16).suffix(2)
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    /// The comment with which a file begins.
    static func leadingComment(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0.isNewline }.prefix { $0.hasPrefix("#") }.map(String.init)
    }
}
