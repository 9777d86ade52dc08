import TrialContract

/// How a run writes trajectories: gathers the trials of each cell and makes its summaries when the last one has come.
struct CurveSession: Sendable {
    let curves: StoredCurves
    let gatherer: CellGatherer
    /// Trials that an earlier run has left to be gathered on.
    let kept: Int

    /// - Parameter kept: outcomes by row; those of trials that the file has by now are passed over.
    init(curves: StoredCurves, rows: StoredRows, kept: [Int: GatheredTrial]) throws {
        self.curves = curves
        let layout = rows.layout
        let open = try kept.filter { row, _ in
            try (0..<layout.rowCount).contains(row) && rows.readStatus(rows: row..<row + 1)[0] == 0
        }
        gatherer = CellGatherer(trials: layout.trials, statistics: layout.statistics.map(\.name), kept: open)
        self.kept = open.count
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
