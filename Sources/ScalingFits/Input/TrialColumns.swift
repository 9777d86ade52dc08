import PortableMath
import TrialContract

/// What fits and exports read of a result: plain columns, cell after cell, trials in order.
///
/// Cells are numbered row-major over `dimensions`, the last one fastest. Calls come one at a time, each cell is asked
/// for once per statistic, and ranges are as long as bounded memory allows.
package protocol TrialColumns {
    /// In the file's order, without `trial`.
    var dimensions: [GridDimension] { get }
    var dependentCoordinates: [AuxiliaryCoordinate] { get }
    /// Recorded statistics with one value per trial.
    var statistics: [String] { get }
    /// Trials per cell; of the cell that has most where they differ.
    var trials: Int { get }
    /// Whether trial k saw the same unit noise in every cell.
    var sharesRandomNumbers: Bool { get }

    /// `cells.count * trials` values, NaN where the trial is not finished.
    func values(of statistic: String, cells: Range<Int>) throws -> [Double]
    /// `cells.count * trials` raw values of the result file's `status`: 0 missing, 1 finished, 2 diverged, 3 excluded,
    /// 4 not asked for (behind a cell's own trials, where cells have different numbers of them).
    func status(cells: Range<Int>) throws -> [UInt8]
    /// `cells.count * trials` values.
    func stepsTaken(cells: Range<Int>) throws -> [Int64]
    /// Numbers of a cell's trials, in trial order, with less scatter around the same mean where the columns know how.
    func controlled(_ responses: [Double], cell: Int) throws -> [Double]
}

extension TrialColumns {
    package func controlled(_ responses: [Double], cell: Int) throws -> [Double] { responses }

    package var cellCount: Int { grid.count }
    /// The cells' numbers.
    package var grid: RowMajor { grid(dimensions.indices) }

    /// Of some of the dimensions, by their positions.
    package func grid(_ positions: some Sequence<Int>) -> RowMajor { RowMajor(positions.map { dimensions[$0].count }) }

    /// Where a cell stands along each dimension.
    package func coordinates(ofCell cell: Int) -> [GroupValue] {
        zip(dimensions, grid.places(of: cell)).map { $0.values[$1] }
    }
}
