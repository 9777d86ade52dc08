import ScalingFits

/// Theory beside measurement.
enum TheoryTable {
    /// Point by point, and where theory covers all of them the law's parameters.
    static func tables(_ comparison: TheoryComparison, _ signs: TableSigns) -> [ReportTable] {
        let points = table(comparison, signs)
        guard !comparison.coefficients.isEmpty else { return [points] }
        var table = ReportTable(
            title: "Theory's parameters of \(comparison.response) (\(comparison.by))", headers: ["parameter", "fitted", "theory", "z"],
            keys: 1, rows: [])
        for own in comparison.coefficients {
            table.rows.append([
                own.name, signs.uncertain(own.fitted, own.interval), Figures.significant(own.theory, 5),
                own.zScore.map { Figures.fixed($0, decimals: 2) } ?? signs.none,
            ])
        }
        table.notes.append(([], "Theory's are those of the same law, fitted with the same weights to theory's values at the same points."))
        return [points, table]
    }

    private static func table(_ comparison: TheoryComparison, _ signs: TableSigns) -> ReportTable {
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
