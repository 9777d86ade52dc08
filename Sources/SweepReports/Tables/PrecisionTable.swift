import ScalingFits

/// How many trials an exponent needs.
enum PrecisionTable {
    static func table(_ needs: [PrecisionNeed], _ signs: TableSigns) -> ReportTable? {
        guard let first = needs.first else { return nil }
        let names = first.by.entries.map(\.name).filter { name in Set(needs.map { $0.by[name] }).count > 1 || needs.count == 1 }
        var table = ReportTable(
            title: "Trials for exponents of half width \(Figures.shortest(first.target))",
            headers: names + ["half width", "trials a cell", "needed", "cells", "trials in all", "to run"],
            keys: names.count, rows: [])
        for need in needs {
            let key = names.map { signs.coordinate(need.by[$0]) }
            guard let needed = need.trials, let all = need.total, let more = need.further else {
                table.rows.append(key + [signs.none, "\(need.present)", signs.none, "\(need.cells)", signs.none, signs.none])
                continue
            }
            table.rows.append(key + [
                signs.number(need.halfWidth, 2), "\(need.present)", "\(needed)", "\(need.cells)", "\(all)", "\(more)",
            ])
        }
        table.notes.append(([], "Half widths fall with the square root of the trials, the same number in every cell; of a group without "
            + "an exponent with an interval nothing is known. Where a law is a little wrong, more trials will show it."))
        return table
    }
}
