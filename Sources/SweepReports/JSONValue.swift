import ScalingFits

/// JSON in a fixed order of keys, without Foundation, whose start-up would be longer than a small fit.
enum JSONValue {
    case null
    case string(String)
    /// Shortest text that reads back as the same double; null where JSON has no such number.
    case number(Double)
    case integer(Int)
    case array([JSONValue])
    case object([(String, JSONValue)])

    static func optional(_ value: Double?) -> JSONValue {
        value.map(JSONValue.number) ?? .null
    }

    /// Indented by two blanks a level; lists of plain values stand on one line.
    func text(indent: String = "") -> String {
        switch self {
        case .null: return "null"
        case .string(let string): return Self.quoted(string)
        case .number(let number): return number.isFinite ? Figures.shortest(number) : "null"
        case .integer(let integer): return "\(integer)"
        case .array(let values) where values.allSatisfy(\.isNumberOrNull):
            return "[" + values.map { $0.text() }.joined(separator: ", ") + "]"
        case .array(let values):
            return Self.lines(values.map { $0.text(indent: indent + "  ") }, "[", "]", indent)
        case .object(let members):
            let lines = members.map { Self.quoted($0) + ": " + $1.text(indent: indent + "  ") }
            return members.isEmpty ? "{}" : Self.lines(lines, "{", "}", indent)
        }
    }

    private var isNumberOrNull: Bool {
        switch self {
        case .null, .number, .integer: true
        default: false
        }
    }

    private static func lines(_ lines: [String], _ open: String, _ close: String, _ indent: String) -> String {
        open + "\n" + lines.map { indent + "  " + $0 }.joined(separator: ",\n") + "\n" + indent + close
    }

    private static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
