import ScalingFits

/// A regime map, one character for each interval of the abscissa.
enum RegimeTable {
    static func table(_ map: RegimeMap, _ signs: TableSigns) -> ReportTable {
        let ends = map.intervals.isEmpty ? "" : " from \(Figures.significant(map.intervals[0].lower, 3)) to "
            + Figures.significant(map.intervals.map(\.upper).max() ?? 0, 3)
        let place = map.by.entries.isEmpty ? "" : " (\(map.by))"
        var table = ReportTable(
            title: "Regimes of \(map.response) over \(map.against)\(ends)\(place)",
            headers: [map.axis, "regimes", "local exponents"], keys: 1, rows: [])
        for row in map.rows {
            let slopes = row.locals.map { $0.map { Figures.fixed($0.slope, decimals: 1) } ?? signs.none }
            table.rows.append([
                signs.coordinate(row.value), String(row.regimes.map(character)), slopes.joined(separator: " "),
            ])
        }
        table.notes = [([], "F floor, 1 linear, 2 quadratic, x none of these, ? too much scatter to tell, . not measured")]
        return table
    }

    private static func character(_ regime: Regime?) -> Character {
        switch regime {
        case .floor?: "F"
        case .linear?: "1"
        case .quadratic?: "2"
        case .nothing?: "x"
        case .undetermined?: "?"
        case nil: "."
        }
    }
}
