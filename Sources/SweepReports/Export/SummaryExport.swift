import ScalingFits
import TrialContract
import TrialSummaries

/// The table of cells that `export` writes of a result that keeps summaries: moments and quantiles of all finished trials of a cell, from
/// those of its blocks, added in their order. Of each quantile also the ends between which it lies for certain.
package enum SummaryExport {
    /// A row per cell and quantity; cells that `where` drops leave none.
    ///
    /// - Parameters:
    ///   - columns: the result with its blocks in the place of trials.
    ///   - blocks: what is kept.
    ///   - quantities: those to write; `nil` for all that are kept.
    ///   - output: gets the header, then whole lines.
    /// - Throws: `ScalingFitsError.unknownResponse`; what reading throws.
    package static func cells(
        of columns: some TrialColumns, blocks: any StoredBlocks, quantities: [String]?, output: (String) throws -> Void
    ) throws {
        // The mean square of the distance is kept as mean and variance, and has no higher moments of its own.
        let kept = columns.statistics.filter { $0 != "distance_squared" || !columns.statistics.contains("distance") }
        let names = try SweepExport.checked(quantities, kept)
        let own = ExportedColumns(
            coordinates: SweepExport.names(columns), statistics: names, integers: SweepExport.integers(columns))
        try output(CSVRow.line(own.coordinates + [
            "statistic", "finished", "diverged", "missing_blocks", "mean", "standard_error", "variance", "skewness", "kurtosis",
            "minimum",
        ] + Self.quantileNames + ["maximum"] + Self.quantileNames.flatMap { ["\($0)_least", "\($0)_most"] }))
        for cell in 0..<columns.cellCount {
            guard try blocks.states(cells: cell..<cell + 1).first != TrialStatus.excluded.rawValue else { continue }
            let key = own.key(ExportedCell(
                coordinates: SweepExport.coordinates(ofCell: cell, columns), status: [], stepsTaken: [], values: []))
            for name in names {
                let summary = try SummarizedCell(name, cell: cell, of: blocks), moments = summary.moments
                let quantiles = summary.quantiles.quantiles(Self.probabilities)
                let numbers = [
                    moments.mean, moments.standardError, moments.variance, moments.skewness, moments.kurtosis, moments.minimum,
                ] + quantiles.map(\.value) + [moments.maximum] + quantiles.flatMap { [$0.least, $0.most] }
                try output(CSVRow.line(
                    key + [name] + [summary.finished, summary.diverged, summary.missingBlocks].map(String.init)
                        + numbers.map(CSVRow.number)))
            }
        }
    }

    private static let probabilities = [0.05, 0.25, 0.5, 0.75, 0.95]
    private static let quantileNames = ["q05", "q25", "median", "q75", "q95"]
}
