import ScalingFits

/// All that `fit` has to tell of a result.
package struct FitDocument: Sendable {
    package var outcomes: [FitOutcome]
    /// One exponent for several groups; empty where it was not asked for.
    package var pooled: [PooledExponent]
    package var regimes: [RegimeMap]
    package var theory: [TheoryComparison]
    /// Trials that exponents need; empty where it was not asked for.
    package var precision: [PrecisionNeed] = []
    /// Whether the trials of each cell are listed as well.
    package var showsCells: Bool
    /// Whether the text format shows each group's own parameters and warnings, instead of a line for each group.
    package var showsDetails = false
    /// The columns of tables for people, as `LawTable.columns` names them; `nil` for the usual ones.
    package var columns: [String]?
    /// Dimensions of several values over which groups run without telling them apart.
    package var pooledDimensions: [String] = []

    package init(
        outcomes: [FitOutcome], pooled: [PooledExponent] = [], regimes: [RegimeMap] = [],
        theory: [TheoryComparison] = [], showsCells: Bool = false
    ) {
        self.outcomes = outcomes
        self.pooled = pooled
        self.regimes = regimes
        self.theory = theory
        self.showsCells = showsCells
    }

    /// What `columns` may name: dimensions, what is known of every law, and parameters of some.
    package var knownColumns: [String] { LawTable.known(outcomes) }

    /// The sections that have something to show, as tables for people.
    func tables(_ signs: TableSigns, details: Bool = true) -> [ReportTable] {
        var tables = details && columns == nil
            ? [FitTable.table(outcomes, signs), WeightTable.table(outcomes, signs)].compactMap(\.self)
            : [LawTable.table(outcomes, signs, columns: columns)]
        if !pooledDimensions.isEmpty {
            tables[0].notes.append(([], "Each group runs over several values of \(pooledDimensions.joined(separator: ", ")): "
                + "its law is that of the mixture (--by tells them apart)."))
        }
        if showsCells { tables.append(contentsOf: CellTable.tables(outcomes, signs)) }
        tables += [PooledTable.table(pooled, signs)].compactMap(\.self)
        tables += regimes.map { RegimeTable.table($0, signs) }
        tables += theory.flatMap { TheoryTable.tables($0, signs) }
        tables += [PrecisionTable.table(precision, signs)].compactMap(\.self)
        return tables
    }
}

extension FitOutcome {
    /// What became of each cell's trials and their mean, by ascending abscissa; no mean where no trial finished.
    var cells: [(tally: CellTally, point: FittedPoint?)] {
        var points = curve[...]
        return tally.map { cell in (cell, points.first?.x == cell.x ? points.popFirst() : nil) }
    }
}
