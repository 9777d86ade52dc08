/// A JSON text in the making. Members keep their order.
enum JSONValue {
    case object([(String, JSONValue)])
    case array([JSONValue])
    case string(String)
    case number(Double)
    case integer(Int)
    case boolean(Bool)
    case null

    static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    static func optional(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }

    /// On one line.
    var line: String { text(indent: nil, depth: 0) }
    /// With a line for each member.
    var pretty: String { text(indent: "  ", depth: 0) }

    private func text(indent: String?, depth: Int) -> String {
        switch self {
        case .object(let members):
            let parts = members.map { "\(Self.quoted($0.0)): \($0.1.text(indent: indent, depth: depth + 1))" }
            return Self.enclose(parts, "{", "}", indent, depth)
        case .array(let values):
            return Self.enclose(values.map { $0.text(indent: indent, depth: depth + 1) }, "[", "]", indent, depth)
        case .string(let text): return Self.quoted(text)
        case .number(let value): return value.isFinite ? Self.digits(value) : "null"
        case .integer(let value): return String(value)
        case .boolean(let value): return value ? "true" : "false"
        case .null: return "null"
        }
    }

    private static func enclose(
        _ parts: [String], _ open: String, _ close: String, _ indent: String?, _ depth: Int
    ) -> String {
        guard let indent, !parts.isEmpty else { return open + parts.joined(separator: ", ") + close }
        let inner = "\n" + String(repeating: indent, count: depth + 1)
        return open + inner + parts.joined(separator: "," + inner) + "\n"
            + String(repeating: indent, count: depth) + close
    }

    /// The shortest digits that read back as the same double.
    private static func digits(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }

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
