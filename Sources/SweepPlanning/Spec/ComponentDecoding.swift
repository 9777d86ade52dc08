import ExpressionSyntax
import PortableMath
import TrialContract
import Wording

extension SweepDecoder {
    /// A kind of component at the top level: one, or a list that makes an axis.
    func decodeChoice(_ kind: ComponentKind) {
        if let entry = root.first(where: { $0.key == kind.fieldName }) {
            decodeChoice(kind, entry, entry.value.list == nil ? .fixed : .axis)
            return
        }
        guard !swept.contains(kind.fieldName), let name = kind.defaultMember, let description = catalogue.find(kind, name)
        else { return }
        let entry = ComponentEntry(description: description, label: name, place: rootPlace)
        spec.choices[kind] = ChoiceSpec(entries: [entry], source: .fixed, place: rootPlace)
    }

    /// Returns the number of components, or `nil` after reporting.
    @discardableResult
    func decodeChoice(_ kind: ComponentKind, _ entry: SourceEntry, _ source: ValueSource) -> Int? {
        if let other = spec.choices[kind] {
            reportTwice(kind.fieldName, entry.keyPlace, other.place)
            return nil
        }
        let nodes = entry.value.list ?? [entry.value]
        if nodes.isEmpty {
            diagnostics.report(entry.value, kind.fieldName, "names no \(kind.noun)", remedy: "add one to the list")
        }
        let keepsParameters = source == .fixed && kind != .optimizer
        let decoded = nodes.map { component(kind, $0, parametersInLabel: !keepsParameters) }
        let entries = decoded.compactMap(\.self)
        if source == .fixed || source == .axis { reportRepeated(entries, kind) }
        guard entries.count == nodes.count, !entries.isEmpty else { return nil }
        // One optimizer is an axis with one value.
        let axis: ValueSource = kind == .optimizer && source == .fixed ? .axis : source
        spec.choices[kind] = ChoiceSpec(entries: entries, source: axis, place: entry.keyPlace)
        if keepsParameters { keepParameters(kind, entries[0]) }
        return entries.count
    }

    /// In a zip it is the pairs that differ; elsewhere each component stands once.
    private func reportRepeated(_ entries: [ComponentEntry], _ kind: ComponentKind) {
        var labels: Set<String> = []
        for entry in entries where !labels.insert(entry.label).inserted {
            diagnostics.report(
                entry.place, kind.fieldName, "is listed twice", value: entry.label, remedy: "keep it once")
        }
    }

    /// Parameters of the only component of a kind are quantities of the sweep.
    private func keepParameters(_ kind: ComponentKind, _ entry: ComponentEntry) {
        for parameter in entry.description.parameters {
            guard let value = entry.given[parameter.name] else { continue }
            let field = NumericField(kind, parameter)
            spec.numbers[field.name] = NumberSpec(field: field, values: [value], source: .fixed, place: entry.place)
        }
        if case .uniform(let value?) = entry.spectrum {
            spec.numbers[FieldCatalogue.eigenvalues.name] = NumberSpec(
                field: FieldCatalogue.eigenvalues, values: [value], source: .fixed, place: entry.place)
        }
    }

    /// A name, or a map with `name` and parameters.
    private func component(_ kind: ComponentKind, _ node: SourceNode, parametersInLabel: Bool) -> ComponentEntry? {
        let field = kind.fieldName
        let parts = node.map ?? []
        if kind == .problem, DefinitionDecoder.isDefinition(node) || library.member(.problem, namedBy: node) != nil {
            return definedComponent(node, isOnlyProblem: !parametersInLabel)
        }
        if kind == .optimizer, AlgorithmDecoder.isDefinition(node) {
            // What could not be read has been reported.
            guard let own = node.map?["name"]?.text.flatMap({ algorithms[$0] }), own.places[0].node.place == node.place else {
                return nil
            }
            var entry = ComponentEntry(description: own.description, label: own.definition.name, place: node.place)
            entry.algorithm = own
            return entry
        }
        if kind == .learningRateSchedule || kind == .rhoSchedule, OwnSchedule.isDefinition(node) {
            return ownSchedule(kind, node, parametersInLabel: parametersInLabel)
        }
        guard let description = described(kind, node) else { return nil }
        let name = description.name
        var entry = ComponentEntry(description: description, label: name, place: node.place)
        if kind == .optimizer { entry.algorithm = algorithms[name] }
        entry.schedule = schedules.first { $0.kind == kind && $0.description.name == name }
        let takesEigenvalues = kind == .problem && description.takesEigenvalues
        let takesData = description.objective?.takesData ?? false
        let others = (takesEigenvalues ? ["eigenvalues"] : []) + (takesData ? ["data"] : [])
        reader.reportUnknown(parts, field, keys: ["name"] + others + description.parameters.map(\.name))
        var isComplete = true
        for parameter in description.parameters {
            if !decode(parameter, kind, parts, &entry, node) { isComplete = false }
        }
        if takesEigenvalues {
            entry.spectrum = spectrum(parts["eigenvalues"], place: node)
            if entry.spectrum == nil { isComplete = false }
        }
        if takesData, isComplete {
            entry.data = dataSource(entry, parts, node, isOnlyProblem: !parametersInLabel)
            if entry.data == nil { isComplete = false }
        }
        if parametersInLabel { entry.label = label(entry, parts) }
        return isComplete ? entry : nil
    }

