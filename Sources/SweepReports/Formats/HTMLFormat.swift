import ScalingFits

/// A page with tables, for a browser: it needs nothing else, prints, and follows the system's light or dark colours.
struct HTMLFormat: ReportFormat {
    let name = "html"
    let summary = "a web page with the tables"
    private let signs = TableSigns(plusMinus: "±", none: "–")

    func render(_ document: FitDocument, style: ReportStyle) -> String { page("Scaling laws", document.tables(signs)) }

    func render(_ products: [ProductOutcome], style: ReportStyle) -> String {
        page("Scaling laws", [ProductTable.table(products, signs)])
    }

    func render(best settings: [BestSetting], style: ReportStyle) -> String {
        page("Best settings", [BestTable.table(settings, signs)])
    }

    func render(comparison: PairComparison, style: ReportStyle) -> String {
        page("Comparison", PairTable.tables(comparison, signs))
    }

    func render(_ verdicts: VerdictDocument, style: ReportStyle) -> String {
        page("Claims and verdicts", verdicts.tables(signs), closing: verdicts.summary)
    }

    private func page(_ title: String, _ tables: [ReportTable], closing: String = "") -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem; }
        div { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin-bottom: .5rem; }
        caption { text-align: left; font-weight: 600; padding: .3rem 0; }
        th, td { border-bottom: 1px solid #8886; padding: .2rem .7rem; text-align: left; vertical-align: top; white-space: pre-line; }
        li { max-width: 60rem; }
        </style>
        </head>
        <body>
        <h1>\(title)</h1>

        """ + tables.map(text).joined() + (closing.isEmpty ? "" : "<p>\(escaped(closing))</p>\n") + "</body>\n</html>\n"
    }

    private func text(_ table: ReportTable) -> String {
        let head = table.headers.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let body = table.rows.map { row in
            "<tr>" + row.enumerated().map { column, cell in
                column < table.keys ? "<th scope=\"row\">\(escaped(cell))</th>" : "<td>\(escaped(cell))</td>"
            }.joined() + "</tr>\n"
        }.joined()
        let notes = table.noteLines.map { "<li>\(escaped($0))</li>\n" }.joined()
        return "<div><table><caption>\(escaped(table.title))</caption>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n\(body)</tbody></table></div>\n"
            + (notes.isEmpty ? "" : "<ul>\n\(notes)</ul>\n")
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }
}
