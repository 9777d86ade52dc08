import ScalingFits

/// What was measured in the cells of each group.
enum CellTable {
    static func tables(_ outcomes: [FitOutcome], _ signs: TableSigns) -> [ReportTable] {
        outcomes.enumerated().compactMap { index, outcome in
            guard case .fit(let fit) = outcome else { return nil }
            return ReportTable(
                title: "[\(index + 1)] \(fit.by): \(fit.response)",
                headers: [fit.against, "measured", "fitted", "finished", "diverged", "missing"], keys: 1,
                rows: rows(fit, signs))
        }
    }

    private static func rows(_ fit: ScalingFit, _ signs: TableSigns) -> [[String]] {
        var places = fit.curve[...]
        return fit.tally.map { cell in
            // Both ascend; a cell without a summary is in the tally only.
            let point = places.first?.x == cell.x ? places.popFirst() : nil
            return [
                Figures.significant(cell.x, 4), signs.uncertain(point?.mean, point?.interval),
                signs.number(point?.fitted, 4), "\(cell.finished)", "\(cell.diverged)", "\(cell.missing)",
            ]
        }
    }
}
