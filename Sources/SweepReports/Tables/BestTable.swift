import ScalingFits

/// The best place of each setting, what comes next, and whether they differ.
enum BestTable {
    static func table(_ settings: [BestSetting], _ signs: TableSigns) -> ReportTable {
        let names = swept(settings.map(\.by))
        let searched = settings.lazy.compactMap(\.best).first?.at.entries.map(\.name) ?? settings.first?.over ?? []
        let response = settings.first?.response ?? ""
        var table = ReportTable(
            title: "Where \(response) is smallest over \(searched.joined(separator: ", "))",
            headers: ["#"] + names + searched.map { "best \($0)" } + [response, "runner-up", "difference", "differs", "no worse"],
            keys: 1 + names.count, rows: [])
        for (index, setting) in settings.enumerated() {
            let row = index + 1
            table.rows.append(
                ["\(row)"] + names.map { setting.by[$0].map(short) ?? signs.none }
                    + searched.map { setting.best?.at[$0].map(short) ?? signs.none }
                    + [
                        signs.number(setting.best?.mean, 4),
                        setting.runnerUp.map { place($0.at, searched) } ?? signs.none,
                        signs.uncertain(setting.difference, setting.interval),
                        setting.differs.map { $0 ? "yes" : "no" } ?? signs.none,
                        setting.equals.isEmpty ? signs.none : "\(setting.equals.count)",
                    ])
            if setting.best == nil {
                table.note("Everywhere trials diverged or are missing.", row: row)
            } else if setting.isAtEnd {
                table.note("The best value is the first or last one: the optimum may lie beyond.", row: row)
            }
            if !setting.diverged.isEmpty {
                let places = setting.diverged.map { place($0, searched) }.joined(separator: ", ")
                table.note("Left out, since trials diverged there: \(places).", row: row)
            }
        }
        if let first = settings.first {
            let how = first.isPaired ? "trial by trial, as random numbers are common" : "between independent samples (Welch)"
            let percent = Figures.shortest(first.confidence * 100)
            table.notes.append(([], "Differences: runner-up minus best, \(how), with \(percent) % intervals corrected for the "
                + "number of values compared; \"no worse\" counts the values whose interval covers 0."))
        }
        return table
    }

    /// Names with more than one value, in order.
    private static func swept(_ keys: [GroupKey]) -> [String] {
        guard let first = keys.first else { return [] }
        return first.entries.map(\.name).filter { name in Set(keys.map { $0[name] }).count > 1 }
    }

    /// To the digits that tell values of a grid apart.
    private static func short(_ value: GroupValue) -> String {
        switch value {
        case .name(let name): name
        case .number(let number): Figures.concise(number)
        }
    }

    private static func place(_ key: GroupKey, _ names: [String]) -> String {
        names.count == 1 ? key[names[0]].map(short) ?? "" : names.compactMap { name in
            key[name].map { "\(name) = \(short($0))" }
        }.joined(separator: ", ")
    }
}
