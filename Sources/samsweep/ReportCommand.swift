import ArgumentParser
import ClaimVerdicts
import Glibc
import ResultStore
import ScalingFits
import SweepReports
import TrialContract

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Writes a result as one web page: laws, figures, maps, cells and where they come from.",
        discussion: """
            The page needs no network and no other file: send it to a co-author. Its filters, tables and figures work in every \
            browser; behind each figure are its data. Prints the path of the page.
            """)

    @Argument(help: ArgumentHelp("A result file.", valueName: "result.h5"))
    var result: String

    @Option(help: ArgumentHelp("The page (default: the result's name with .html).", valueName: "page.html"))
    var output: String?

    @Option(help: ArgumentHelp("What is fitted (default: distance_squared where it is known).", valueName: "name"))
    var response: String?

    @Option(help: ArgumentHelp(
        "The abscissa of the laws (default: rho, or the numeric dimension with the most values).", valueName: "name"))
    var against: String?

    @Option(help: ArgumentHelp("Bootstrap resamples; 0 for no intervals.", valueName: "n"))
    var bootstrap = 2000

    @Option(help: ArgumentHelp("Probability with which an interval is to cover the truth.", valueName: "p"))
    var confidence = 0.95

    @OptionGroup var workers: ThreadOptions

    @Flag(help: "Write the page again every few seconds while a run writes the result, until nothing is missing.")
    var watch = false

    /// Seconds between two pages.
    private static let pause: UInt32 = 5

    func run() throws {
        let path = output ?? Self.folder(result) + Self.stem(result) + ".html"
        while try !write(to: path) { sleep(Self.pause) }
        try StandardOutput.print(path)
    }

    /// Whether the page is the last one.
    private func write(to path: String) throws -> Bool {
        let columns = try ResultColumns(path: result, trialsFor: nil)
        let reader = columns.reader
        let counts = try reader.counts()
        let request = FitRequest(
            response: response ?? Self.standardResponse(columns), against: against ?? Self.standardAbscissa(columns),
            options: FitOptions(bootstrapResamples: bootstrap, confidence: confidence))
        let session = try FitSession(columns, request: request)
        var page = ReportPage(
            name: Self.stem(result), title: reader.title, sweepText: reader.sweepText,
            provenance: Self.provenance(reader, result), settings: reader.fixedParameters, done: counts.done * reader.trialsPerRow,
            diverged: try diverged(columns, counts), missing: counts.missing * reader.trialsPerRow, response: request.response, against: request.against,
            groupDimensions: session.groupDimensions.map(\.name),
            laws: FitDocument(outcomes: try session.outcomes(threads: workers.threads)), verdicts: try verdicts(columns, counts))
        let isLast = !watch || counts.missing == 0
        page.renewal = isLast ? nil : Int(Self.pause)
        try TextFile.write(
            page.html(columns, blocks: columns.blocks), to: path, kind: "page of samsweep report", mark: ReportPage.mark, isOwnKind: ReportPage.isPage)
        return isLast
    }

    /// Trials that diverged.
    private func diverged(_ columns: ResultColumns, _ counts: CompletionCounts) throws -> Int {
        guard let blocks = columns.blocks else { return counts.diverged }
        return try (0..<columns.cellCount).reduce(0) { $0 + (try blocks.diverged(inCell: $1)) }
    }

    /// Verdicts on the sweep's claims, where all trials are there to judge by.
    private func verdicts(_ columns: ResultColumns, _ counts: CompletionCounts) throws -> VerdictDocument {
        let plan = try? SweepLoading.plan(of: columns.reader, result)
        guard let plan, !plan.claims.isEmpty, counts.missing == 0 else { return VerdictDocument(sweeps: []) }
        let judge = try ClaimJudge(columns, blocks: columns.blocks, threads: workers.count)
        let claims = try plan.claims.map { try judge.judge($0) }
        return VerdictDocument(sweeps: [.init(file: result, name: plan.name, title: plan.title, claims: claims)])
    }

    private static func standardResponse(_ columns: ResultColumns) -> String {
        let isKnown = columns.statistics.contains("distance") || columns.statistics.contains("distance_squared")
        return isKnown ? "distance_squared" : columns.statistics.first ?? "distance_squared"
    }

    private static func standardAbscissa(_ columns: ResultColumns) -> String {
        let numeric = columns.dimensions.filter { dimension in
            if case .names = dimension.values { false } else { dimension.kind == .values }
        }
        if let rho = numeric.first(where: { $0.name == "rho" }), rho.count > 2 { return "rho" }
        // Also where it is zipped with something else or derived.
        if columns.dependentCoordinates.contains(where: { $0.name == "rho" && Set($0.values.groupValues).count > 2 }) { return "rho" }
        return numeric.max { $0.count < $1.count }?.name ?? "rho"
    }

    private static func provenance(_ reader: ResultReader, _ path: String) -> [(name: String, value: String)] {
        [
            ("result", path), ("made by", reader.programVersion), ("commit", reader.gitCommit), ("history", reader.history),
            ("sweep fingerprint", reader.sweepFingerprint), ("plan fingerprint", reader.planFingerprint),
            ("report by", "samsweep \(Version.number) (\(Version.gitCommit))"),
        ]
    }

    private static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }

    private static func folder(_ path: String) -> String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }
}
