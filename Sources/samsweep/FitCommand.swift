import ArgumentParser
import KernelSelection
import ResultStore
import ScalingFits
import SweepPlanning
import SweepReports
import TrialContract
import Wording

struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Fits the scaling law of every group of a result, with intervals.",
        discussion: """
            A group is what shares all dimensions but the trial and the one fitted against. Intervals are bootstrapped \
            over trials, jointly over cells where random numbers are common. Models: \
            \(ModelCatalogue.descriptions.map(\.name).joined(separator: ", ")); see 'samsweep list models'.
            """)

    @Argument(help: ArgumentHelp("A result file.", valueName: "result.h5"))
    var result: String

    @Option(help: ArgumentHelp(
        "What is fitted: a recorded statistic, distance_squared, or excess (over the cell at 0, trial by trial).",
        valueName: "name"))
    var response = "distance_squared"

    @Option(help: ArgumentHelp(
        "The abscissa (default: rho): a dimension, or a zipped or derived quantity. Several, separated by commas, are the "
            + "regressors of a product law.", valueName: "names"))
    var against: String?

    @Option(help: ArgumentHelp(
        "single: a law over one abscissa; product: C rho^a learning_rate^b … over the whole grid, by default with every "
            + "numeric dimension of several values.", valueName: "law"))
    var law: FitLaw?

    @Option(help: ArgumentHelp(
        "Also write the fits to this file (HDF5, netCDF-4), with the sweep's coordinates.", valueName: "fits.nc"))
    var output: String?

    @Option(help: ArgumentHelp(
        "Dimensions that tell groups apart, separated by commas (default: every other dimension but trial).",
        valueName: "names"))
    var by: String?

    @Option(help: ArgumentHelp("auto, or the model to fit.", valueName: "name"))
    var model = FitOptions.automatic

    @Option(help: ArgumentHelp("Bootstrap resamples; 0 for no intervals.", valueName: "n"))
    var bootstrap = 2000

    @Option(help: ArgumentHelp("Probability with which an interval is to cover the truth.", valueName: "p"))
    var confidence = 0.95

    @Option(help: ArgumentHelp(
        "Which points take part: auto (all, or the longest run that a model describes), all, or LOW,HIGH.",
        valueName: "window"))
    var window = "auto"

    @Option(help: ArgumentHelp("Bootstrap intervals: bca or percentile.", valueName: "method"))
    var intervals: IntervalMethod = .bca

    @Option(help: ArgumentHelp(
        "What stands for a cell's trials: mean, median, trimmed-mean:SHARE, quantile:P or within:RADIUS.",
        valueName: "summary"))
    var summary = "mean"

    @Option(help: ArgumentHelp("Seed of the bootstrap's own random numbers.", valueName: "n"))
    var seed: UInt64 = 0

    @OptionGroup var report: ReportOptions

    @Option(help: ArgumentHelp("Plots below the table, one for each setting the optimizers share.", valueName: "n"))
    var plots = 2

    @Flag(help: "Set predictions beside the measurements where a closed form is known, with z-scores.")
    var theory = false

    @Option(help: ArgumentHelp(
        "Map where the law is floor, linear, quadratic or nothing, over the abscissa and this dimension.",
        valueName: "dimension"))
    var regimes: String?

    @Option(help: ArgumentHelp(
        "One exponent for all groups that share these dimensions, separated by commas; all for one of everything.",
        valueName: "names"))
    var pool: String?

    @Option(help: ArgumentHelp(
        "How many trials each cell needs for the exponent's interval to reach this far, and what they cost.",
        valueName: "half width"))
    var precision: Double?

    @Flag(help: "Show each group's own intervals, windows and warnings, and how well every model does.")
    var verbose = false

    @Option(help: ArgumentHelp(
        "auto: means made less scattered by trials of SGD, whose mean is known, where that helps; none (default: what the sweep says).",
        valueName: "auto|none"))
    var varianceReduction: VarianceReductionChoice?

    @Option(help: ArgumentHelp(
        "Columns of the table in the text, Markdown, LaTeX and HTML formats, separated by commas (default: those of the text "
            + "format): dimensions, model, outcome, exponent, prefactor, floor, window, chi2, p2, points, trials, diverged, "
            + "missing, see (remarks), # (row number), and parameters of laws.", valueName: "names"))
    var columns: String?

    @Flag(help: "List every cell: counts of trials, mean or summary, scatter.")
    var cells = false

    @OptionGroup var workers: ThreadOptions

    func validate() throws {
        if let precision, !(precision > 0 && precision.isFinite) {
            throw ValidationError("--precision \(precision) is no half width; give a positive number, as 0.01")
        }
        guard plots >= 0 else { throw ValidationError("--plots \(plots) is negative; 0 leaves them out") }
        if columns != nil, ReportCatalogue.find(report.format)?.takesColumns == false {
            throw ValidationError("--columns belongs to tables for people; --format \(report.format) has everything")
        }
        _ = try fitWindow()
        let regressors = against.map(Self.list) ?? []
        if law == .single, regressors.count > 1 {
            throw ValidationError("--law single has one abscissa, and --against names \(regressors.count)")
        }
        guard law == .product || regressors.count > 1 else { return }
        let single = [
            ("--model", model != FitOptions.automatic), ("--window", window != "auto"), ("--theory", theory),
            ("--regimes", regimes != nil), ("--precision", precision != nil), ("--pool", pool != nil), ("--cells", cells),
            ("--verbose", verbose), ("--columns", columns != nil),
        ]
        if let option = single.first(where: \.1)?.0 {
            throw ValidationError("\(option) belongs to laws over one abscissa; leave it out, or name one with --against")
        }
    }

    func run() throws {
        let columns = try ResultColumns(path: result, trialsFor: nil)
        try tellBlocks(columns.reader)
        let controlled = ControlledColumns(columns, controls: try controls(columns.reader))
        try tellGains(controlled)
        let names = against.map(Self.list) ?? []
        if law == .product || names.count > 1 {
            try fitProducts(columns, controlled, regressors: names.isEmpty ? nil : names)
        } else {
            try fitGroups(columns, controlled, against: names.first ?? "rho")
        }
    }

    /// Says what stands for trials in a result that has none.
    private func tellBlocks(_ reader: ResultReader) throws {
        guard let trials = reader.trialsPerBlock else { return }
        if try CellSummary(summary) != .mean { try reader.requireTrials(for: "fit --summary \(summary)") }
        Console.shared.message(
            "samsweep: \(result) keeps summaries: what counts as a trial here is the mean over a block of "
                + "\(counted(trials, "trial")), and a block in which one diverged counts as diverged")
    }

    /// Control variates, where the sweep or the command asks for them.
    private func controls(_ reader: ResultReader) throws -> [ControlCell?] {
        // A sweep that does not name it need not be planned again.
        let isNamed = reader.sweepText.contains("variance_reduction")
        guard varianceReduction == .auto || varianceReduction == nil && isNamed else { return [] }
        let own = varianceReduction == nil ? [] : ["variance_reduction=auto"]
        return try VarianceReduction.controls(SweepLoading.plan(of: reader, result, overrides: own))
    }

    private func tellGains(_ columns: ControlledColumns<ResultColumns>) throws {
        let name = response.hasPrefix("excess") ? "distance_squared" : response
        for line in try VarianceReduction.lines(columns, of: name, atMost: cells ? .max : 3) {
            Console.shared.message("samsweep: variance reduction: \(line)")
        }
    }

    private func fitGroups(_ columns: ResultColumns, _ controlled: ControlledColumns<ResultColumns>, against: String) throws {
        let session = try FitSession(controlled, request: try request(against: against))
        let outcomes = try session.outcomes(threads: workers.threads)
        var document = try document(outcomes, columns.reader)
        document.pooledDimensions = session.pooledDimensions
        document.columns = try tableColumns(document)
        if let drift = try Stationarity.check(columns) {
            let names = columns.dimensions.map(\.name)
            let warning = drift.warning { cell in
                zip(names, columns.coordinates(ofCell: cell)).map { "\($0) = \($1)" }.joined(separator: ", ")
            }
            if let warning { Console.shared.message("samsweep: \(result) is \(warning)") }
        }
        if let output {
            let dataset = FitDataset(
                dimensions: session.groupDimensions, outcomes: outcomes,
                abscissa: columns.dimensions.first { $0.name == against })
            try FitFile.write(dataset, of: columns.reader, to: output)
        }
        let terminal = OutputTerminal()
        // Plots are made of letters, too.
        let plots = report.format == "text" ? drawings(outcomes, terminal) : ""
        try report.print(terminal) { $0.render(document, style: $1) + plots }
    }

    private func fitProducts(
        _ columns: ResultColumns, _ controlled: ControlledColumns<ResultColumns>, regressors: [String]?
    ) throws {
        let session = try ProductSession(
            controlled, regressors: regressors, request: try request(against: regressors?.first ?? "rho"))
        let products = try session.outcomes()
        if let output {
            let dataset = FitDataset(dimensions: session.groupDimensions, products: products)
            try FitFile.write(dataset, of: columns.reader, to: output)
        }
        try report.print { $0.render(products, style: $1) }
    }

    /// Throws `ValidationError` for one that there is not.
    private func tableColumns(_ document: FitDocument) throws -> [String]? {
        guard let columns else { return nil }
        let names = Self.list(columns), known = document.knownColumns
        guard let unknown = names.first(where: { !known.contains($0) }) else { return names.isEmpty ? nil : names }
        throw ValidationError("--columns: there is no '\(unknown)'; there are \(known.joined(separator: ", "))")
    }

    private func request(against: String) throws -> FitRequest {
        FitRequest(
            response: response, against: against, by: by.map(Self.list),
            options: FitOptions(
                model: model, bootstrapResamples: bootstrap, confidence: confidence, seed: seed,
                window: try fitWindow(), intervalMethod: intervals, summary: try CellSummary(summary)))
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.filter { $0 != " " }) }
    }

    private func document(_ outcomes: [FitOutcome], _ reader: ResultReader) throws -> FitDocument {
        var document = FitDocument(outcomes: outcomes, showsCells: cells)
        document.showsDetails = verbose
        if let pool {
            let names = pool == "all" ? [] : Self.list(pool)
            document.pooled = ExponentPooling.pool(outcomes, by: names, confidence: confidence)
        }
        if let precision { document.precision = PrecisionNeed.of(outcomes, target: precision) }
        if let regimes { document.regimes = RegimeMap.maps(outcomes, axis: regimes) }
        if theory {
            let plan = try SweepLoading.plan(of: reader, result)
            var unknown: [String] = []
            document.theory = try TheoryComparison.compare(outcomes) { index in
                guard case .included(let trialClass, let cell) = try plan.cell(at: index) else { return nil }
                let setting = TheorySetting(trialClass, cell)
                if let part = TheoryCatalogue.unknownPart(setting), !unknown.contains(part) { unknown.append(part) }
                return setting
            }
            if document.theory.isEmpty {
                Console.shared.message(
                    "samsweep: no closed form is known for any of these cells"
                        + (unknown.isEmpty ? "" : ": \(unknown.joined(separator: ", "))"))
            }
        }
        return document
    }

    /// Optimizers are the series of a plot; what they share is its title.
    private func drawings(_ outcomes: [FitOutcome], _ terminal: OutputTerminal) -> String {
        let panels = PlotPanel.panels(outcomes, seriesBy: "optimizer")
        var text = panels.prefix(plots).map { panel in
            "\n" + TerminalPlot.render(
                panel, width: min(terminal.width, 100), height: 20, unicode: terminal.hasUnicode,
                color: terminal.hasColour)
        }.joined()
        if plots > 0, panels.count > plots { text += "\n\(panels.count - plots) more plots: --plots \(panels.count)\n" }
        return text
    }

    private func fitWindow() throws -> FitWindow {
        if window == "auto" { return .automatic }
        if window == "all" { return .all }
        let ends = window.split(separator: ",").map { Double($0.filter { $0 != " " }) }
        guard ends.count == 2, let low = ends[0], let high = ends[1], low <= high else {
            throw ValidationError("--window '\(window)' is not auto, all or two ascending numbers, as 0.01,1")
        }
        return .range(low...high)
    }
}

extension IntervalMethod: ExpressibleByArgument {}

/// What `--variance-reduction` may be.
enum VarianceReductionChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case never = "none"
}

/// What `--law` may be.
enum FitLaw: String, ExpressibleByArgument, CaseIterable {
    case single, product
}
