import ScalingFits
import Wording

/// Two values of a dimension at every setting of the others, and where they cross.
enum PairTable {
    static func tables(_ comparison: PairComparison, _ signs: TableSigns) -> [ReportTable] {
        [places(comparison, signs)] + (comparison.crossings.isEmpty ? [] : [crossings(comparison, signs)])
    }

    private static func places(_ comparison: PairComparison, _ signs: TableSigns) -> ReportTable {
        let names = swept(comparison.places.map(\.at))
        let (first, second) = (comparison.first.description, comparison.second.description)
        var table = ReportTable(
            title: "\(comparison.response) of \(first) and \(second)",
            headers: names + [first, second, "difference", "ratio"] + (comparison.isPaired ? ["\(first) nearer"] : [])
                + ["p (Holm)", "nearer"],
            keys: names.count, rows: [])
        for place in comparison.places {
            let share = comparison.isPaired ? [place.shareNearer.map { Figures.fixed(100 * $0, decimals: 0) + " %" } ?? signs.none] : []
            table.rows.append(names.map { place.at[$0].map(short) ?? signs.none } + [
                signs.number(place.first, 4), signs.number(place.second, 4), signs.uncertain(place.difference, place.interval),
                signs.uncertain(place.ratio, place.ratioInterval),
            ] + share + [signs.probability(place.adjusted), comparison.nearer(place)?.description ?? (place.isEqual ? "equal" : "undecided")])
        }
        let how = comparison.isPaired ? "trial by trial, as random numbers are common" : "between independent samples (Welch)"
        let percent = Figures.shortest(comparison.confidence * 100)
        table.notes.append(([], "Differences (\(first) minus \(second)) and ratios of the means, \(how), with \(percent) % intervals, each by "
            + "itself; p and \"nearer\" are corrected for all \(comparison.places.count) places (Holm)."))
        let alone = [(comparison.firstAlone, first), (comparison.secondAlone, second)].filter { $0.0 > 0 }
        if !alone.isEmpty {
            let cells = alone.map { "\(counted($0.0, "cell")) of \($0.1)" }.joined(separator: " and ")
            let isOne = alone.reduce(0) { $0 + $1.0 } == 1
            table.notes.append(([], "\(cells) \(isOne ? "has" : "have") no partner at the same setting and \(isOne ? "is" : "are") not "
                + "compared: both must be run at the same values. Where a response crosses its own value at 0, fit says."))
        }
        return table
    }

    private static func crossings(_ comparison: PairComparison, _ signs: TableSigns) -> ReportTable {
        let names = swept(comparison.crossings.map(\.by))
        let against = comparison.against ?? "x"
        let (first, second) = (comparison.first.description, comparison.second.description)
        var table = ReportTable(
            title: "Where \(first) crosses \(second) along \(against)",
            headers: names + [against, "nearer below", "nearer above"], keys: names.count, rows: [])
        for group in comparison.crossings {
            let key = names.map { group.by[$0].map(short) ?? signs.none }
            if group.found.isEmpty { table.rows.append(key + ["no crossing beyond doubt", signs.none, signs.none]) }
            for crossing in group.found {
                table.rows.append(key + [
                    signs.uncertain(crossing.x, crossing.interval), crossing.isUpward ? first : second,
                    crossing.isUpward ? second : first,
                ])
            }
        }
        table.notes.append(([], "Intervals hold the places at which equal means are not rejected, interpolated between cells."))
        return table
    }

    /// Names with more than one value, in order; all where there is one place.
    private static func swept(_ keys: [GroupKey]) -> [String] {
        guard let first = keys.first else { return [] }
        return first.entries.map(\.name).filter { name in keys.count == 1 || Set(keys.map { $0[name] }).count > 1 }
    }

    private static func short(_ value: GroupValue) -> String {
        switch value {
        case .name(let name): name
        case .number(let number): Figures.concise(number)
        }
    }
}
