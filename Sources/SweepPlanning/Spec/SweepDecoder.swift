import ExpressionSyntax
import TrialContract
import Wording

/// Turns the nodes of a sweep file into a `SweepSpec`, field by field, and reports everything that is wrong on the way.
final class SweepDecoder {
    static let schemaVersion = 1.0

    let root: [SourceEntry]
    let rootPlace: SourcePlace
    /// What the kernels can compute, and the objective that the sweep defines before it.
    let catalogue: ComponentCatalogue
    let defined: DefinedProblem?
    /// Algorithms that the sweep defines, by name.
    let algorithms: [String: OwnAlgorithm]
    /// Schedules that the sweep defines or uses.
    let schedules: [OwnSchedule]
    let fields: FieldCatalogue
    let diagnostics: Diagnostics
    /// For places inside expressions.
    let sourceText: String
    let reader: ValueReader
    let lists: NumberListReader
    var spec = SweepSpec()
    /// Numbers and kinds that are swept, zipped or derived, known before anything is decoded.
    private(set) var swept: Set<String> = []
    let data: DataAccess
    /// The definitions of the files that the sweep uses.
    let library: DefinitionLibrary
    /// All that is built into the program, for messages: read once however many names are unknown.
    private(set) lazy var builtIn: DefinitionLibrary? = {
        var files = DefinitionFiles(Diagnostics(file: ""), data: DataAccess(), catalogue: catalogue)
        return try? files.builtInLibrary()
    }()
    var hasUnknownAxes = false
    var zipNames: Set<String> = []
    /// Whether a command line adds the goal.
    let goalFollows: Bool

    init(
        _ root: SourceNode, text: String, catalogue: ComponentCatalogue, diagnostics: Diagnostics,
        data: DataAccess = DataAccess(), library: DefinitionLibrary = DefinitionLibrary(),
        goalFollows: Bool = false
    ) {
        self.goalFollows = goalFollows
        self.data = data
        self.library = library
        sourceText = text
        self.root = root.map ?? []
        rootPlace = root.place
        self.diagnostics = diagnostics
        let reader = ValueReader(diagnostics: diagnostics)
        self.reader = reader
        let problem = root.map?["problem"], names = catalogue.all(.problem).map(\.name)
        var decoder = DefinitionDecoder(diagnostics, sourceText: text, data: data)
        if let problem, DefinitionDecoder.isDefinition(problem) {
            defined = decoder.decode(problem, taken: names + library.names(.problem))
        } else {
            defined = problem.flatMap { library.problem($0, reader) }.flatMap { decoder.decode($0, taken: names) }
        }
        let own = Self.algorithms(root, text, catalogue, library, diagnostics)
        schedules = ScheduleDecoder(diagnostics: diagnostics, sourceText: text).schedules(root, catalogue, library)
        algorithms = Dictionary(own.map { ($0.definition.name, $0) }) { first, _ in first }
        self.catalogue = ComponentCatalogue(
            components: (defined.map { [$0.description] } ?? []) + catalogue.components + own.map(\.description)
                + schedules.map(\.description),
            kernelRevision: catalogue.kernelRevision,
            noiseVectorsPerStep: catalogue.noiseVectorsPerStep.merging(
                own.map { ($0.definition.name, $0.noiseVectors) }) { first, _ in first },
            gradientsPerStep: catalogue.gradientsPerStep.merging(
                own.compactMap { own in own.gradientsPerStep.map { (own.definition.name, $0) } }) { first, _ in first })
        fields = FieldCatalogue(self.catalogue)
        lists = NumberListReader(reader: reader)
    }

    /// The algorithms that a sweep defines or uses, wherever optimizers stand in it; what is wrong with them is reported.
    private static func algorithms(
        _ root: SourceNode, _ text: String, _ catalogue: ComponentCatalogue, _ library: DefinitionLibrary,
        _ diagnostics: Diagnostics
    ) -> [OwnAlgorithm] {
        let decoder = AlgorithmDecoder(diagnostics: diagnostics, sourceText: text, catalogue: catalogue)
        let names = catalogue.all(.optimizer).map(\.name)
        var found: [OwnAlgorithm] = []
        let places = [root, root.map?["axes"]] + (root.map?["zip"]?.list ?? [])
        for node in places.compactMap({ $0?.map?["optimizer"] }).flatMap({ $0.list ?? [$0] }) {
            let known = found.map(\.definition.name)
            if AlgorithmDecoder.isDefinition(node) {
                let taken = names + library.names(.optimizer) + known
                if let own = decoder.decode(node, taken: taken) { found.append(own) }
            } else if let member = library.member(.optimizer, namedBy: node), !known.contains(member.name) {
                if let own = decoder.decode(member.node, taken: names) { found.append(own) }
            }
        }
        return found
    }

