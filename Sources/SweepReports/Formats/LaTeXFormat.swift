import ScalingFits

/// A `tabular` in the style of the booktabs package, with the notes as comments.
struct LaTeXFormat: ReportFormat {
    let name = "latex"
    let summary = "a tabular for papers; needs \\usepackage{booktabs}"

    func render(_ outcomes: [FitOutcome], style: ReportStyle) -> String {
        let table = FitTable(outcomes, plusMinus: "±", none: "--")
        func line(_ cells: [String]) -> String { "  " + cells.map(escaped).joined(separator: " & ") + " \\\\\n" }
        var text = table.notes.map { "% [\(FitTable.ranges($0.groups))] \($0.text)\n" }.joined()
        text += "\\begin{tabular}{\(String(repeating: "l", count: table.headers.count))}\n  \\toprule\n"
        text += line(table.headers.map { $0 == "chi2/dof" ? "χ" : $0 }) + "  \\midrule\n"
        text += table.rows.map(line).joined()
        return text + "  \\bottomrule\n\\end{tabular}\n"
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "±": result += "$\\pm$"
            case "χ": result += "$\\chi^2_\\nu$"
            case "\\": result += "\\textbackslash{}"
            case "~": result += "\\textasciitilde{}"
            case "^": result += "\\textasciicircum{}"
            case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
            default: result.append(character)
            }
        }
    }
}
