/// The tables with tabs between their columns.
struct TabFormat: TableFormat {
    let name = "tab"
    let summary = "tables with tabs, for spreadsheets"
    let signs = TableSigns(plusMinus: "+-")

    func render(_ document: FitDocument, style: ReportStyle) -> String {
        page("", document.tables(signs, details: false), closing: "")
    }

    func page(_ title: String, _ tables: [ReportTable], closing: String) -> String {
        tables.map { table in
            ([[table.title], table.headers.map { $0.writing(["\n": ""]) }] + table.rows + table.noteLines.map { [$0] })
                .map { $0.joined(separator: "\t") + "\n" }.joined()
        }.joined(separator: "\n") + (closing.isEmpty ? "" : "\n\(closing)\n")
    }
}