    /// The checked fields. Throws everything that is wrong.
    func decode() throws -> SweepSpec {
        spec.catalogue = catalogue
        collectSwept()
        reader.reportUnknown(root, "", keys: SweepField.names)
        for field in SweepField.all { decode(field) }
        requireAll()
        requireUse()
        checkScheduleNames()
        orderAxes()
        try diagnostics.throwIfAny()
        return spec
    }

    private func collectSwept() {
        for key in ["axes", "derive"] { swept.formUnion(root[key]?.map?.map(\.key) ?? []) }
        for zip in root["zip"]?.list ?? [] { swept.formUnion(zip.map?.map(\.key).filter { $0 != "name" } ?? []) }
    }

    /// Reads a field's values into `spec`, or what is meant where it is left out.
    private func decode(_ field: SweepField) {
        let node = root[field.name]
        switch field.form {
        case .version: node.map(decodeVersion)
        case .name: node.map(decodeName)
        case .title: spec.title = node.flatMap { reader.text($0, field.name) } ?? spec.name
        case .number(let number): decodeNumber(number)
        case .trials(let number): node.map { decodeTrials($0, number) }
        case .budget: node.map(decodeBudget)
        case .word(let words, let assign):
            if let node, let word = reader.word(node, field.name, among: words) { assign(&spec, word, node.place) }
        case .flag(_, let assign):
            if let node, let flag = reader.flag(node, field.name) { assign(&spec, flag) }
        case .choice(let kind): decodeChoice(kind)
        case .start: decodeStart()
        case .axes: decodeAxes()
        case .zip: decodeZips()
        case .derive:
            decodeDerived()
            decodeDefinedDimension()
        case .condition: decodeCondition()
        case .record: decodeRecord()
        case .curves: decodeCurves()
        case .divergence: node.map(decodeDivergence)
        case .claims: decodeClaims()
        // They have been read: everything else may name what they define.
        case .use, .used: break
        }
    }

    private func requireAll() {
        for field in SweepField.all {
            switch field.presence {
            case .optional: continue
            case .required(let remedy):
                if root[field.name] == nil { reportMissing(field, remedy) }
            case .requiredOrSwept(let remedy):
                // A misspelt axis may be what is missing.
                if !hasUnknownAxes, !hasGiven(field.name), spec.numbers[field.name] == nil { reportMissing(field, remedy) }
            case .requiredComponent:
                guard case .choice(let kind) = field.form, spec.choices[kind] == nil, !hasGiven(field.name) else { continue }
                let names = catalogue.all(kind).map(\.name).joined(separator: ", ")
                reportMissing(field, "add \(field.name): one of \(names)")
            }
        }
    }

    private func reportMissing(_ field: SweepField, _ remedy: String) {
        diagnostics.report(rootPlace, field.name, "is missing", remedy: remedy)
    }

    /// A swept part of the spectrum must have its place in the eigenvalues.
    private func requireUse() {
        guard let entries = spec.choices[.problem]?.entries else { return }
        let used = entries.flatMap { $0.spectrum?.sweptNames ?? [] }
        for number in spec.numbers.values where number.source != .fixed {
            let name = number.field.name
            guard name.hasPrefix(FieldCatalogue.eigenvalues.name), !used.contains(name) else { continue }
            diagnostics.report(
                number.place, name, "has no place in this problem's eigenvalues",
                remedy: "leave out what is swept, as {logspace: {to: 1}} with problem.eigenvalues.logspace.from")
        }
    }

    /// Whether the file has it somewhere, be it wrong.
    private func hasGiven(_ name: String) -> Bool { root[name] != nil || swept.contains(name) }

