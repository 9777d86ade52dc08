import ScalingFits

/// RFC 4180, with line feeds alone.
enum CSVRow {
    static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\n"
    }

    /// The shortest text that reads back as the same double, and as a double: `0.0` and `1e-05`, never `0`, since programs that
    /// guess a column's type from its beginning would take it for integers. `NaN` where there is none: a column that begins with
    /// hundreds of empty fields is text to polars and DuckDB, and of the spellings of NaN this one is a number to them, pandas and R.
    static func number(_ value: Double?) -> String {
        guard let value, !value.isNaN else { return "NaN" }
        return "\(value)"
    }

    /// A count that may be unknown, as a float for the same reason.
    static func count(_ value: Int?) -> String { number(value.map(Double.init)) }

    /// An end of a range; `NaN` where the range is open, since a column of infinities alone is one of dates to DuckDB.
    static func end(_ value: Double) -> String { number(value.isFinite ? value : nil) }

    static func coordinate(_ value: GroupValue, isInteger: Bool) -> String {
        switch value {
        case .name(let name): name
        case .number(let number): isInteger ? Figures.shortest(number) : Self.number(number)
        }
    }

    static func coordinate(_ entry: GroupKey.Entry) -> String { coordinate(entry.value, isInteger: entry.isInteger) }

    /// Empty where the key has no such name.
    static func coordinate(_ key: GroupKey?, _ name: String) -> String {
        key?.entries.first { $0.name == name }.map { coordinate($0) } ?? ""
    }

    private static func quoted(_ field: String) -> String {
        guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
