import ScalingFits

/// A Markdown table with the notes as a list below.
struct MarkdownFormat: ReportFormat {
    let name = "markdown"
    let summary = "a table for README files and notebooks"

    func render(_ outcomes: [FitOutcome], style: ReportStyle) -> String {
        let table = FitTable(outcomes, plusMinus: "±", none: "–")
        func line(_ cells: [String]) -> String { "| " + cells.map(escaped).joined(separator: " | ") + " |\n" }
        var text = line(table.headers)
        text += "|" + String(repeating: "---|", count: table.headers.count) + "\n"
        text += table.rows.map(line).joined()
        guard !table.notes.isEmpty else { return text }
        return text + "\n" + table.notes.map { "* [\(FitTable.ranges($0.groups))] \(escaped($0.text))\n" }.joined()
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "|*_".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
