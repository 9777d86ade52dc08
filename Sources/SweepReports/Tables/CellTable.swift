import ScalingFits

/// What was measured in the cells of each group.
enum CellTable {
    static func tables(_ outcomes: [FitOutcome], _ signs: TableSigns) -> [ReportTable] {
        outcomes.enumerated().compactMap { index, outcome in
            let cells = outcome.cells
            return cells.isEmpty ? nil : ReportTable(
                title: "[\(index + 1)] \(outcome.by): \(outcome.response)",
                headers: [outcome.against, "measured", "fitted", "finished", "diverged", "missing"], keys: 1,
                rows: cells.map { cell, point in
                    [
                        Figures.significant(cell.x, 4), signs.uncertain(point?.mean, point?.interval),
                        signs.number(point?.fitted, 4), "\(cell.finished)", "\(cell.diverged)", "\(cell.missing)",
                    ]
                })
        }
    }
}
