import ScalingFits

/// `tabular`s in the style of the booktabs package, with titles and notes as comments.
struct LaTeXFormat: ReportFormat {
    let name = "latex"
    let summary = "tabulars for papers; needs \\usepackage{booktabs}"
    private let signs = TableSigns(plusMinus: "±", none: "--")

    func render(_ document: FitDocument, style: ReportStyle) -> String {
        document.tables(signs).map(text).joined(separator: "\n")
    }

    func render(_ products: [ProductOutcome], style: ReportStyle) -> String {
        text(ProductTable.table(products, signs))
    }

    func render(best settings: [BestSetting], style: ReportStyle) -> String {
        text(BestTable.table(settings, signs))
    }

    func render(_ verdicts: VerdictDocument, style: ReportStyle) -> String {
        verdicts.tables(signs).map(text).joined(separator: "\n") + "% \(verdicts.summary)\n"
    }

    private func text(_ table: ReportTable) -> String {
        func line(_ cells: [String]) -> String { "  " + cells.map(escaped).joined(separator: " & ") + " \\\\\n" }
        var text = "% \(table.title)\n" + table.noteLines.map { "% \($0)\n" }.joined()
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
            case "<": result += "\\textless{}"
            case ">": result += "\\textgreater{}"
            case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
            default: result.append(character)
            }
        }
    }
}
