import TrialContract

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
    var hasUnknownAxes = false
    var zipNames: Set<String> = []

    init(
        _ root: SourceNode, text: String, catalogue: ComponentCatalogue, diagnostics: Diagnostics,
        data: DataAccess = DataAccess(), library: DefinitionLibrary = DefinitionLibrary()
    ) {
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
        algorithms = Dictionary(own.map { ($0.definition.name, $0) }) { first, _ in first }
        self.catalogue = ComponentCatalogue(
            components: (defined.map { [$0.description] } ?? []) + catalogue.components + own.map(\.description),
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