    /// What the catalogue says of the named component.
    private func described(_ kind: ComponentKind, _ node: SourceNode) -> ComponentDescription? {
        let named = node.map == nil ? node : node.map?["name"]
        guard let named, let name = named.text, !named.isNull else {
            let names = catalogue.all(kind).map(\.name).joined(separator: ", ")
            diagnostics.report(
                named ?? node, kind.fieldName, "needs a name, that of one \(kind.noun)",
                remedy: "write \(kind.fieldName): NAME or {name: NAME, ...}; there are \(names)")
            return nil
        }
        if let description = catalogue.find(kind, name) { return description }
        reportUnknown(kind, name, named)
        return nil
    }

    private func reportUnknown(_ kind: ComponentKind, _ name: String, _ node: SourceNode) {
        guard !library.faulty.contains(name) else { return }
        if let other = DefinitionSection.of(kind)?.kinds.first(where: { $0 != kind }),
            [library, builtIn].contains(where: { $0?.names(other).contains(name) ?? false }) {
            diagnostics.report(
                node, kind.fieldName, "is a \(other.noun) only",
                remedy: "define it for this one with {name: my-\(name), factor: \"...\"}, see `samsweep list schedules \(name)`")
            return
        }
        diagnostics.report(node, kind.fieldName, "is not a known \(kind.noun)", remedy: remedyForUnknown(kind, name))
    }

    private func remedyForUnknown(_ kind: ComponentKind, _ name: String) -> String {
        let names = catalogue.all(kind).map(\.name) + (builtIn?.names(kind) ?? [])
        let own = switch kind {
        case .problem: "; or define it with objective: \"...\""
        case .learningRateSchedule, .rhoSchedule: "; or define it with {factor: \"1 / (t + 1)\"}"
        default: ""
        }
        return NearestName.remedy(for: name, among: names + library.names(kind).filter { !names.contains($0) }) + own
    }

    /// One parameter: given, swept elsewhere, or left to its default.
    private func decode(
        _ parameter: ParameterDescription, _ kind: ComponentKind, _ parts: [SourceEntry], _ entry: inout ComponentEntry,
        _ node: SourceNode
    ) -> Bool {
        let field = NumericField(kind, parameter)
        guard let given = parts.first(where: { $0.key == parameter.name }) else {
            let isOptional = parameter.defaultValue != nil || parameter.defaultsToRho || swept.contains(field.name)
            if !isOptional {
                diagnostics.report(
                    node, kind.fieldName, "\(entry.description.name) needs \(parameter.name), \(field.demand)",
                    remedy: "write {name: \(entry.description.name), \(parameter.name): ...}")
            }
            return isOptional
        }
        if swept.contains(field.name) {
            diagnostics.report(
                given.keyPlace, field.name, "is given here and swept or derived", remedy: "keep it in one place only")
            return false
        }
        let value = parameter.isBoolean
            ? reader.flag(given.value, field.name).map { $0 ? 1.0 : 0 } : reader.number(given.value, field)
        entry.given[parameter.name] = value
        return value != nil
    }

    /// The name with what is not the default in brackets, so that a label alone says what was run.
    private func label(_ entry: ComponentEntry, _ parts: [SourceEntry]) -> String {
        var details = entry.description.parameters.compactMap { parameter -> String? in
            guard let value = entry.given[parameter.name], value != parameter.defaultValue else { return nil }
            return "\(parameter.name)=\(brief(value))"
        }
        if let spectrum = entry.spectrum, let text = spectrum.label { details.append("eigenvalues=\(text)") }
        return details.isEmpty ? entry.label : "\(entry.label)(\(details.joined(separator: ",")))"
    }
}

