import TrialContract

/// How a run writes trajectories: gathers the trials of each cell and makes its summaries when the last one has come.
struct CurveSession: Sendable {
    let curves: StoredCurves
    let gatherer: CellGatherer
    /// Trials that an earlier run has left to be gathered on.
    let kept: Int

    /// - Parameters:
    ///   - kept: outcomes by row; those of trials that the file has by now, and those that are none of the plan's trials,
    ///     are passed over.
    ///   - plan: what the file is written for.
    init(curves: StoredCurves, rows: StoredRows, kept: [Int: GatheredTrial], plan: any SweepPlan) throws {
        self.curves = curves
        let layout = rows.layout
        let open = try kept.filter { row, outcome in
            try (0..<layout.rowCount).contains(row) && layout.storedCell(row / layout.trials) != nil
                && rows.readStatus(rows: row..<row + 1)[0] == 0
                && Self.isOutcome(outcome, ofCell: row / layout.trials, layout, plan)
        }
        gatherer = CellGatherer(trials: layout.trials, statistics: layout.statistics.map(\.name), kept: open)
        self.kept = open.count
    }

    /// Whether an outcome has as many values as the trials of a cell have, and counts where there are counts.
    private static func isOutcome(
        _ outcome: GatheredTrial, ofCell cell: Int, _ layout: ResultLayout, _ plan: any SweepPlan
    ) throws -> Bool {
        let columns = outcome.columns
        guard let curve = layout.curve, case .included(let own, _) = try plan.cell(at: cell)
        else { return false }
        let reached = curve.steps.count { $0 <= own.steps }
        return columns.values.map(\.count) == layout.statistics.map { $0.isPerCoordinate ? own.dimension : 1 }
            && columns.curves.map(\.count) == curve.quantities.map { _ in reached }
            && (0...Int64(own.steps)).contains(columns.stepsTaken[0])
            && zip(layout.statistics, columns.values).allSatisfy { statistic, values in
                statistic.element != .int32 || values.allSatisfy { Int32(exactly: $0) != nil }
            }
    }

    /// Writes the trajectories of a whole cell.
    func write(_ cell: OutcomeBlock) throws {
        guard let layout = curves.layout.curve else { preconditionFailure("there are stored curves") }
        precondition(cell.columns.curves.count == layout.quantities.count, "a block must have the plan's curves")
        let kinds = CurveVariable.Kind.allCases.count
        var bytes: [[UInt8]] = []
        for (quantity, values) in cell.columns.curves.enumerated() {
            let summaries = Self.summaries(values, trials: cell.trials.count, steps: layout.steps.count)
            for variable in curves.variables[quantity * kinds..<(quantity + 1) * kinds] {
                bytes.append(variable.bytes(summaries))
            }
        }
        try curves.write(bytes, cell: cell.cellIndices[0])
    }

    /// For each step; steps that the cell's trials do not have are without trials.
    ///
    /// - Parameter values: trial by trial, as many as the cell has steps.
    private static func summaries(_ values: [Double], trials: Int, steps: Int) -> [CurveSummary] {
        let own = values.count / trials
        return (0..<steps).map { step in
            step < own ? CurveSummary((0..<trials).map { values[$0 * own + step] }) : CurveSummary([])
        }
    }
}

extension CompletionCounts {
    /// Counts trials as finished that are not missing although the file does not have them yet.
    mutating func move(_ trials: Int) {
        missing -= trials
        finished += trials
    }
}
