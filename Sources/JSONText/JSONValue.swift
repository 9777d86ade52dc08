/// A JSON text in the making. Members keep their order.
///
/// Without Foundation, whose start-up would be longer than a small command.
package enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// The shortest digits that read back as the same double; null where JSON has no such number.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    package static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    package static func optional(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
    package static func optional(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }

    /// On one line.
    package var line: String {
        switch self {
        case .null: return "null"
        case .boolean(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .number(let value): return Self.digits(value)
        case .string(let text): return Self.quoted(text)
        case .array(let values): return "[" + values.map(\.line).joined(separator: ", ") + "]"
        case .object(let members):
            return "{" + members.map { "\(Self.quoted($0)): \($1.line)" }.joined(separator: ", ") + "}"
        }
    }

    /// A line for each member, indented by two blanks a level; lists of plain values stand on one line.
    package var pretty: String { pretty(indent: "") }

    private func pretty(indent: String) -> String {
        switch self {
        case .array(let values) where !values.allSatisfy(\.isPlain):
            return Self.lines(values.map { $0.pretty(indent: indent + "  ") }, "[", "]", indent)
        case .object(let members) where !members.isEmpty:
            let lines = members.map { Self.quoted($0) + ": " + $1.pretty(indent: indent + "  ") }
            return Self.lines(lines, "{", "}", indent)
        default: return line
        }
    }

    private var isPlain: Bool {
        switch self {
        case .null, .boolean, .number, .integer: true
        case .string(let text): text.utf8.count < 40
        default: false
        }
    }

    private static func lines(_ lines: [String], _ open: String, _ close: String, _ indent: String) -> String {
        open + "\n" + lines.map { indent + "  " + $0 }.joined(separator: ",\n") + "\n" + indent + close
    }

    private static func digits(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// On one line, for a script element of a web page: without `<`, so that no text in it can end the element.
    package var embedded: String { line.replacing("<", with: "\\u003c") }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
