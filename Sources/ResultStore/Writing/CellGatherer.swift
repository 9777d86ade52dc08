import Synchronization
import TrialContract

/// Holds the outcomes of trials until all trials of their cell are there: what is recorded of trajectories are statistics
/// over all of them, made in trial order, whatever the order in which trials end.
///
/// A cell is handed out whole, once; memory holds the cells that are in work.
final class CellGatherer: Sendable {
    private struct Cell {
        var columns: OutcomeColumns
        var missing: Int
    }

    private let trials: Int
    private let statistics: [String]
    private let cells: Mutex<[Int: Cell]>

    /// - Parameters:
    ///   - trials: trials per cell.
    ///   - kept: outcomes that an earlier run has left, by row: `cell * trials + trial`.
    init(trials: Int, statistics: [String], kept: [Int: GatheredTrial]) {
        self.trials = trials
        self.statistics = statistics
        cells = Mutex([:])
        for (row, trial) in kept {
            let (cell, number) = row.quotientAndRemainder(dividingBy: trials)
            _ = add(OutcomeBlock(
                cellIndices: [cell], trials: number..<number + 1, statistics: statistics, columns: trial.columns))
        }
    }

    /// Takes up a block's outcomes.
    ///
    /// - Returns: the cells that are whole now. Each stays here until it is removed.
    func add(_ block: OutcomeBlock) -> [OutcomeBlock] {
        cells.withLock { cells in
            block.cellIndices.enumerated().compactMap { place, index in
                let first = place * block.trials.count
                let rows = first..<first + block.trials.count
                var cell = cells.removeValue(forKey: index) ?? empty(like: block.columns)
                cell.columns.replace(block.trials, with: block.columns, rows)
                cell.missing -= block.trials.count
                cells[index] = cell
                guard cell.missing == 0 else { return nil }
                return OutcomeBlock(
                    cellIndices: [index], trials: 0..<trials, statistics: statistics, columns: cell.columns)
            }
        }
    }

    /// Forgets a cell, whose states are handed over.
    func remove(_ cell: Int) {
        cells.withLock { $0[cell] = nil }
    }

    /// For the trials of a cell, whether they are held here.
    func held(cell: Int) -> [Bool]? {
        cells.withLock { $0[cell].map { $0.columns.status.map { $0 != 0 } } }
    }

    /// The number of trials held.
    var count: Int { cells.withLock { $0.values.reduce(0) { $0 + trials - $1.missing } } }

    /// Everything held, by row.
    func outcomes() -> [Int: GatheredTrial] {
        cells.withLock { cells in
            var outcomes: [Int: GatheredTrial] = [:]
            for (index, cell) in cells {
                for trial in 0..<trials where cell.columns.status[trial] != 0 {
                    outcomes[index * trials + trial] = GatheredTrial(cell.columns, row: trial)
                }
            }
            return outcomes
        }
    }

    /// A cell without outcomes, with as many values per trial as `columns` has.
    private func empty(like columns: OutcomeColumns) -> Cell {
        func empty(_ column: [Double]) -> [Double] {
            [Double](repeating: .nan, count: trials * (column.count / columns.status.count))
        }
        return Cell(
            columns: OutcomeColumns(
                status: [UInt8](repeating: 0, count: trials), stepsTaken: [Int64](repeating: 0, count: trials),
                values: columns.values.map(empty), curves: columns.curves.map(empty)),
            missing: trials)
    }
}

extension OutcomeColumns {
    /// Puts rows of other columns, of as many values per row, in place of some.
    fileprivate mutating func replace(_ rows: Range<Int>, with other: OutcomeColumns, _ source: Range<Int>) {
        func replace(_ column: inout [Double], _ from: [Double], _ count: Int) {
            let width = from.count / count
            guard width > 0 else { return }
            column.replaceSubrange(
                rows.lowerBound * width..<rows.upperBound * width,
                with: from[source.lowerBound * width..<source.upperBound * width])
        }
        let count = other.status.count
        status.replaceSubrange(rows, with: other.status[source])
        stepsTaken.replaceSubrange(rows, with: other.stepsTaken[source])
        for index in values.indices { replace(&values[index], other.values[index], count) }
        for index in curves.indices { replace(&curves[index], other.curves[index], count) }
    }
}