extension ComponentDescription {
    /// Whether `eigenvalues` belong to the problem.
    var takesEigenvalues: Bool { objective?.takesEigenvalues ?? true }
}

extension SweepDecoder {
    private static var field: NumericField { FieldCatalogue.eigenvalues }

    /// `eigenvalues`: a number, a range, a list of numbers, ranges and blocks, or a single block.
    func spectrum(_ node: SourceNode?, place: SourceNode) -> SpectrumSpec? {
        let name = Self.field.name
        let isSwept = swept.contains(name)
        guard let node else {
            if isSwept { return .uniform(nil) }
            if let range = sweptRange() { return range }
            diagnostics.report(
                place, name, "is missing",
                remedy: "add eigenvalues: a number, a list, or {logspace: {from: ..., to: ...}}")
            return nil
        }
        if isSwept {
            diagnostics.report(node, name, "is given here and swept or derived", remedy: "keep it in one place only")
            return nil
        }
        if node.text != nil { return reader.number(node, Self.field).map { .uniform($0) } }
        if let items = node.list { return blocks(items, node) }
        if node.map?["value"] != nil || node.map?["multiplicity"] != nil {
            return block(node).map { .blocks([$0], node.place) }
        }
        return rangedSpectrum(node)
    }

    private func rangedSpectrum(_ node: SourceNode) -> SpectrumSpec? {
        guard let range = lists.range(node, Self.field, countIsNeeded: false, sweptEnds: swept) else { return nil }
        guard let count = range.count else { return .spread(range.kind, from: range.from, to: range.to) }
        guard let from = range.from, let to = range.to else {
            diagnostics.report(
                node, Self.field.name, "a range with count cannot have a swept end",
                remedy: "give dimension instead of count")
            return nil
        }
        return .blocks(expand(range.kind, from, to, count), node.place)
    }

    /// A range whose two ends are swept, without any `eigenvalues`.
    private func sweptRange() -> SpectrumSpec? {
        for kind in RangeKind.allCases
        where ["from", "to"].allSatisfy({ swept.contains(FieldCatalogue.rangeEnd(kind, $0).name) }) {
            return .spread(kind, from: nil, to: nil)
        }
        return nil
    }

    private func expand(_ kind: RangeKind, _ from: Double, _ to: Double, _ count: Int) -> [EigenBlock] {
        kind.values(from: from, to: to, count: count).map { EigenBlock(value: $0, multiplicity: 1) }
    }

    private func blocks(_ items: [SourceNode], _ node: SourceNode) -> SpectrumSpec? {
        var blocks: [EigenBlock] = []
        var isComplete = !items.isEmpty
        if items.isEmpty {
            diagnostics.report(node, Self.field.name, "is empty", remedy: "give at least one eigenvalue")
        }
        for item in items {
            let part = self.blocks(item)
            blocks += part ?? []
            isComplete = isComplete && part != nil
        }
        guard isComplete else { return nil }
        let count = blocks.reduce(0.0) { $0 + Double($1.multiplicity) }
        guard count <= FieldCatalogue.largestDimension else {
            diagnostics.report(
                node.place, Self.field.name, "has more than \(brief(FieldCatalogue.largestDimension)) eigenvalues",
                value: brief(count), remedy: "use smaller multiplicities")
            return nil
        }
        return .blocks(blocks, node.place)
    }

    /// What one entry of a list stands for.
    private func blocks(_ item: SourceNode) -> [EigenBlock]? {
        if item.map?["value"] != nil || item.map?["multiplicity"] != nil { return block(item).map { [$0] } }
        return lists.values(item, Self.field)?.map { EigenBlock(value: $0, multiplicity: 1) }
    }

    /// `{value: 1, multiplicity: 3}`
    private func block(_ node: SourceNode) -> EigenBlock? {
        let name = Self.field.name
        guard let parts = reader.map(node, name, keys: ["value", "multiplicity"]) else { return nil }
        guard let value = parts["value"] else {
            diagnostics.report(node, name, "a block needs value", remedy: "write {value: 1, multiplicity: 3}")
            return nil
        }
        let most = ParameterRange(1, FieldCatalogue.largestDimension)
        let multiplicity = parts["multiplicity"].map {
            reader.number($0, "\(name).multiplicity", most, isInteger: true)
        } ?? 1
        guard let number = reader.number(value, "\(name).value", Self.field.range, isInteger: false), let multiplicity
        else { return nil }
        return EigenBlock(value: number, multiplicity: Int(multiplicity))
    }
}