    /// Lists everything swept as it comes in the file.
    private func orderAxes() {
        for entry in root {
            switch entry.key {
            case "axes":
                for axis in entry.value.map ?? [] {
                    if let kind = ComponentKind.choices.first(where: { $0.fieldName == axis.key }) {
                        spec.axes.append(.choice(kind))
                    } else if spec.numbers[axis.key] != nil {
                        spec.axes.append(.number(axis.key))
                    }
                }
            case "zip": spec.axes += spec.zips.indices.map { .zip($0) }
            default:
                if let kind = ComponentKind.choices.first(where: { $0.fieldName == entry.key }),
                    spec.choices[kind]?.source == .axis {
                    spec.axes.append(.choice(kind))
                }
            }
        }
    }
}

extension SweepDecoder {
    func decodeVersion(_ node: SourceNode) {
        if let version = reader.number(node, "schema", ParameterRange(1, 1e6), isInteger: true),
            version != Self.schemaVersion {
            diagnostics.report(node, "schema", "this program reads schema 1", remedy: "get a newer samsweep")
        }
    }

    func decodeName(_ node: SourceNode) {
        guard let name = node.text, NameRule.sweep.accepts(name) else {
            diagnostics.report(
                node, "name", "must be made of a-z, 0-9 and -, at most 100 of them",
                remedy: "it names the result file, as rho-scaling")
            return
        }
        spec.name = name
    }

    /// What is recorded where the file does not say, as far as the problem knows it.
    static let usualStatistics = ["distance", "suboptimality"]

    /// `record`: names of quantities, and quantities of the sweep's own.
    func decodeRecord() {
        let node = root["record"] ?? SourceNode(
            .list(usualStatistics.map { SourceNode(.scalar($0, isPlain: true), place: rootPlace) }),
            place: rootPlace)
        spec.recordPlace = node.place
        spec.record = quantities(.statistic, node, unknown: "is not a recorded quantity", example: Self.usualStatistics[0])
    }

    /// One quantity or a list of them, each once.
    ///
    /// - Parameters:
    ///   - unknown: what is wrong with a name that is none of the kind.
    ///   - example: one that is.
    func quantities(
        _ kind: ComponentKind, _ node: SourceNode, unknown: String, example: String
    ) -> [ComponentDescription] {
        let field = kind.fieldName
        if node.list?.isEmpty == true {
            diagnostics.report(node, field, "records nothing", remedy: "add a quantity, as \(example)")
        }
        var quantities: [ComponentDescription] = []
        for item in node.list ?? [node] {
            if let known = knownStatistic(kind, item) {
                if quantities.contains(where: { $0.name == known.definition.name }) {
                    diagnostics.report(item, field, "is recorded twice", remedy: "keep it once")
                } else {
                    quantities.append(known.description)
                }
                continue
            }
            let member = isDefinedQuantity(kind, item) ? nil : library.statistic(item, reader, field: field)
            if member != nil || item.map != nil {
                let isInline = member == nil, keys = OwnStatistic.keys.filter { $0 != "over" || kind == .statistic || !isInline }
                guard let own = ownStatistic(member ?? item, field: field, keys: keys) else { continue }
                if (quantities.map(\.name) + spec.ownStatistics.map(\.definition.name)).contains(own.definition.name) {
                    diagnostics.report(
                        item.map?["name"] ?? item, field, kind == .statistic ? "is recorded twice" : "is defined twice",
                        remedy: kind == .statistic
                            ? "give each a name of its own" : "name it alone, as it stands in record, or give it a name of its own")
                } else {
                    spec.ownStatistics.append(own)
                    quantities.append(own.description)
                }
                continue
            }
            guard let name = item.text, let quantity = catalogue.find(kind, name) else {
                if let name = item.text, library.faulty.contains(name) { continue }
                diagnostics.report(
                    item, field, unknown,
                    remedy: NearestName.remedy(for: item.text ?? "", among: catalogue.all(kind).map(\.name) + library.names(kind)))
                continue
            }
            if reportUnknown(quantity, item, field) { continue }
            if quantities.contains(quantity) {
                diagnostics.report(item, field, "is recorded twice", remedy: "keep it once")
            } else {
                quantities.append(quantity)
            }
        }
        return quantities
    }
}

extension SweepDecoder {
    /// A statistic that `record` has and `curves` name.
    private func knownStatistic(_ kind: ComponentKind, _ item: SourceNode) -> OwnStatistic? {
        guard kind == .curveQuantity, item.map == nil, let name = item.text else { return nil }
        return spec.ownStatistics.first { $0.definition.name == name }
    }

