import ScalingFits
import TrialContract
import TrialSummaries

/// The table of cells that `export` writes of a result that keeps summaries: moments of all finished trials of a cell, from those
/// of its blocks, added in their order.
package enum SummaryExport {
    /// A row per cell and quantity; cells that `where` drops leave none.
    ///
    /// - Parameters:
    ///   - columns: the result with its blocks in the place of trials.
    ///   - states: the states of some cells' blocks.
    ///   - quantities: those to write; `nil` for all that are kept.
    ///   - output: gets the header, then whole lines.
    ///   - stored: the values of a variable of some cells, block by block.
    /// - Throws: `ScalingFitsError.unknownResponse`; what reading throws.
    package static func cells(
        of columns: some TrialColumns, states: (Range<Int>) throws -> [UInt8], quantities: [String]?,
        output: (String) throws -> Void, stored: (String, Range<Int>) throws -> [Double]
    ) throws {
        // The mean square of the distance is kept as mean and variance, and has no higher moments of its own.
        let kept = columns.statistics.filter { $0 != "distance_squared" || !columns.statistics.contains("distance") }
        let names = try SweepExport.checked(quantities, kept)
        let own = ExportedColumns(
            coordinates: SweepExport.names(columns), statistics: names, integers: SweepExport.integers(columns))
        try output(CSVRow.line(own.coordinates + [
            "statistic", "finished", "diverged", "missing_blocks", "mean", "standard_error", "variance", "skewness", "kurtosis",
            "minimum", "maximum",
        ]))
        for cell in 0..<columns.cellCount {
            let range = cell..<cell + 1, status = try states(range)
            guard status.first != TrialStatus.excluded.rawValue else { continue }
            let finished = try stored(SummaryColumn.finishedName, range), diverged = try stored(SummaryColumn.divergedName, range)
            let done = status.indices.filter {
                status[$0] == TrialStatus.finished.rawValue || status[$0] == TrialStatus.diverged.rawValue
            }
            let counts = [finished, diverged].map { numbers in "\(Int(done.reduce(0) { $0 + numbers[$1] }))" }
            let key = own.key(ExportedCell(
                coordinates: SweepExport.coordinates(ofCell: cell, columns), status: [], stepsTaken: [], values: []))
            for name in names {
                let values = try SummaryColumn.allCases.map { try stored($0.name(of: name), range) }
                var moments = CellMoments()
                for block in done where status[block] == TrialStatus.finished.rawValue {
                    moments.add(finished: finished[block], values.map { $0[block] })
                }
                let numbers = [
                    moments.mean, moments.standardError, moments.variance, moments.skewness, moments.kurtosis, moments.minimum,
                    moments.maximum,
                ]
                try output(CSVRow.line(
                    key + [name] + counts + ["\(status.count - done.count)"] + numbers.map(CSVRow.number)))
            }
        }
    }
}
