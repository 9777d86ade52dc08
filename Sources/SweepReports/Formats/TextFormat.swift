import ScalingFits

/// Aligned tables for the terminal; what does not fit beside continues below, with the group's columns repeated.
struct TextFormat: ReportFormat {
    let name = "text"
    let takesColumns = true
    let summary = "aligned tables with notes, as wide as the terminal"

    func render(_ document: FitDocument, style: ReportStyle) -> String {
        guard !document.outcomes.isEmpty else { return "no groups to fit\n" }
        return render(document.tables(signs(style), details: document.showsDetails), style)
    }

    func render(_ products: [ProductOutcome], style: ReportStyle) -> String {
        guard !products.isEmpty else { return "no groups to fit\n" }
        return render([ProductTable.table(products, signs(style))], style)
    }

    func render(best settings: [BestSetting], style: ReportStyle) -> String {
        guard !settings.isEmpty else { return "nothing was run\n" }
        return render([BestTable.table(settings, signs(style))], style)
    }

    func render(comparison: PairComparison, style: ReportStyle) -> String {
        guard !comparison.places.isEmpty else { return "no setting has finished trials of both\n" }
        return render(PairTable.tables(comparison, signs(style)), style)
    }

    func render(_ verdicts: VerdictDocument, style: ReportStyle) -> String {
        (verdicts.sweeps.isEmpty ? "" : render(verdicts.tables(signs(style)), style) + "\n") + verdicts.summary + "\n"
    }

    private func signs(_ style: ReportStyle) -> TableSigns {
        TableSigns(plusMinus: style.unicode ? "±" : "+/-", none: "-")
    }

    private func render(_ tables: [ReportTable], _ style: ReportStyle) -> String {
        tables.map { TextTable(table: $0, style: style).text }.joined(separator: "\n")
    }
}

/// One table as aligned lines.
private struct TextTable {
    let table: ReportTable
    let style: ReportStyle

    var text: String {
        var text = wrapped(table.title) + "\n"
        if !table.rows.isEmpty { for columns in layout { text += block(columns) + "\n" } }
        for note in table.noteLines { text += wrapped(note) }
        let missing = table.headers.indices.filter { !shown.contains($0) }.map { table.headers[$0].filter { $0 != "\n" } }
        if !missing.isEmpty, !table.rows.isEmpty { text += wrapped("No room for \(missing.joined(separator: ", ")): use a wider terminal.") }
        return text
    }

    private var widths: [Int] {
        table.headers.indices.map { column in
            let header = headerLines.map { $0[column].count }.max() ?? 0
            return table.rows.reduce(header) { max($0, $1[column].count) }
        }
    }

    /// Headers of several lines end on the last one.
    private var headerLines: [[String]] {
        let split = table.headers.map { $0.split(separator: "\n").map(String.init) }
        let height = split.map(\.count).max() ?? 0
        return (0..<height).map { line in
            split.map { line < height - $0.count ? "" : $0[line - (height - $0.count)] }
        }
    }

    /// Without the dispensable columns that have no room.
    private var shown: [Int] {
        let widths = widths
        var columns = Set(table.headers.indices.filter { !table.dispensable.contains($0) })
        var length = columns.reduce(-2) { $0 + widths[$1] + 2 }
        for column in table.dispensable where length + widths[column] + 2 <= style.width {
            columns.insert(column)
            length += widths[column] + 2
        }
        return columns.sorted()
    }

    /// Which columns stand beside each other; every block begins with the group's columns where they leave room.
    private var layout: [[Int]] {
        let widths = widths
        let keys = Array(0..<table.keys)
        func total(_ columns: [Int]) -> Int { columns.reduce(0) { $0 + widths[$1] + 2 } - 2 }
        // A group's columns that alone fill the line are shown once, then only its number.
        let repeated = total(keys) * 2 <= style.width ? keys : Array(keys.prefix(1))
        var blocks = repeated == keys ? [] : [keys]
        var current = repeated
        for column in shown where column >= table.keys {
            if total(current + [column]) > style.width, current.count > repeated.count {
                blocks.append(current)
                current = repeated
            }
            current.append(column)
        }
        return blocks + [current]
    }

    private func block(_ columns: [Int]) -> String {
        let widths = widths
        func line(_ cells: [String]) -> String {
            let padded = columns.map { cells[$0] + String(repeating: " ", count: widths[$0] - cells[$0].count) }
            var text = padded.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }
        let rule = columns.map { String(repeating: style.unicode ? "─" : "-", count: widths[$0]) }
        return headerLines.map(line).joined() + rule.joined(separator: "  ") + "\n" + table.rows.map(line).joined()
    }

    /// Words in lines of at most the style's width; continuation lines are indented.
    private func wrapped(_ text: String) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = lines.isEmpty ? String(word) : "    " + word
            } else if line.count + 1 + word.count <= style.width {
                line += " " + word
            } else {
                lines.append(line)
                line = "    " + word
            }
        }
        return (lines + [line]).joined(separator: "\n") + "\n"
    }
}
