import ScalingFits

/// `tabular`s in the style of the booktabs package, with the notes below them.
struct LaTeXFormat: TableFormat {
    let name = "latex"
    let summary = "tabulars for papers; needs \\usepackage{booktabs}"
    let signs = TableSigns(plusMinus: "±", none: "--")

    func render(_ document: FitDocument, style: ReportStyle) -> String {
        page("", document.tables(signs, details: false), closing: "")
    }

    func page(_ title: String, _ tables: [ReportTable], closing: String) -> String {
        tables.map(text).joined(separator: "\n") + (closing.isEmpty ? "" : "% \(closing)\n")
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

    private func escaped(_ text: String) -> String { text.writing(Self.marks) }

    private static let marks: [Character: String] = [
        "±": "$\\pm$", "χ": "$\\chi^2_\\nu$", "\\": "\\textbackslash{}", "~": "\\textasciitilde{}",
        "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}", "&": "\\&", "%": "\\%", "$": "\\$",
        "#": "\\#", "_": "\\_", "{": "\\{", "}": "\\}",
    ]
}
