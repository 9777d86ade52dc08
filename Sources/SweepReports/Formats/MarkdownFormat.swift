import ScalingFits

/// Markdown tables with the notes as lists below.
struct MarkdownFormat: ReportFormat {
    let name = "markdown"
    let summary = "tables for README files and notebooks"
    private let signs = TableSigns(plusMinus: "±", none: "–")

    func render(_ document: FitDocument, style: ReportStyle) -> String {
        let tables = document.tables(signs, details: false)
        return tables.map(text).joined(separator: "\n") + warnings(document.outcomes)
    }

    /// Each group's own.
    private func warnings(_ outcomes: [FitOutcome]) -> String {
        let lines = outcomes.compactMap { outcome -> String? in
            guard case .fit(let fit) = outcome, !fit.warnings.isEmpty else { return nil }
            return "* \(escaped(fit.by.description)): \(escaped(fit.warnings.joined(separator: "; ")))\n"
        }
        return lines.isEmpty ? "" : "\nWhat a reader must know of each group\n\n" + lines.joined()
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
        verdicts.tables(signs).map(text).joined(separator: "\n") + "\n\(verdicts.summary)\n"
    }

    private func text(_ table: ReportTable) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.map(escaped).joined(separator: " | ") + " |\n" }
        var text = "\(escaped(table.title))\n\n" + line(table.headers.map { $0.replacing("\n", with: "") })
        text += "|" + String(repeating: "---|", count: table.headers.count) + "\n"
        text += table.rows.map(line).joined()
        guard !table.notes.isEmpty else { return text }
        return text + "\n" + table.noteLines.map { "* \(escaped($0))\n" }.joined()
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "|*_".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
