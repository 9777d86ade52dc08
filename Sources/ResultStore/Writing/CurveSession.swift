import TrialContract

/// How a run writes trajectories: gathers the trials of each cell and makes its summaries when the last one has come.
struct CurveSession: Sendable {
    let curves: StoredCurves
    let gatherer: CellGatherer
    /// Trials that an earlier run has left to be gathered on.
    let kept: Int
    private let plan: any SweepPlan

    /// - Parameters:
    ///   - kept: outcomes by row; those of trials that the file has by now, and those that are none of the plan's trials,
    ///     are passed over.
    ///   - plan: what the file is written for.
    init(curves: StoredCurves, rows: StoredRows, kept: [Int: GatheredTrial], plan: any SweepPlan) throws {
        self.curves = curves
        self.plan = plan
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
        return columns.values.map(\.count) == plan.statistics.map { own.width(of: $0) }
            && columns.curves.map(\.count) == (plan.curve?.quantities ?? []).map { reached * own.width(of: $0) }
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
            let width = try width(of: quantity, cell: cell.cellIndices[0])
            let summaries = Self.summaries(
                values, width: width, trials: cell.trials.count, steps: layout.steps.count, to: layout.quantities[quantity].width)
            for variable in curves.variables[quantity * kinds..<(quantity + 1) * kinds] {
                bytes.append(variable.bytes(summaries))
            }
        }
        try curves.write(bytes, cell: cell.cellIndices[0])
    }

    /// How many numbers the trials of a cell have at a step.
    private func width(of quantity: Int, cell: Int) throws -> Int {
        guard curves.layout.curve?.quantities[quantity].inner != nil, let recorded = plan.curve?.quantities[quantity],
            case .included(let own, _) = try plan.cell(at: cell)
        else { return 1 }
        return own.width(of: recorded)
    }

    /// For each step and number; what the cell's trials do not have, later steps and further numbers, is without trials.
    ///
    /// - Parameters:
    ///   - values: trial by trial, `width` for each of the steps that the cell has.
    ///   - most: the numbers that the file has at a step.
    private static func summaries(_ values: [Double], width: Int, trials: Int, steps: Int, to most: Int) -> [CurveSummary] {
        let own = values.count / trials
        return (0..<steps).flatMap { step in
            (0..<most).map { number in
                let place = step * width + number
                guard number < width, place < own else { return CurveSummary([]) }
                return CurveSummary((0..<trials).map { values[$0 * own + place] })
            }
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
