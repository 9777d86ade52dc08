import ScalingFits
import TrialContract

/// One cell of a result, as an export reads it.
public struct ExportedCell: Sendable {
    /// As many as the writer has coordinate names, in their order.
    public var coordinates: [GroupValue]
    /// Per trial, raw values of `TrialStatus`.
    public var status: [UInt8]
    /// Per trial.
    public var stepsTaken: [Int64]
    /// One column per statistic, in the writer's order; NaN where the trial is not finished.
    public var values: [[Double]]

    public init(coordinates: [GroupValue], status: [UInt8], stepsTaken: [Int64], values: [[Double]]) {
        self.coordinates = coordinates
        self.status = status
        self.stepsTaken = stepsTaken
        self.values = values
    }

    func count(_ wanted: TrialStatus) -> Int { status.reduce(0) { $0 + ($1 == wanted.rawValue ? 1 : 0) } }
}

/// CSV with a row per cell and statistic: counts, mean, standard error, median and quantiles over finished trials.
///
/// Streams: give it cell after cell; cells that `where` drops leave no row.
public struct CellTableWriter {
    public static let quantiles = [0.05, 0.25, 0.75, 0.95]
    private let coordinates: [String]
    private let statistics: [String]
    private let integers: [Bool]
    private let output: (String) throws -> Void

    /// - Parameter integers: names of coordinates that are written as integers.
    public init(
        coordinates: [String], statistics: [String], integers: Set<String> = [], output: @escaping (String) throws -> Void
    ) {
        self.coordinates = coordinates
        self.statistics = statistics
        self.integers = coordinates.map(integers.contains)
        self.output = output
    }

    public func writeHeader() throws {
        try output(CSVRow.line(coordinates + [
            "statistic", "finished", "diverged", "missing", "mean", "standard_error", "median",
            "q05", "q25", "q75", "q95", "minimum", "maximum",
        ]))
    }

    public func write(_ cell: ExportedCell) throws {
        guard cell.count(.excluded) < cell.status.count else { return }
        let key = zip(cell.coordinates, integers).map(CSVRow.coordinate(_:isInteger:))
        for (statistic, column) in zip(statistics, cell.values) {
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
public struct TrialTableWriter {
    private let coordinates: [String]
    private let statistics: [String]
    private let integers: [Bool]
    private let output: (String) throws -> Void

    /// - Parameter integers: names of coordinates that are written as integers.
    public init(
        coordinates: [String], statistics: [String], integers: Set<String> = [], output: @escaping (String) throws -> Void
    ) {
        self.coordinates = coordinates
        self.statistics = statistics
        self.integers = coordinates.map(integers.contains)
        self.output = output
    }

    public func writeHeader() throws {
        try output(CSVRow.line(coordinates + ["trial", "status", "steps_taken"] + statistics))
    }

    /// - Parameter firstTrial: the number of the cell's first trial, where a cell is given in parts.
    public func write(_ cell: ExportedCell, firstTrial: Int = 0) throws {
        let key = zip(cell.coordinates, integers).map(CSVRow.coordinate(_:isInteger:))
        var text = ""
        for (trial, status) in cell.status.enumerated() where status != TrialStatus.excluded.rawValue {
            let meaning = TrialStatus(rawValue: status)?.meaning ?? "\(status)"
            let values = cell.values.map { CSVRow.number($0[trial]) }
            text += CSVRow.line(key + ["\(firstTrial + trial)", meaning, "\(cell.stepsTaken[trial])"] + values)
        }
        if !text.isEmpty { try output(text) }
    }
}
