import ScalingFits

/// Theory beside measurement.
enum TheoryTable {
    static func table(_ comparison: TheoryComparison, _ signs: TableSigns) -> ReportTable {
        var table = ReportTable(
            title: "Theory of \(comparison.response) (\(comparison.by))",
            headers: [comparison.against, "measured", "standard error", "predicted", "stated error", "z", "agrees"],
            keys: 1, rows: [])
        for (index, row) in comparison.rows.enumerated() {
            table.rows.append([
                Figures.significant(row.x, 4), Figures.significant(row.measured, 5), signs.number(row.standardError, 2),
                Figures.significant(row.predicted, 5), Figures.significant(row.predictionError, 2),
                row.zScore.map { Figures.fixed($0, decimals: 2) } ?? signs.none, row.agrees() ? "yes" : "no",
            ])
            table.note(row.form, row: index + 1)
        }
        if table.notes.count == 1 { table.notes[0].rows = [] }
        if comparison.uncovered > 0 {
            table.notes.append(([], "no closed form is known for \(comparison.uncovered) more cells of this group"))
        }
        return table
    }
}
