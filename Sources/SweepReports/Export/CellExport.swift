import ScalingFits
import TrialContract

/// One cell of a result, as an export reads it.
struct ExportedCell: Sendable {
    /// As many as the writer has coordinate names, in their order.
    var coordinates: [GroupValue]
    /// Per trial, raw values of `TrialStatus`.
    var status: [UInt8]
    /// Per trial.
    var stepsTaken: [Int64]
    /// One column per statistic, in the writer's order; NaN where the trial is not finished.
    var values: [[Double]]

    func count(_ wanted: TrialStatus) -> Int { status.reduce(0) { $0 + ($1 == wanted.rawValue ? 1 : 0) } }
}

/// What the rows of an export begin with, and the statistics that it is of.
struct ExportedColumns {
    let coordinates: [String]
    let statistics: [String]
    private let integers: [Bool]

    /// - Parameter integers: names of coordinates that are written as integers.
    init(coordinates: [String], statistics: [String], integers: Set<String>) {
        self.coordinates = coordinates
        self.statistics = statistics
        self.integers = coordinates.map(integers.contains)
    }

    func key(_ cell: ExportedCell) -> [String] { zip(cell.coordinates, integers).map(CSVRow.coordinate(_:isInteger:)) }
}

/// CSV with a row per cell and statistic: counts, mean, standard error, median and quantiles over finished trials.
///
/// Streams: give it cell after cell; cells that `where` drops leave no row.
struct CellTableWriter {
    static let quantiles = [0.05, 0.25, 0.75, 0.95]
    let columns: ExportedColumns
    let output: (String) throws -> Void

    func writeHeader() throws {
        try output(CSVRow.line(columns.coordinates + [
            "statistic", "finished", "diverged", "missing", "mean", "standard_error", "median",
            "q05", "q25", "q75", "q95", "minimum", "maximum",
        ]))
    }

    func write(_ cell: ExportedCell) throws {
        guard cell.status.first != TrialStatus.excluded.rawValue else { return }
        let key = columns.key(cell)
        for (statistic, column) in zip(columns.statistics, cell.values) {
            let finished = zip(cell.status, column).filter { $0.0 == TrialStatus.finished.rawValue }.map(\.1)
            let summary = SampleSummary(finished)
            let numbers = [summary.mean, summary.standardError, summary.median]
                + Self.quantiles.map(summary.quantile) + [summary.minimum, summary.maximum]
            let counts = ["\(cell.count(.finished))", "\(cell.count(.diverged))", "\(cell.count(.missing))"]
            try output(CSVRow.line(key + [statistic] + counts + numbers.map(CSVRow.number)))
        }
    }
}

/// CSV with a row per trial: status, steps and every recorded statistic.
struct TrialTableWriter {
    let columns: ExportedColumns
    let output: (String) throws -> Void

    func writeHeader() throws {
        try output(CSVRow.line(columns.coordinates + ["trial", "status", "steps_taken"] + columns.statistics))
    }

    /// - Parameter firstTrial: the number of the cell's first trial, where a cell is given in parts.
    func write(_ cell: ExportedCell, firstTrial: Int = 0) throws {
        let key = columns.key(cell)
        var text = ""
        for (trial, status) in cell.status.enumerated() where status != TrialStatus.excluded.rawValue && status != TrialStatus.notAsked.rawValue {
            let meaning = TrialStatus(rawValue: status)?.meaning ?? "\(status)"
            let values = cell.values.map { CSVRow.number($0[trial]) }
            text += CSVRow.line(key + ["\(firstTrial + trial)", meaning, "\(cell.stepsTaken[trial])"] + values)
        }
        if !text.isEmpty { try output(text) }
    }
}
