import JSONText
import ScalingFits
import TrialContract
import TrialSummaries

/// A result as one web page that needs nothing else: laws, figures, maps, trajectories, claims, cells and where they come from,
/// with filters. Figures are drawn by the page itself from the data that stand in it.
package struct ReportPage: Sendable {
    /// The sweep's name; files that are saved from the page begin with it.
    package var name: String
    package var title: String
    /// The sweep file's text as run; its opening comment is the question.
    package var sweepText: String
    /// Who made the result, how and when.
    package var provenance: [(name: String, value: String)]
    package var settings: [FixedParameter]
    package var done: Int
    package var diverged: Int
    package var missing: Int
    package var response: String
    package var against: String
    /// The dimensions that tell the laws' groups apart, in the result's order.
    package var groupDimensions: [String]
    /// One for each group, row-major over them.
    package var laws: FitDocument
    package var verdicts: VerdictDocument
    /// Seconds after which a browser reads the page again; `nil` for a page that stays as it is.
    package var renewal: Int?

    /// Trajectories of more numbers than these are left out of a page: it would become too large to open.
    package static let mostCurveValues = 3_000_000

    package init(
        name: String, title: String, sweepText: String, provenance: [(name: String, value: String)], settings: [FixedParameter],
        done: Int, diverged: Int, missing: Int, response: String, against: String, groupDimensions: [String], laws: FitDocument,
        verdicts: VerdictDocument
    ) {
        self.name = name
        self.title = title
        self.sweepText = sweepText
        self.provenance = provenance
        self.settings = settings
        (self.done, self.diverged, self.missing) = (done, diverged, missing)
        self.response = response
        self.against = against
        self.groupDimensions = groupDimensions
        self.laws = laws
        self.verdicts = verdicts
    }

    /// What every page begins with.
    package static let mark = "<!DOCTYPE html>\n"

    /// Whether a text of which this is the beginning is such a page. Those of version 0.1.0 did not say who made them; they
    /// are known by what they allow themselves.
    package static func isPage(_ head: String) -> Bool {
        head.hasPrefix(mark) && [
            "<meta name=\"generator\" content=\"samsweep\">",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:",
        ].contains { head.contains($0) }
    }

    /// The page's text.
    ///
    /// - Parameter blocks: what is kept of blocks of trials where no trial is.
    package func html(_ columns: some CurveColumns, blocks: (any StoredBlocks)? = nil) throws -> String {
        let refresh = renewal.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">" } ?? ""
        return pageTemplate.replacing("<!-- renewal -->", with: refresh, maxReplacements: 1)
            .replacing("SAMSWEEP_DATA", with: try data(columns, blocks).embedded, maxReplacements: 1)
    }

    private func data(_ columns: some CurveColumns, _ blocks: (any StoredBlocks)?) throws -> JSONValue {
        .object([
            ("name", .string(name)), ("title", .string(title)), ("question", .string(question)),
            ("sweep", .string(sweepText)),
            ("provenance", pairs(provenance)),
            ("settings", .array(settings.map { .array([.string($0.name), .string(Self.text($0.value)), .string($0.longName)]) })),
            ("progress", .object([
                ("done", .integer(done)), ("diverged", .integer(diverged)), ("missing", .integer(missing)),
                ("total", .integer(done + missing)),
            ])),
            ("dimensions", .array(columns.dimensions.map { dimension in
                .object([
                    ("name", .string(dimension.name)), ("values", values(dimension.values)), ("zip", .boolean(dimension.kind == .positions)),
                    ("integer", .boolean(dimension.values.areIntegers)),
                ])
            })),
            ("coordinates", .array(columns.dependentCoordinates.map { coordinate in
                .object([
                    ("name", .string(coordinate.name)), ("dimensions", .array(coordinate.dimensions.map(JSONValue.string))),
                    ("values", values(coordinate.values)), ("integer", .boolean(coordinate.values.areIntegers)),
                ])
            })),
            ("gradients_per_step", columns.gradientsPerStep.map { counts in
                .object([
                    ("dimensions", .array(counts.dimensions.map(JSONValue.string))), ("values", values(counts.values)),
                ])
            } ?? .null),
            ("response", .string(response)), ("against", .string(against)), ("law_note", .string(note)),
            ("group_dimensions", .array(groupDimensions.map(JSONValue.string))),
            ("laws", JSONFormat().value(laws)), ("claims", JSONFormat().value(verdicts)),
            ("statistics", .array(columns.statistics.map(JSONValue.string))), ("cells", try cells(columns, blocks)),
            ("curves", try curves(columns)),
        ])
    }

    /// The opening comment of the sweep file, without what is for editors.
    private var question: String {
        let lines = sweepText.split(omittingEmptySubsequences: false) { $0.isNewline }.prefix { $0.hasPrefix("#") }
        let own = lines.filter { !$0.contains("yaml-language-server") }.map { line -> Substring in
            let text = line.drop { $0 == "#" }
            return text.hasPrefix(" ") ? text.dropFirst() : text
        }
        return own.joined(separator: "\n").trimmed
    }

    private var note: String {
        let fits = laws.outcomes.compactMap { outcome in if case .fit(let fit) = outcome { fit } else { nil } }
        guard let first = fits.first else { return "No group could be fitted." }
        return "\(response) against \(against); intervals at \(Figures.shortest(first.confidence * 100)) %, bootstrapped over trials."
    }

    private func pairs(_ pairs: [(name: String, value: String)]) -> JSONValue {
        .array(pairs.map { .array([.string($0.name), .string($0.value)]) })
    }

    private func values(_ values: AxisValues) -> JSONValue {
        switch values {
        case .names(let names): .array(names.map(JSONValue.string))
        case .integers(let numbers): .array(numbers.map { .number(Double($0)) })
        case .numbers(let numbers): .array(numbers.map(JSONValue.number))
        }
    }

    private static func text(_ values: AxisValues) -> String {
        switch values {
        case .names(let names): names.joined(separator: ", ")
        case .integers(let numbers): numbers.map(String.init).joined(separator: ", ")
        case .numbers(let numbers):
            numbers.prefix(20).map(Figures.concise).joined(separator: ", ") + (numbers.count > 20 ? ", … (\(numbers.count))" : "")
        }
    }

    /// Columns over all cells, row-major over the dimensions.
    private func cells(_ columns: some TrialColumns, _ blocks: (any StoredBlocks)?) throws -> JSONValue {
        var counts: [(name: String, values: [JSONValue])] = [("finished", []), ("diverged", []), ("missing", [])]
        let states: [TrialStatus] = [.finished, .diverged, .missing]
        let quantiles = ["median", "q05", "q95"]
        let names = ["mean", "standard_error"] + quantiles
            + (blocks == nil ? [] : quantiles.flatMap { ["\($0)_least", "\($0)_most"] })
        var numbers = columns.statistics.map { _ in names.map { _ in [JSONValue]() } }
        let kept = try blocks.map { try SummarizedCells(columns, $0) }
        try SweepExport.forEachCell(columns, columns.statistics) { cell in
            let own = try kept?.counts(ofCell: counts[0].values.count) ?? states.map(cell.count)
            for place in states.indices { counts[place].values.append(.integer(own[place])) }
            for (statistic, column) in cell.values.enumerated() {
                let values = zip(cell.status, column).filter { $0.0 == TrialStatus.finished.rawValue }.map(\.1)
                if let kept {
                    let known = try kept.numbers(columns.statistics[statistic], ofCell: counts[0].values.count - 1, values)
                    for (place, value) in known.enumerated() { numbers[statistic][place].append(.number(value)) }
                    continue
                }
                let summary = SampleSummary(values)
                let known = [
                    summary.mean, summary.standardError, summary.median, summary.quantile(0.05), summary.quantile(0.95),
                ]
                for (place, value) in known.enumerated() { numbers[statistic][place].append(.number(value)) }
            }
        }
        let statistics = zip(columns.statistics, numbers).map { statistic, columns in
            (statistic, JSONValue.object(zip(names, columns).map { ($0, .array($1)) }))
        }
        return .object(counts.map { ($0.name, .array($0.values)) } + [("statistics", .object(statistics))])
    }

    /// By quantity and cell; null where there are none, or too many.
    private func curves(_ columns: some CurveColumns) throws -> JSONValue {
        let steps = columns.curveSteps, quantities = columns.curveQuantities
        guard !steps.isEmpty, steps.count * quantities.count * columns.cellCount * 3 <= Self.mostCurveValues else { return .null }
        let last = CurveSummary.probabilities.count - 1
        return .object([
            ("steps", .array(steps.map(JSONValue.integer))),
            ("quantities", .object(try quantities.map { quantity in
                (quantity, .object(try (0..<columns.cellCount).compactMap { cell in
                    try columns.curve(of: quantity, cell: cell).map { curve in
                        ("\(cell)", .object([
                            ("mean", .array(curve.means.map(JSONValue.number))),
                            ("q05", .array(curve.quantiles.map { .number($0[0]) })),
                            ("q95", .array(curve.quantiles.map { .number($0[last]) })),
                        ]))
                    }
                }))
            })),
        ])
    }
}

