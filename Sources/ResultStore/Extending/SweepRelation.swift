import TrialContract

/// How a stored result stands to a sweep.
enum SweepRelation {
    /// The same trials.
    case same
    /// Trials of the same kind over another grid: what they have in common can be reused.
    case extensible(CellMap)
    /// Why nothing can be reused.
    case foreign(String)

    init(stored: ResultHeader, plan: any SweepPlan, provenance: Provenance) throws {
        guard stored.sweepFingerprint == plan.sweepFingerprint, stored.kernelRevision == provenance.kernelRevision else {
            self = .foreign(SweepDifference.describe(stored: stored, plan: plan, provenance: provenance))
            return
        }
        let layout = ResultLayout(plan)
        if stored.planFingerprint == plan.planFingerprint, stored.layout.variables.map(\.name) == layout.variables.map(\.name),
            stored.layout.curve == layout.curve, stored.layout.rowCount == layout.rowCount, try Self.excludesTheSame(stored, plan) {
            self = .same
        } else if let map = CellMap(from: stored.layout, to: layout) {
            self = .extensible(map)
        } else {
            let there = stored.layout.dimensions.map(\.name), here = layout.dimensions.map(\.name)
            self = .foreign(
                "its dimensions are \(there.joined(separator: ", ")), the sweep's \(here.joined(separator: ", "))")
        }
    }

    /// Looked at only where the sweep's text has changed.
    private static func excludesTheSame(_ stored: ResultHeader, _ plan: any SweepPlan) throws -> Bool {
        guard stored.sweepText != plan.sourceText, stored.isContiguous else { return true }
        let rows = try StoredRows(file: stored.openFile(), header: stored)
        let trials = stored.layout.trials
        let cellsPerPiece = max(1, (1 << 20) / trials)
        for first in stride(from: 0, to: stored.layout.cellCount, by: cellsPerPiece) {
            let cells = first..<min(first + cellsPerPiece, stored.layout.cellCount)
            let states = try rows.readStatus(rows: cells.lowerBound * trials..<cells.upperBound * trials)
            for cell in cells {
                // Of a part, a trial that it holds.
                guard let piece = stored.layout.pieces(of: cell * trials..<(cell + 1) * trials).first else { continue }
                let isExcluded = states[piece.row - first * trials] == TrialStatus.excluded.rawValue
                if try plan.excludes(cell) != isExcluded { return false }
            }
        }
        return true
    }
}

extension SweepPlan {
    func excludes(_ cell: Int) throws -> Bool {
        guard mayExcludeCells, case .excluded = try self.cell(at: cell) else { return false }
        return true
    }
}
