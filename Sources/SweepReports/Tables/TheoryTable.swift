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
                row.zScore.map { Figures.fixed($0, decimals: 2) } ?? signs.none, row.verdict,
            ])
            table.note(row.form, row: index + 1)
        }
        if table.notes.count == 1 { table.notes[0].rows = [] }
        if comparison.rows.contains(where: { $0.verdict == "rounding" }) { table.notes.append(([], TheoryRow.roundingRemark)) }
        if comparison.uncovered > 0 {
            let cells = comparison.uncovered == 1 ? "1 more cell" : "\(comparison.uncovered) more cells"
            let parts = comparison.unknownParts.isEmpty ? "" : ": \(comparison.unknownParts.joined(separator: ", "))"
            table.notes.append(([], "no closed form is known for \(cells) of this group\(parts)"))
        }
        return table
    }
}