extension RangeKind {
    func values(from: Double, to: Double, count: Int) -> [Double] {
        isGeometric
            ? PortableMath.logspace(from: from, to: to, count: count)
            : PortableMath.linspace(from: from, to: to, count: count)
    }
}

extension SpectrumSpec {
    /// As labels, fingerprints and stream keys show it; `nil` where the values are quantities of their own.
    var label: String? {
        switch self {
        case .uniform(let value): return value.map(brief)
        case .spread(let kind, let from, let to):
            let word = kind.isGeometric ? "logspace" : "linspace"
            return "\(word)(\(from.map(brief) ?? "*"),\(to.map(brief) ?? "*"))"
        case .blocks(let blocks, _):
            let parts = blocks.map { $0.multiplicity == 1 ? brief($0.value) : "\(brief($0.value))x\($0.multiplicity)" }
            return "[\(parts.joined(separator: ","))]"
        }
    }
}

extension SweepDecoder {
    /// `data` of a problem that is a finite sum over examples from a file: reads them and finds the minimiser.
    ///
    /// - Returns: `nil` after reporting.
    func dataSource(
        _ entry: ComponentEntry, _ parts: [SourceEntry], _ node: SourceNode, isOnlyProblem: Bool
    ) -> DataSource? {
        let name = entry.description.name
        guard isOnlyProblem else {
            diagnostics.report(
                node.place, "problem", "\(name) must be the only problem of a sweep, whose minimiser its result holds",
                value: name, remedy: "write a sweep file for it alone")
            return nil
        }
        guard let data = parts["data"] else {
            diagnostics.report(
                node, "problem", "\(name) needs data, a file of examples in LIBSVM text or HDF5",
                remedy: "write {name: \(name), data: data/breast-cancer.svm}")
            return nil
        }
        for parameter in DataSource.fixedParameters where swept.contains("problem.\(parameter)") {
            diagnostics.report(
                node.place, "problem.\(parameter)", "decides the minimiser and cannot be swept",
                remedy: "write a sweep file for each value")
            return nil
        }
        guard let file = reader.text(data, "problem.data") else { return nil }
        return source(entry, file, data)
    }

    private func source(_ entry: ComponentEntry, _ file: String, _ node: SourceNode) -> DataSource? {
        let isZeroBased = entry.description.value(of: "zero_based", in: entry.given) == 1
        let path = DataFile.path(file, besides: [diagnostics.file] + data.besides, digest: data.digest)
        do {
            let (dataset, digest) = try DataFile.read(
                path, numbers: data.numbers, isZeroBased: isZeroBased, meant: data.digest)
            // A step of Newton's method takes this many operations: beyond a second or so, people wonder.
            let rows = Double(dataset.rows), columns = Double(dataset.columns)
            let operations = (rows + columns) * columns * columns
            var known: [KnownMinimum] = [], finish = {}
            if operations > 1e8 {
                known = data.known().filter { $0.digest == digest }
                let examples = "\(counted(dataset.rows, "example")) of \(counted(dataset.columns, "number")) in \(path)"
                let seconds = LinearModelMinimum.expectedSeconds(rows: dataset.rows, columns: dataset.columns)
                data.announce(
                    known.isEmpty
                        ? "looking for the minimiser over \(examples)" + (seconds < 3 ? "" : ", about \(Int(seconds)) s")
                        : "checking the minimiser \(known[0].place.words) over \(examples)")
                if known.isEmpty, seconds >= 1 { finish = data.searching(seconds) }
            }
            defer { finish() }
            var source = try DataSource(
                dataset, digest: digest, problem: entry.description, given: entry.given, known: known.map(\.minimum))
            if source.searchSeconds != nil, operations > DataAccess.operationsWorthKeeping {
                data.found(KnownMinimum(digest: digest, minimum: source.minimum))
            }
            source.file = DataFileReference(written: file, path: path, digest: digest)
            return source
        } catch let error as DataFileError {
            let error = data.digest == nil ? data.told(error) : error
            diagnostics.report(
                node, "problem.data", error.text, remedy: error.remedy
                    ?? "give the path of a LIBSVM text, or of an HDF5 file with X and y, from the sweep file's folder: "
                    + "\(path) was looked at")
        } catch {
            diagnostics.report(node, "problem.data", "\(error)", remedy: "change l2, standardise or the data")
        }
        return nil
    }
}
