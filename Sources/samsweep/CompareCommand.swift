import ArgumentParser
import ScalingFits
import SweepReports

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Holds two optimizers against each other in every cell, and says where they cross in rho.",
        discussion: """
            Difference and ratio of the means with intervals, in which share of the trials the first is nearer, and which of \
            the two is nearer beyond doubt, corrected for all cells. Trial by trial where random numbers are common.
            """)

    @Argument(help: ArgumentHelp("A result file.", valueName: "result.h5"))
    var result: String

    @Argument(help: ArgumentHelp("Two values of the dimension, separated by a comma, as n-sam,sgd.", valueName: "a,b"))
    var pair: String

    @Option(help: ArgumentHelp("The dimension that the two are values of.", valueName: "name"))
    var over = "optimizer"

    @Option(help: ArgumentHelp("Along which crossings are looked for.", valueName: "name"))
    var against = "rho"

    @OptionGroup var of: ResponseOptions

    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard names.count == 2 else { throw ValidationError("'\(pair)' is not two values separated by a comma, as n-sam,sgd") }
    }

    private var names: [String] { pair.split(separator: ",").map { String($0.filter { $0 != " " }) } }

    func run() throws {
        let columns = try ResultColumns(path: result, trialsFor: nil)
        var comparison = try PairSearch(
            columns, over: over, pair: (names[0], names[1]), response: of.response, against: against, confidence: of.confidence
        ).comparison()
        if let blocks = columns.blocks { comparison.countBlocks(of: blocks.trialsPerBlock) }
        try report.print { $0.render(comparison: comparison, style: $1) }
    }
}
