import PortableMath
import ScalingFits

/// The signs that a table is written with.
struct TableSigns {
    var plusMinus = "±"
    /// Stands where there is nothing.
    var none = "-"

    func number(_ value: Double?, _ digits: Int) -> String {
        value.map { Figures.significant($0, digits) } ?? none
    }

    func uncertain(_ value: Double?, _ interval: Interval?) -> String {
        value.map { UncertainNumber(value: $0, interval: interval, plusMinus: plusMinus).text } ?? none
    }

    func coordinate(_ value: GroupValue?) -> String { value.map(String.init(describing:)) ?? none }

    /// A probability: two digits, `<0.001` below.
    func probability(_ value: Double?) -> String {
        value.map { $0 < 0.001 ? "<0.001" : Figures.significant($0, 2) } ?? none
    }
}

/// Rows of text with a title: what the text, Markdown and LaTeX formats share.
struct ReportTable {
    var title: String
    /// May have several lines.
    var headers: [String]
    /// Leading columns that name a row.
    var keys: Int
    var rows: [[String]]
    /// Columns that are there where the line has room for them, the first ones first.
    var dispensable: [Int] = []
    /// Remarks, with the numbers (from 1) of the rows they concern.
    var notes: [(rows: [Int], text: String)] = []

    mutating func note(_ text: String, row: Int) {
        if let known = notes.firstIndex(where: { $0.text == text }) {
            notes[known].rows.append(row)
        } else {
            notes.append(([row], text))
        }
    }

    /// Remarks as lines, each with its rows as `[1, 3-5]`.
    var noteLines: [String] {
        notes.map { $0.rows.isEmpty ? $0.text : "[\(Self.ranges($0.rows))] \($0.text)" }
    }

    static func ranges(_ numbers: [Int]) -> String {
        numbers.runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound - 1)" }
            .joined(separator: ", ")
    }
}