/// The cells of a result that keeps summaries, as the page shows them.
private struct SummarizedCells {
    private let blocks: any StoredBlocks
    /// What moments are kept of.
    private let names: [String]

    /// - Parameter columns: the mean square of the distance among them follows from the distance's moments.
    init(_ columns: some TrialColumns, _ blocks: any StoredBlocks) throws {
        self.blocks = blocks
        names = columns.statistics.filter { $0 != "distance_squared" || !columns.statistics.contains("distance") }
    }

    /// Trials that finished, that diverged, and that are missing.
    func counts(ofCell cell: Int) throws -> [Int] {
        guard let first = names.first else { return [0, 0, 0] }
        let summary = try SummarizedCell(first, cell: cell, of: blocks)
        return [summary.finished, summary.diverged, summary.missingBlocks * blocks.trialsPerBlock]
    }

    /// Mean, standard error, median and the 5 % and 95 % points; then of these three the ends between which they lie for certain.
    ///
    /// - Parameter means: of the blocks.
    func numbers(_ name: String, ofCell cell: Int, _ means: [Double]) throws -> [Double] {
        let isSquare = !names.contains(name)
        let summary = try SummarizedCell(isSquare ? "distance" : name, cell: cell, of: blocks)
        let found = summary.quantiles.quantiles([0.5, 0.05, 0.95])
        let quantiles = found.map(\.value) + found.flatMap { [$0.least, $0.most] }
        guard isSquare else { return [summary.moments.mean, summary.moments.standardError] + quantiles }
        let squares = SampleSummary(means)
        return [squares.mean, squares.standardError] + quantiles.map { $0 * $0 }
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
