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
    static func scalar(_ text: String, isPlain: Bool) -> String {
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
                if isPrintable(scalar) { quoted.unicodeScalars.append(scalar) } else { quoted += escape(scalar) }
            }
        }
        return quoted + "\""
    }

    /// What YAML 1.1 reads as it stands, line breaks other than \n, the byte order mark and noncharacters left out.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        func digits(_ count: Int) -> String {
            let text = String(scalar.value, radix: 16)
            return String(repeating: "0", count: count - text.count) + text
        }
        if scalar.value <= 0xFF { return "\\x" + digits(2) }
        return scalar.value <= 0xFFFF ? "\\u" + digits(4) : "\\U" + digits(8)
    }

    /// The comment with which a file begins.
    static func leadingComment(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false) { $0.isNewline }.prefix { $0.hasPrefix("#") }.map(String.init)
    }
}
