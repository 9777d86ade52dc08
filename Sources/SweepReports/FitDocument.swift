import ScalingFits

/// All that `fit` has to tell of a result.
public struct FitDocument: Sendable {
    public var outcomes: [FitOutcome]
    /// One exponent for several groups; empty where it was not asked for.
    public var pooled: [PooledExponent]
    public var regimes: [RegimeMap]
    public var theory: [TheoryComparison]
    /// Whether the trials of each cell are listed as well.
    public var showsCells: Bool

    public init(
        outcomes: [FitOutcome], pooled: [PooledExponent] = [], regimes: [RegimeMap] = [],
        theory: [TheoryComparison] = [], showsCells: Bool = false
    ) {
        self.outcomes = outcomes
        self.pooled = pooled
        self.regimes = regimes
        self.theory = theory
        self.showsCells = showsCells
    }

    /// The sections that have something to show, as tables for people.
    func tables(_ signs: TableSigns) -> [ReportTable] {
        var tables = [FitTable.table(outcomes, signs), WeightTable.table(outcomes, signs)].compactMap(\.self)
        if showsCells { tables.append(contentsOf: CellTable.tables(outcomes, signs)) }
        tables += [PooledTable.table(pooled, signs)].compactMap(\.self)
        tables += regimes.map { RegimeTable.table($0, signs) }
        tables += theory.map { TheoryTable.table($0, signs) }
        return tables
    }
}
