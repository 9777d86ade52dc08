/// A JSON value that keeps the order of its members.
enum JSONText {
    case string(String)
    case number(Double)
    case flag(Bool)
    case array([JSONText])
    case object([(String, JSONText)])

    /// Indented by two spaces a level; short lists on one line.
    func text(indent: Int = 0) -> String {
        switch self {
        case .string(let text): return Self.quoted(text)
        case .number(let value): return brief(value)
        case .flag(let flag): return flag ? "true" : "false"
        case .array(let items):
            if items.isEmpty { return "[]" }
            let line = "[" + items.map { $0.text(indent: indent) }.joined(separator: ", ") + "]"
            let isShort = items.allSatisfy(\.isScalar) && line.count + indent <= 110
            return isShort ? line : block("[", items.map { $0.text(indent: indent + 2) }, "]", indent)
        case .object(let members):
            if members.isEmpty { return "{}" }
            let parts = members.map { "\(Self.quoted($0)): \($1.text(indent: indent + 2))" }
            let line = "{ \(parts.joined(separator: ", ")) }"
            let isShort = members.allSatisfy(\.1.isScalar) && line.count + indent <= 110
            return isShort ? line : block("{", parts, "}", indent)
        }
    }

    private var isScalar: Bool {
        switch self {
        case .string, .number, .flag: true
        case .array, .object: false
        }
    }

    private func block(_ open: String, _ parts: [String], _ close: String, _ indent: Int) -> String {
        let margin = String(repeating: " ", count: indent + 2)
        return open + "\n" + parts.map { margin + $0 }.joined(separator: ",\n")
            + "\n" + String(repeating: " ", count: indent) + close
    }

    /// RFC 8259, section 7.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default:
                if scalar.value < 0x20 {
                    quoted += "\\u" + String(scalar.value + 0x10000, radix: 16).suffix(4)
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }
}
