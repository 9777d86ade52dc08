import ArgumentParser
import SweepReports

/// In which format a command shows what it has found.
struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Output format: \(ReportCatalogue.all.map(\.name).joined(separator: ", ")).", valueName: "format"))
    var format = "text"

    func validate() throws {
        guard ReportCatalogue.find(format) != nil else {
            let known = ReportCatalogue.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--format '\(format)' is not known; there are \(known)")
        }
    }

    /// Prints what `render` makes in this format, for the terminal there is.
    func print(_ terminal: OutputTerminal = OutputTerminal(), _ render: (any ReportFormat, ReportStyle) -> String) throws {
        guard let report = ReportCatalogue.find(format) else { return }
        try StandardOutput.print(render(report, ReportStyle(width: terminal.width, unicode: terminal.hasUnicode)))
    }
}

/// What is compared between cells, and how surely.
struct ResponseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What is to be small: a recorded statistic, or distance_squared.", valueName: "name"))
    var response = "distance_squared"

    @Option(help: ArgumentHelp("Probability with which an interval is to cover the truth.", valueName: "p"))
    var confidence = 0.95
}
