import ScalingFits

/// A format that writes everything as tables, one after the other.
protocol TableFormat: ReportFormat {
    var signs: TableSigns { get }

    /// - Parameter closing: a line for the end; may be empty.
    func page(_ title: String, _ tables: [ReportTable], closing: String) -> String
}

extension TableFormat {
    package var takesColumns: Bool { true }

    func render(_ products: [ProductOutcome], style: ReportStyle) -> String {
        page("Scaling laws", [ProductTable.table(products, signs)], closing: "")
    }

    func render(best settings: [BestSetting], style: ReportStyle) -> String {
        page("Best settings", [BestTable.table(settings, signs)], closing: "")
    }

    func render(comparison: PairComparison, style: ReportStyle) -> String {
        page("Comparison", PairTable.tables(comparison, signs), closing: "")
    }

    func render(_ verdicts: VerdictDocument, style: ReportStyle) -> String {
        page("Claims and verdicts", verdicts.tables(signs), closing: verdicts.summary)
    }
}

extension String {
    /// With some characters written otherwise.
    func writing(_ signs: [Character: String]) -> String {
        reduce(into: "") { result, character in result += signs[character] ?? String(character) }
    }
}
