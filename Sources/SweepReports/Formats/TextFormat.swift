import ScalingFits

/// An aligned table for the terminal; what does not fit beside continues below, with the group's columns repeated.
struct TextFormat: ReportFormat {
    let name = "text"
    let summary = "aligned table with notes, as wide as the terminal"

    func render(_ outcomes: [FitOutcome], style: ReportStyle) -> String {
        guard !outcomes.isEmpty else { return "no groups to fit\n" }
        let table = FitTable(outcomes, plusMinus: style.unicode ? "±" : "+/-", none: "-")
        var text = heading(outcomes, style)
        for columns in layout(table, width: style.width) {
            text += block(table, columns, style) + "\n"
        }
        for note in table.notes {
            text += wrapped("[\(FitTable.ranges(note.groups))] \(note.text)", style.width)
        }
        return text
    }

    private func heading(_ outcomes: [FitOutcome], _ style: ReportStyle) -> String {
        var names = ("response", "abscissa")
        var confidence = ""
        switch outcomes[0] {
        case .unfit(let group): names = (group.response, group.against)
        case .fit(let fit): names = (fit.response, fit.against)
        }
        for case .fit(let fit) in outcomes where fit.exponentInterval != nil || fit.floorInterval != nil {
            confidence = ", with \(Figures.significant(fit.confidence * 100, 3)) % bootstrap intervals"
            break
        }
        return wrapped("Scaling of \(names.0) with \(names.1)\(confidence)", style.width) + "\n"
    }

    private func widths(_ table: FitTable) -> [Int] {
        table.headers.indices.map { column in
            table.rows.reduce(table.headers[column].count) { max($0, $1[column].count) }
        }
    }

    /// Which columns stand beside each other; every block begins with the group's columns where they leave room.
    private func layout(_ table: FitTable, width: Int) -> [[Int]] {
        let widths = widths(table)
        let keys = Array(0..<table.keys)
        func total(_ columns: [Int]) -> Int { columns.reduce(0) { $0 + widths[$1] + 2 } - 2 }
        // A group's columns that alone fill the line are shown once, then only its number.
        let repeated = total(keys) * 2 <= width ? keys : [0]
        var blocks = repeated == keys ? [] : [keys]
        var current = repeated
        for column in table.keys..<table.headers.count {
            if total(current + [column]) > width, current.count > repeated.count {
                blocks.append(current)
                current = repeated
            }
            current.append(column)
        }
        return blocks + [current]
    }

    private func block(_ table: FitTable, _ columns: [Int], _ style: ReportStyle) -> String {
        let widths = widths(table)
        func line(_ cells: [String]) -> String {
            let padded = columns.map { cells[$0] + String(repeating: " ", count: widths[$0] - cells[$0].count) }
            var text = padded.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }
        let rule = columns.map { String(repeating: style.unicode ? "─" : "-", count: widths[$0]) }
        return line(table.headers) + rule.joined(separator: "  ") + "\n" + table.rows.map(line).joined()
    }

    /// Words in lines of at most `width`; continuation lines are indented.
    private func wrapped(_ text: String, _ width: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = lines.isEmpty ? String(word) : "    " + word
            } else if line.count + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = "    " + word
            }
        }
        return (lines + [line]).joined(separator: "\n") + "\n"
    }
}
