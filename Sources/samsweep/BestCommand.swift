import ArgumentParser
import ScalingFits
import SweepReports

struct BestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "best",
        abstract: "Says which value of an axis does best in every setting of the others, and whether the next one is worse.",
        discussion: """
            Best is where the mean over trials is smallest. The runner-up is compared with it trial by trial where random \
            numbers are common. Cells in which trials diverged are left out and named.
            """)

    @Argument(help: ArgumentHelp("A result file.", valueName: "result.h5"))
    var result: String

    @Option(help: ArgumentHelp(
        "Dimensions to search, separated by commas: the best combination is found.", valueName: "names"))
    var over = "learning_rate"

    @Option(help: ArgumentHelp("What is to be small: a recorded statistic, or distance_squared.", valueName: "name"))
    var response = "distance_squared"

    @Option(help: ArgumentHelp("Probability with which an interval is to cover the truth.", valueName: "p"))
    var confidence = 0.95

    @Option(help: ArgumentHelp(
        "Output format: \(ReportCatalogue.all.map(\.name).joined(separator: ", ")).", valueName: "format"))
    var format = "text"

    func validate() throws {
        guard ReportCatalogue.find(format) != nil else {
            let known = ReportCatalogue.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--format '\(format)' is not known; there are \(known)")
        }
    }

    func run() throws {
        let names = over.split(separator: ",").map { String($0.filter { $0 != " " }) }
        let search = try BestSearch(
            ResultColumns(path: result), over: names, response: response, confidence: confidence)
        let terminal = OutputTerminal()
        let style = ReportStyle(width: terminal.width, unicode: terminal.hasUnicode)
        guard let report = ReportCatalogue.find(format) else { return }
        try StandardOutput.print(report.render(best: search.settings(), style: style))
    }
}
