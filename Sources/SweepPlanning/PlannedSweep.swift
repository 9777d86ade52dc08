import AxisRefinement
import Definitions
import TrialContract
import TrialSummaries

/// A checked sweep, laid out and ready to be run. Cells are decoded by position; nothing is materialised.
package final class PlannedSweep: SweepPlan {
    package let name: String
    package let title: String
    /// The sweep file's text as run: with `--set` arguments worked in.
    package let sourceText: String
    package let dimensions: [GridDimension]
    /// Trials per cell; where there is a goal, those of the first round unless others are asked for.
    package let trials: Int
    /// What is asked for in the place of a number of trials; `nil` where there is a number.
    package let goal: TrialGoal?
    package let statistics: [ComponentDescription]
    package let curve: PlannedCurve?
    package let sweepFingerprint: String
    package let planFingerprint: String
    package let usesCommonRandomNumbers: Bool
    package let largestDimension: Int
    /// The product of all dimensions' lengths, dropped cells included.
    package let cellCount: Int
    /// What the sweep is to show; part of no fingerprint.
    package let claims: [Claim]

    let layout: Layout
    let decoder: CellDecoder

    /// Throws everything that is wrong with the claims.
    convenience init(_ layout: Layout, fields: FieldCatalogue, diagnostics: Diagnostics) throws {
        let decoder = CellDecoder(layout, fields: fields)
        let claims = try ClaimBuilder(layout: layout, decoder: decoder, diagnostics: diagnostics).claims()
        self.init(layout, decoder: decoder, claims: claims)
    }

    private init(_ layout: Layout, decoder: CellDecoder, claims: [Claim]) {
        let spec = layout.spec
        name = spec.name
        title = spec.title
        sourceText = spec.sourceText
        dimensions = layout.grid.dimensions
        trials = spec.trials
        goal = spec.goal
        statistics = spec.record
        curve = spec.curve
        usesCommonRandomNumbers = spec.usesCommonRandomNumbers
        let fingerprints = Fingerprints(layout: layout)
        sweepFingerprint = fingerprints.sweep
        planFingerprint = fingerprints.plan
        cellCount = layout.grid.combinations(Array(dimensions.indices)) ?? 0
        largestDimension = layout.largestDimension
        self.layout = layout
        self.decoder = decoder
        self.claims = claims
    }

    /// What a goal's round plans: the sweep with as many trials per cell as its largest cell is asked for. Trials are those of
    /// before and more, or fewer, of the same.
    package func asking(trials: Int) -> PlannedSweep {
        guard trials != self.trials else { return self }
        var layout = layout
        layout.spec.trials = trials
        return PlannedSweep(layout, decoder: decoder, claims: claims)
    }

    /// Whether fits, goals and claims use control variates where these help; no trial depends on it.
    package var reducesVariance: Bool { layout.spec.reducesVariance }

    /// The axis whose values a run chooses, with those that this plan has; `nil` where all are listed.
    package var adaptive: AdaptiveAxis? { layout.spec.adaptive }

    /// The sweep with these positions of its adaptive axis, too. Throws `SweepFileError` where a value is not allowed.
    package func taking(_ positions: some Sequence<Int>) throws -> PlannedSweep {
        guard let adaptive else { return self }
        return try SweepPlanner.plan(layout.spec, at: adaptive.taking(positions))
    }

    /// How trials are cut where the result keeps summaries; `nil` where it keeps trials.
    package var summaryBlocks: SummaryBlocks? { layout.summaryBlocks }

    /// The sweep as its result is laid out and computed: this one, or its summary.
    package var stored: any SweepPlan { summary ?? self }

    /// `nil` where the result keeps trials.
    package var summary: SummarizedSweep? { summaryBlocks.map { SummarizedSweep(self, blocks: $0) } }

    /// The kernel that computes what is stored.
    package func storing(_ kernel: any TrialKernel) -> any TrialKernel { summary?.kernel(kernel) ?? kernel }

    /// The file with the problem's data; `nil` where it has none.
    package var dataFile: DataFileReference? { layout.spec.choices[.problem]?.entries.first?.data?.file }

    /// What a cell's problem states of `smoothness`, `strong_convexity` and `minimum`.
    ///
    /// - Parameter objective: the cell's own objective, if it has one.
    package func statedConstants(at index: Int, _ objective: DefinedObjective?) throws -> [String: Double] {
        decoder.withDigits(of: index) { layout.statedConstants(AlgorithmDefinition.problemNames, objective, at: $0) }
    }

    /// The sweep's own algorithms, with the gradients that a step takes and the operations beside them, for the parameters as
    /// they are written.
    package var ownAlgorithms: [(name: String, gradients: Int, operations: Int)] {
        (layout.spec.choices[.optimizer]?.entries ?? []).compactMap { entry in
            let problem = Dictionary(uniqueKeysWithValues: AlgorithmDefinition.problemNames.map { ($0, 1.0) })
            guard let own = entry.algorithm,
                let algorithm = try? own.algorithm(parameters: entry.given, dimension: largestDimension, steps: 1, problem: problem)
            else { return nil }
            return (entry.label, algorithm.gradientsPerStep, algorithm.operationsPerStep)
        }
    }

    /// The files that the constants of an own objective are from.
    package var constantFiles: [DataFileReference] { definition?.files.map(\.reference) ?? [] }

    private var definition: DefinedProblem? { layout.spec.choices[.problem]?.entries.first?.defined }

    /// The sweep's text with other paths of those files. Throws `SweepFileError`.
    ///
    /// - Parameter path: what is to be written in the place of a file's path; `nil`: what is there.
    package func text(movingConstants path: (DataFileReference) -> String?) throws -> String {
        var overrides: [String] = []
        var edits: [UsedDocument: [(node: SourceNode, path: String)]] = [:]
        for file in definition?.files ?? [] {
            guard let moved = path(file.reference), moved != file.reference.written else { continue }
            if let document = file.node.place.document {
                edits[document, default: []].append((file.node, moved))
            } else {
                overrides.append("\(file.field)=\(YAMLWriter.scalar(moved, isPlain: false))")
            }
        }
        let text = overrides.isEmpty ? sourceText : try SweepPlanner.changed(sourceText, overrides: overrides)
        return edits.isEmpty ? text : try SweepPlanner.withUsed(text, edits)
    }

    /// The most numbers that a step of any cell advances: coordinates, or block norms where cells are reduced.
    package var largestState: Int {
        layout.spec.method == .full ? largestDimension : MethodChoice(layout).largestState
    }

    /// What the sweep amounts to; computed at each call.
    package var estimate: PlanEstimate { Estimator(layout: layout).estimate() }

    package func cell(at index: Int) throws -> PlannedCell { try decoder.cell(at: index) }

    /// A cell like that at a position, of at most some 130,000 coordinates, to measure what a trial takes; and the number of
    /// coordinates that the cell has indeed.
    package func example(at index: Int) throws -> (cell: PlannedCell, dimension: Int) { try decoder.example(at: index) }

    /// What is allowed but may not be meant, in sentences for people.
    package var notes: [String] {
        let isSpread = layout.spec.choices[.problem]?.entries.contains {
            if case .spread? = $0.spectrum { return true }
            return false
        }
        guard isSpread == true, layout.spec.numbers["dimension"] == nil else { return [] }
        return [
            "eigenvalues is a range over the coordinates, and without a dimension there is one coordinate, with the eigenvalue "
                + "from: give dimension, or count in the range"
        ]
    }

    /// Zipped and derived quantities. Where one couples very many combinations, they are computed at each call.
    package var auxiliaryCoordinates: [AuxiliaryCoordinate] {
        layout.quantities.filter(\.isCoordinate).map { quantity in
            AuxiliaryCoordinate(
                name: quantity.name, dimensions: quantity.dimensions.map { dimensions[$0].name },
                values: axisValues(quantity), longName: quantity.longName)
        } + methodCoordinates + gradientCounts.compactMap { $0.dimensions.isEmpty ? nil : $0 }
    }

    /// How many gradients a step takes, along whatever the optimizer varies along.
    private var gradientCounts: [AuxiliaryCoordinate] {
        layout[GradientCount.name].map { quantity in
            [AuxiliaryCoordinate(
                name: quantity.name, dimensions: quantity.dimensions.map { dimensions[$0].name },
                values: .numbers(quantity.table ?? []), longName: quantity.longName)]
        } ?? []
    }

    /// With `method: auto`, which method each class of cells got.
    private var methodCoordinates: [AuxiliaryCoordinate] {
        guard layout.spec.method == .auto else { return [] }
        let choice = MethodChoice(layout)
        return [
            AuxiliaryCoordinate(
                name: "method_used", dimensions: choice.dimensions.map { dimensions[$0].name },
                values: .names(choice.methods.map(\.rawValue)), longName: "how the trials of a cell are computed")
        ]
    }

    /// Everything with one value for the whole sweep.
    package var fixedParameters: [FixedParameter] {
        let words = [
            ("method", layout.spec.method.rawValue, "how trials are computed"),
            ("noise_scale", layout.spec.noiseIsTotal ? "total" : "per_coordinate", "what the noise level measures"),
            ("noise_precision", layout.spec.noisePrecision.rawValue, "resolution of the noise"),
        ].map { FixedParameter(name: $0, value: .names([$1]), longName: $2) }
        let numbers = layout.quantities.filter { !$0.isAxis && !$0.isInternal && $0.dimensions.isEmpty }.map {
            FixedParameter(name: $0.name, value: axisValues($0), longName: $0.longName)
        }
        let gradients = gradientCounts.filter(\.dimensions.isEmpty).map {
            FixedParameter(name: $0.name, value: $0.values, longName: $0.longName)
        }
        let bound = layout.spec.divergedAbove.map { bound in
            FixedParameter(
                name: "diverged_above", value: .numbers([bound.value]),
                longName: "\(bound.quantity.rawValue) above which a trial counts as diverged")
        }
        return numbers + words + dataParameters + gradients + [bound].compactMap(\.self) + [
            FixedParameter(
                name: "common_random_numbers", value: .integers([usesCommonRandomNumbers ? 1 : 0]),
                longName: "whether all cells see the same unit noise")
        ]
    }

    /// What is the same in all cells, for people: each value that is not swept, with its name in the result.
    package var unswept: [(name: String, value: String)] {
        func text(_ values: AxisValues, _ place: Int) -> String {
            if case .numbers(let numbers) = values { brief(numbers[place]) } else { values.text(at: place) }
        }
        let single = dimensions.filter { $0.count == 1 && $0.kind == .values }.map { ($0.name, text($0.values, 0)) }
        var fixed = fixedParameters.map { parameter -> (String, String) in
            let count = parameter.value.count, shown = (0..<min(3, count)).map { text(parameter.value, $0) }
            // The bound's name in the result does not say of what it is.
            let name = layout.spec.divergedAbove.flatMap { parameter.name == "diverged_above" ? "diverged_above.\($0.quantity.rawValue)" : nil }
            return (name ?? parameter.name, shown.joined(separator: " ") + (count > 3 ? " … (\(count) numbers)" : ""))
        }
        let problem = layout.spec.choices[.problem]
        if let entry = problem?.entries.first, problem?.entries.count == 1, let spectrum = entry.spectrum?.label,
            !fixed.contains(where: { $0.0 == FieldCatalogue.eigenvalues.name }) {
            fixed.append((FieldCatalogue.eigenvalues.name, spectrum))
        }
        switch layout.spec.start {
        case .radius, .sphere, .defined: break
        case .vector(let values, _): fixed.append(("start.vector", values.map(brief).joined(separator: " ")))
        case .blocks(let norms, _): fixed.append(("start.blocks", norms.map(brief).joined(separator: " ")))
        }
        return single + fixed.sorted { $0.0 < $1.0 }
    }

    /// What planning the same data again need not find.
    package var knownMinimum: KnownMinimum? {
        layout.spec.choices[.problem]?.entries.first?.data.map { KnownMinimum(digest: $0.digest, minimum: $0.minimum) }
    }

    /// What looking for the minimiser of data took, in seconds; `nil` without data, and where a result held it.
    package var minimumSearchSeconds: Double? { layout.spec.choices[.problem]?.entries.first?.data?.searchSeconds }

    /// Where a problem over data is smallest.
    private var dataParameters: [FixedParameter] {
        guard let data = layout.spec.choices[.problem]?.entries.first?.data else { return [] }
        let minimum = data.minimum
        let scalars = [
            ("minimum", minimum.value, "f at the minimiser"),
            ("minimiser_relative_gradient_norm", minimum.relativeGradientNorm, "|grad f(x*)| / |grad f(0)|"),
            ("smoothness", minimum.smoothness, "least Lipschitz constant of the gradient"),
            ("strong_convexity", minimum.strongConvexity, "largest constant of strong convexity"),
            ("examples", Double(data.rows), "number of examples"),
        ].map { FixedParameter(name: $0, value: .numbers([$1]), longName: $2) }
        return scalars + [
            FixedParameter(name: "minimiser", value: .numbers(minimum.minimiser), longName: "x*, where f is smallest"),
            FixedParameter(name: "data_sha256", value: .names([data.digest]), longName: "SHA-256 of the data file"),
        ]
    }

    private func axisValues(_ quantity: Quantity) -> AxisValues {
        let values = quantity.table ?? layout.tabulate(quantity)
        if let labels = quantity.labels { return .names(values.map { labels[Int($0)] }) }
        let isInteger = ["dimension", "seed"].contains(quantity.name)
        // What an expression gives for dropped cells need not be an integer.
        return isInteger ? .integers(values.map { Int(exactly: $0) ?? 0 }) : .numbers(values)
    }
}

extension Layout {
    /// All values of a quantity over its dimensions.
    func tabulate(_ quantity: Quantity) -> [Double] {
        var values: [Double] = []
        GridScan(self, [], over: quantity.dimensions).forEach { digits, _ in
            values.append(value(quantity, at: digits))
            return true
        }
        return values
    }
}
