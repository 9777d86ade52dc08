import ScalingFits

/// One exponent for several groups.
enum PooledTable {
    /// `nil` where nothing was pooled.
    static func table(_ pooled: [PooledExponent], _ signs: TableSigns) -> ReportTable? {
        guard let first = pooled.first else { return nil }
        let names = first.by.entries.map(\.name)
        let confidence = Figures.significant(first.confidence * 100, 3)
        var table = ReportTable(
            title: "Exponents pooled over groups (random effects), with \(confidence) % intervals",
            headers: names + ["groups", "left out", "exponent", "between groups", "p(same)"], keys: names.count,
            rows: [])
        for pool in pooled {
            table.rows.append(
                names.map { signs.coordinate(pool.by[$0]) } + ["\(pool.groups)", "\(pool.leftOut)"] + [
                    signs.uncertain(pool.exponent, pool.interval), signs.number(pool.heterogeneity, 2),
                    signs.probability(pool.homogeneityProbability),
                ])
        }
        table.notes = [([], "between groups: standard deviation of the true exponents; p(same): probability of differences "
            + "as large as these if all groups had one exponent")]
        return table
    }
}