    /// Whether a node is a definition or the name of a member of the catalogue.
    private func isDefinedQuantity(_ kind: ComponentKind, _ item: SourceNode) -> Bool {
        OwnStatistic.isDefinition(item) || item.map == nil && item.text.map { catalogue.find(kind, $0) != nil } ?? true
    }

    /// What trajectories hold unless the sweep file says otherwise.
    static let usualCurves = ["distance_squared", "suboptimality"]

    /// `curves`: a map of `at`, the steps, and `of`, the quantities.
    func decodeCurves() {
        guard let node = root["curves"], let parts = reader.map(node, "curves", keys: ["at", "of"]) else { return }
        guard let at = parts["at"] else {
            diagnostics.report(
                node, "curves", "needs at, the steps to record",
                remedy: "write at: {logspace: {from: 1, to: 1000, count: 30}}")
            return
        }
        let quantities = curveQuantities(parts["of"], at)
        guard let steps = curveSteps(at), !quantities.isEmpty else { return }
        spec.curve = PlannedCurve(steps: steps, quantities: quantities)
        spec.curvePlace = at.place
    }

    /// Whole numbers in ascending order: rounded, each once.
    private func curveSteps(_ node: SourceNode) -> [Int]? {
        let range = ParameterRange(0, 9_007_199_254_740_991)
        let field = NumericField("curves.at", "recorded steps", range)
        guard let values = lists.values(node, field) else { return nil }
        let steps = Set(values.map { Int($0.rounded()) }).sorted()
        guard !steps.isEmpty else {
            diagnostics.report(node, field.name, "records no step", remedy: "give steps from 0 to the sweep's steps")
            return nil
        }
        guard steps.count <= PlannedCurve.mostSteps else {
            diagnostics.report(
                node.place, field.name, "records more than \(PlannedCurve.mostSteps) steps", value: counted(steps.count, "step"),
                remedy: "use fewer, as a logspace does")
            return nil
        }
        return steps
    }

    private func curveQuantities(_ node: SourceNode?, _ at: SourceNode) -> [ComponentDescription] {
        guard let node else {
            let usual = Self.usualCurves.compactMap { catalogue.find(.curveQuantity, $0) }.filter { knows($0.needs) }
            return usual.isEmpty ? [catalogue.find(.curveQuantity, "objective")].compactMap(\.self) : usual
        }
        return quantities(.curveQuantity, node, unknown: "is not a quantity of curves", example: Self.usualCurves[0])
    }
}

extension SweepDecoder {
    /// What expressions of claims may name besides recorded statistics: what became of a trial.
    static let outcomeNames = ["diverged", "steps_taken"]

    /// `claims`: what the sweep is to show.
    func decodeClaims() {
        guard let node = root["claims"] else { return }
        let (cell, trial) = claimScopes
        spec.claims = ClaimDecoder(decoder: self, cellScope: cell, trialScope: trial).claims(node)
    }

    /// The names that have a value in a cell, and those that have one in a trial.
    private var claimScopes: (cell: ExpressionScope, trial: ExpressionScope) {
        let own = scope()
        var (cell, trial) = (own.meanings, own.meanings)
        for statistic in catalogue.all(.statistic) {
            cell[statistic.name] = .unavailable(
                reason: "differs from trial to trial", remedy: "it can only stand in what is measured")
            trial[statistic.name] = if !statistic.storage.isScalar {
                .unavailable(reason: "has a value for each coordinate", remedy: "use a statistic with one value")
            } else if spec.record.contains(statistic) {
                .number
            } else {
                .unavailable(reason: "is not recorded", remedy: "add it to record")
            }
        }
        for own in spec.ownStatistics {
            cell[own.definition.name] = .unavailable(
                reason: "differs from trial to trial", remedy: "it can only stand in what is measured")
            trial[own.definition.name] = spec.record.contains { $0.name == own.definition.name }
                ? .number : .unavailable(reason: "is recorded in curves only", remedy: "add it to record")
        }
        for name in Self.outcomeNames {
            cell[name] = .unavailable(
                reason: "differs from trial to trial", remedy: "it can only stand in what is measured")
            trial[name] = .number
        }
        return (ExpressionScope(cell), ExpressionScope(trial))
    }
}
