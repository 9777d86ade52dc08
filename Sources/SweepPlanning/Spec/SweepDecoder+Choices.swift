import ExpressionSyntax
import TrialContract

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
        guard let description = described(kind, node) else { return nil }
        let name = description.name
        var entry = ComponentEntry(description: description, label: name, place: node.place)
        if kind == .optimizer { entry.algorithm = algorithms[name] }
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
        let names = catalogue.all(kind).map(\.name) + (kind == .problem || kind == .optimizer ? BuiltInLibrary.names(kind) : [])
        let remedy = NearestName.remedy(for: name, among: names + library.names(kind).filter { !names.contains($0) })
        diagnostics.report(
            node, kind.fieldName, "is not a known \(kind.noun)",
            remedy: kind == .problem ? "\(remedy); or define it with objective: \"...\"" : remedy)
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
