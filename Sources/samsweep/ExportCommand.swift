import ArgumentParser
import ScalingFits
import SweepReports

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a result as CSV, by cell, by trial or as trajectories.",
        discussion: """
            A row per cell and statistic: counts, mean, standard error, median, quantiles over finished trials. Numbers \
            are the shortest text that reads back as they are; floats always look like floats. Of a result that keeps \
            summaries: counts, mean, standard error, variance, skewness, kurtosis, minimum, maximum and quantiles (0.05, 0.25, 0.5, \
            0.75, 0.95, to within what the page on result files says) over all finished trials.
            """)

    @Argument(help: ArgumentHelp("A result file.", valueName: "result.h5"))
    var result: String

    @Flag(help: "A row per trial instead, with every statistic in a column.")
    var trials = false

    @Flag(help: "A row per recorded step instead: the trajectories, of cells without missing trials.")
    var curves = false

    @Option(help: ArgumentHelp(
        "Statistics to write (with --curves: quantities), separated by commas (default: all recorded); also distance_squared, and "
            + "excess or excess_NAME over the cell at 0, trial by trial.", valueName: "names"))
    var statistics: String?

    @Option(help: ArgumentHelp("Over whose cell at 0 an excess is.", valueName: "name"))
    var against = "rho"

    func validate() throws {
        guard !(trials && curves) else { throw ValidationError("--trials and --curves exclude each other") }
    }

    func run() throws {
        let columns = try ResultColumns(path: result, trialsFor: trials ? "export --trials" : curves ? "export --curves" : nil)
        let names = statistics?.split(separator: ",").map { String($0.filter { $0 != " " }) }
        let output = BufferedOutput()
        if let blocks = columns.blocks {
            try SummaryExport.cells(of: columns, blocks: blocks, quantities: names, output: output.write)
            return try output.flush()
        }
        if curves {
            guard !columns.curveSteps.isEmpty else {
                throw CommandError.usage("\(result) has no trajectories: its sweep file has no curves")
            }
            let known = columns.curveQuantities, whole = columns.reader.curveQuantities
            if let unknown = names?.first(where: { !known.contains($0) && !whole.contains($0) }) {
                throw CommandError.usage(
                    "\(result) has no trajectory of '\(unknown)'; it has \(whole.joined(separator: ", ")) "
                        + "(others must stand in the sweep file under curves, of, before it is run)")
            }
            let quantities = names?.flatMap { known.contains($0) ? [$0] : columns.curveNumbers(of: $0) }
            try SweepExport.curves(of: columns, quantities: quantities, output: output.write)
        } else if let names {
            let derived = try DerivedStatistics(columns, names: names, against: against)
            if trials {
                try SweepExport.trials(of: derived, output: output.write)
            } else {
                try SweepExport.cells(of: derived, output: output.write)
            }
        } else if trials {
            try SweepExport.trials(of: columns, output: output.write)
        } else {
            try SweepExport.cells(of: columns, output: output.write)
        }
        try output.flush()
    }
}

/// Standard output for a closure that outlives the scope it is made in.
private final class BufferedOutput {
    private var output = StandardOutput()

    func write(_ text: String) throws { try output.write(text) }
    func flush() throws { try output.flush() }
}
