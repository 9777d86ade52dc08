import ScalingFits

/// `tabular`s in the style of the booktabs package, with the notes below them.
struct LaTeXFormat: ReportFormat {
    let name = "latex"
    let summary = "tabulars for papers; needs \\usepackage{booktabs}"
    private let signs = TableSigns(plusMinus: "±", none: "--")

    func render(_ document: FitDocument, style: ReportStyle) -> String {
        document.tables(signs, details: false).map(text).joined(separator: "\n")
    }

    func render(_ products: [ProductOutcome], style: ReportStyle) -> String {
        text(ProductTable.table(products, signs))
    }

    func render(best settings: [BestSetting], style: ReportStyle) -> String {
        text(BestTable.table(settings, signs))
    }

    func render(comparison: PairComparison, style: ReportStyle) -> String {
        PairTable.tables(comparison, signs).map(text).joined(separator: "\n")
    }

    func render(_ verdicts: VerdictDocument, style: ReportStyle) -> String {
        verdicts.tables(signs).map(text).joined(separator: "\n") + "% \(verdicts.summary)\n"
    }

    /// The notes stand below the table, as part of it: what a reader must know is printed.
    private func text(_ table: ReportTable) -> String {
        func line(_ cells: [String]) -> String { "  " + cells.map(escaped).joined(separator: " & ") + " \\\\\n" }
        var text = "% \(table.title)\n\\begin{minipage}{\\linewidth}\n"
        text += "\\noindent \(escaped(table.title))\\par\\smallskip\n"
        if !table.rows.isEmpty {
            text += "\\noindent\\begin{tabular}{\(String(repeating: "l", count: table.headers.count))}\n  \\toprule\n"
            text += line(table.headers.map { header in
                let name = header.replacing("\n", with: "")
                return name == "chi2/dof" ? "χ" : name
            }) + "  \\midrule\n"
            text += table.rows.map(line).joined()
            text += "  \\bottomrule\n\\end{tabular}\\par\\smallskip\n"
        }
        text += table.noteLines.map { "\\noindent{\\footnotesize \(escaped($0))}\\par\n" }.joined()
        return text + "\\end{minipage}\n"
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
