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

    @OptionGroup var of: ResponseOptions

    @OptionGroup var report: ReportOptions

    func run() throws {
        let names = over.split(separator: ",").map { String($0.filter { $0 != " " }) }
        let search = try BestSearch(
            ResultColumns(path: result, trialsFor: nil), over: names, response: of.response, confidence: of.confidence)
        let settings = try search.settings()
        try report.print { $0.render(best: settings, style: $1) }
    }
}
