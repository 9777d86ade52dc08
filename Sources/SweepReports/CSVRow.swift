#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import ScalingFits

/// RFC 4180, with line feeds alone.
enum CSVRow {
    static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\n"
    }

    /// 17 significant digits, which identify a double; empty for NaN.
    static func number(_ value: Double?) -> String {
        guard let value, !value.isNaN else { return "" }
        guard value.isFinite else { return value > 0 ? "inf" : "-inf" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            let length = withVaList([value]) { vsnprintf(buffer.baseAddress, 32, "%.17g", $0) }
            return String(decoding: buffer[..<Int(length)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    static func coordinate(_ value: GroupValue?) -> String {
        switch value {
        case .name(let name)?: name
        case .number(let number)?: Self.number(number)
        case nil: ""
        }
    }

    private static func quoted(_ field: String) -> String {
        guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
