import ExpressionSyntax
import TrialContract
import Wording

extension SweepDecoder {
    /// A number that stands at the top level with one value.
    func decodeNumber(_ field: NumericField) {
        guard let entry = root.first(where: { $0.key == field.name }), let value = reader.number(entry.value, field)
        else { return }
        assign(field, [value], .fixed, entry.keyPlace)
    }

    /// Gives a quantity its values; it can have them from one place only.
    func assign(_ field: NumericField, _ values: [Double], _ source: ValueSource, _ place: SourcePlace) {
        if let other = spec.numbers[field.name] {
            reportTwice(field.name, place, other.place)
            return
        }
        spec.numbers[field.name] = NumberSpec(field: field, values: values, source: source, place: place)
    }

    func reportTwice(_ name: String, _ place: SourcePlace, _ other: SourcePlace) {
        let also =
            switch other {
            case .file(let line, _): "also in line \(line)"
            case .used(let document, let line, _): "also in line \(line) of \(document.shownName)"
            case .argument, .whole: "also by --set"
            }
        diagnostics.report(place, name, "is given twice (\(also))", remedy: "keep it in one place only")
    }

    /// `axes`: a map from names to values.
    func decodeAxes() {
        guard let node = root["axes"], let axes = reader.map(node, "axes", keys: nil) else { return }
        for axis in axes { decodeSwept(axis, .axis, under: "axes") }
    }

    /// One swept name, in `axes` or in a zip. Returns the number of its values, or `nil` after reporting.
    @discardableResult
    func decodeSwept(_ entry: SourceEntry, _ source: ValueSource, under parent: String) -> Int? {
        if let kind = ComponentKind.choices.first(where: { $0.fieldName == entry.key }) {
            return decodeChoice(kind, entry, source)
        }
        guard let field = fields[entry.key] else {
            reportUnknownAxis(entry, under: parent)
            return nil
        }
        guard belongs(field, entry) else { return nil }
        let isAdaptive = !Self.adaptiveItems(entry.value).isEmpty
        guard let values = isAdaptive ? decodeAdaptive(entry, field) : lists.axis(entry.value, field) else { return nil }
        assign(field, values, source, entry.keyPlace)
        return values.count
    }

    private func reportUnknownAxis(_ entry: SourceEntry, under parent: String) {
        hasUnknownAxes = true
        let others = ["trials": "the number of trials is one for the whole sweep", "trial": "give trials: N instead"]
        let names = fields.names + ComponentKind.choices.map(\.fieldName)
        diagnostics.report(
            entry.keyPlace, "\(parent).\(entry.key)", "is not a number or name that can be swept",
            remedy: others[entry.key] ?? NearestName.remedy(for: entry.key, among: names))
    }

    /// Whether a component of the sweep has the parameter.
    func belongs(_ field: NumericField, _ entry: SourceEntry) -> Bool {
        guard let kind = ComponentKind.choices.first(where: { field.name.hasPrefix($0.fieldName + ".") }),
            !field.name.hasPrefix(FieldCatalogue.eigenvalues.name)
        else { return true }
        // Where the components could not be read, that has been reported.
        guard let choice = spec.choices[kind] else { return true }
        let name = field.name.dropFirst(kind.fieldName.count + 1)
        let owners = choice.entries.filter { $0.description.parameters.contains { $0.name == name } }
        return owners.isEmpty ? hasNot(kind, field, entry) : true
    }

    private func hasNot(_ kind: ComponentKind, _ field: NumericField, _ entry: SourceEntry) -> Bool {
        let name = field.name.dropFirst(kind.fieldName.count + 1)
        let owners = catalogue.all(kind).filter { $0.parameters.contains { $0.name == name } }.map(\.name)
        diagnostics.report(
            entry.keyPlace, field.name, "no \(kind.noun) of this sweep has the parameter \(name)",
            remedy: "it belongs to \(owners.joined(separator: ", "))")
        return false
    }

    /// `start`: one of radius, vector, blocks and sphere.
    func decodeStart() {
        let isSwept = (radius: swept.contains("start.radius"), sphere: swept.contains("start.sphere"))
        defer { checkStartOfDefined() }
        guard let node = root["start"] else {
            if isSwept.sphere { spec.start = .sphere }
            if !isSwept.sphere, !isSwept.radius, defined?.definition.start.isEmpty == false { spec.start = .defined }
            if isSwept.sphere, isSwept.radius {
                diagnostics.report(
                    rootPlace, "start", "is swept both as start.radius and as start.sphere", remedy: "keep one of them")
            }
            return
        }
        let forms = StartForm.allCases.map(\.rawValue)
        guard let parts = reader.map(node, "start", keys: forms) else { return }
        guard parts.count == 1, !isSwept.radius && !isSwept.sphere else {
            diagnostics.report(
                node, "start", "must be exactly one of \(forms.joined(separator: ", "))",
                remedy: parts.count == 1 ? "it is swept under axes: remove it here" : "keep one")
            return
        }
        StartForm(rawValue: parts[0].key).map { decode($0, parts[0]) }
    }

    private func decode(_ form: StartForm, _ part: SourceEntry) {
        switch form {
        case .radius, .sphere:
            spec.start = form == .radius ? .radius : .sphere
            if let value = reader.number(part.value, form.field) { assign(form.field, [value], .fixed, part.keyPlace) }
        case .vector: decodeList(part, form.field).map { spec.start = .vector($0, part.value.place) }
        case .blocks: decodeList(part, form.field).map { spec.start = .blocks($0, part.value.place) }
        }
    }

    private func decodeList(_ entry: SourceEntry, _ field: NumericField) -> [Double]? {
        guard let values = lists.values(entry.value, field) else { return nil }
        if values.isEmpty { diagnostics.report(entry.value, field.name, "is empty", remedy: "give one number each") }
        return values.isEmpty ? nil : values
    }
}

extension SweepDecoder {
    /// `zip`: a list of maps with `name` and quantities of equally many values.
    func decodeZips() {
        guard let node = root["zip"] else { return }
        guard let items = node.list, !items.isEmpty else {
            diagnostics.report(
                node, "zip", "must be a list", remedy: "write - {name: NAME, rho: [...], learning_rate: [...]}")
            return
        }
        for item in items { decodeZip(item) }
    }

    private func decodeZip(_ node: SourceNode) {
        guard let parts = reader.map(node, "zip", keys: nil) else { return }
        let index = spec.zips.count
        let name = zipName(parts["name"], node)
        // Taken up even where it is wrong, so that later zips keep their numbers.
        spec.zips.append(ZipSpec(name: name ?? "?", count: 0, place: node.place))
        let path = "zip.\(name ?? "?")"
        let members = parts.filter { $0.key != "name" }
        guard members.count >= 2 else {
            diagnostics.report(node, path, "must pair at least two quantities", remedy: "a single one is an axis")
            return
        }
        let counts = members.map { decodeZipped($0, index, under: path) }
        guard let first = counts[0] else { return }
        spec.zips[index].count = first
        for (member, count) in zip(members, counts).dropFirst() {
            guard let count, count != first else { continue }
            diagnostics.report(
                member.value.place, "\(path).\(member.key)", "must have as many values as \(members[0].key), \(first)",
                value: counted(count, "value"), remedy: "pair every value with one of the other's")
        }
    }

    private func zipName(_ node: SourceNode?, _ zip: SourceNode) -> String? {
        guard let node, let name = node.text, !node.isNull else {
            diagnostics.report(
                node ?? zip, "zip", "needs a name", remedy: "add name: it becomes a dimension of the result")
            return nil
        }
        guard NameRule.zip.accepts(name) else {
            diagnostics.report(
                node, "zip.name", "must be made of a-z, 0-9, - and _ and begin with a letter", remedy: "rename the zip")
            return nil
        }
        let words = Set(SweepField.names).subtracting(ReservedNames.stillFree)
        let taken = ReservedNames.all.union(words).union(fields.names).union(catalogue.all(.statistic).map(\.name))
        guard !taken.contains(name), !name.contains("_curve_"), zipNames.insert(name).inserted else {
            diagnostics.report(node, "zip.name", "is the name of something else", remedy: "choose another name")
            return nil
        }
        return name
    }

    /// Values may repeat in a zip: it is the pairs that differ.
    private func decodeZipped(_ entry: SourceEntry, _ index: Int, under path: String) -> Int? {
        guard let field = fields[entry.key] else { return decodeSwept(entry, .zip(index), under: path) }
        guard Self.adaptiveItems(entry.value).isEmpty else {
            diagnostics.report(
                entry.keyPlace, "\(path).\(entry.key)", "cannot be adaptive: the values of a zip are paired with another's",
                remedy: "sweep it under axes, or list its values")
            return nil
        }
        guard belongs(field, entry), let values = lists.values(entry.value, field) else { return nil }
        guard !values.isEmpty else {
            diagnostics.report(entry.value, "\(path).\(entry.key)", "is empty", remedy: "give it values")
            return nil
        }
        assign(field, values, .zip(index), entry.keyPlace)
        return values.count
    }
}

extension SweepDecoder {
    /// `derive`: a map from numbers to arithmetic. Done in two rounds, since derived numbers may use each other.
    func decodeDerived() {
        guard let node = root["derive"], let entries = reader.map(node, "derive", keys: nil) else { return }
        for entry in entries {
            guard let field = fields[entry.key] else {
                diagnostics.report(
                    entry.keyPlace, "derive.\(entry.key)", "is not a number that can be derived",
                    remedy: NearestName.remedy(for: entry.key, among: fields.names))
                continue
            }
            guard belongs(field, entry) else { continue }
            assign(field, [], .derived, entry.keyPlace)
            if spec.numbers[field.name]?.source == .derived {
                spec.derived.append(DerivedSpec(field: field, node: entry.value))
            }
        }
        let scope = scope()
        for index in spec.derived.indices {
            let derived = spec.derived[index]
            spec.derived[index].program = program(
                derived.node, "derive.\(derived.field.name)", scope, wantsCondition: false)
        }
    }

    /// `where`: a comparison.
    func decodeCondition() {
        guard let node = root["where"], let program = program(node, "where", scope(), wantsCondition: true) else {
            return
        }
        spec.condition = ConditionSpec(node: node, program: program)
    }

    func program(
        _ node: SourceNode, _ field: String, _ scope: ExpressionScope, wantsCondition: Bool
    ) -> Program? {
        let example = wantsCondition ? "\"learning_rate * smoothness < 2\"" : "\"0.5 / smoothness\""
        guard let text = node.text, !node.isNull else {
            diagnostics.report(node, field, "must be an expression", remedy: "write it in quotes, as \(example)")
            return nil
        }
        do {
            return try ProgramCompiler.compile(text, scope: scope, wantsCondition: wantsCondition)
        } catch {
            diagnostics.report(
                SourcePositions(sourceText).place(node, offset: error.offset), field, error.message,
                value: error.value ?? node.summary, remedy: error.remedy)
            return nil
        }
    }

    /// The names that have a value in this sweep.
    func scope() -> ExpressionScope {
        var meanings: [String: ExpressionScope.Meaning] = [:]
        for field in fields.fields {
            meanings[field.name] = .unavailable(
                reason: "has no value of its own in this sweep", remedy: "sweep or fix \(field.name) first")
        }
        let always = ["dimension", "noise", "learning_rate", "rho", "steps", "seed"]
        let given = fields.names.filter { swept.contains($0) }
        for name in always + given + spec.numbers.keys + defaultedNames { meanings[name] = .number }
        for kind in ComponentKind.choices {
            meanings[kind.fieldName] = .choice(spec.choices[kind]?.entries.map {
                ExpressionScope.Names(name: $0.description.name, label: $0.label)
            } ?? [])
        }
        for constant in CurvatureName.allCases { meanings[constant.rawValue] = meaning(of: constant) }
        meanings[GradientCount.name] = .number
        meanings["trials"] = .unavailable(reason: "is the same for all cells", remedy: "use another name")
        return ExpressionScope(meanings)
    }

    /// Numbers that the file leaves to their defaults.
    private var defaultedNames: [String] {
        var names: [String] = []
        if case .radius = spec.start { names.append(FieldCatalogue.radius.name) }
        for kind in ComponentKind.choices where kind != .optimizer {
            guard let choice = spec.choices[kind], choice.source == .fixed else { continue }
            names += choice.entries[0].description.parameters
                .filter { $0.defaultValue != nil || $0.defaultsToRho }.map { "\(kind.fieldName).\($0.name)" }
        }
        return names
    }

    private func meaning(of constant: CurvatureName) -> ExpressionScope.Meaning {
        for entry in spec.choices[.problem]?.entries ?? [] where constant.needs.contains(where: {
            entry.description.constant($0) == .absent
        }) {
            return .unavailable(
                reason: "the problem \(entry.description.name) has no \(constant.rawValue.replacing("_", with: " "))",
                remedy: "leave it out of the expression")
        }
        return .number
    }
}

/// Constants of the problem that expressions may name.
enum CurvatureName: String, CaseIterable, Sendable {
    case smoothness
    case strongConvexity = "strong_convexity"
    case conditionNumber = "condition_number"

    /// The two constants that a problem has.
    enum Constant { case smoothness, strongConvexity }

    var needs: [Constant] {
        switch self {
        case .smoothness: [.smoothness]
        case .strongConvexity: [.strongConvexity]
        case .conditionNumber: [.smoothness, .strongConvexity]
        }
    }
}

extension ComponentDescription {
    /// Where a constant of the problem comes from.
    func constant(_ name: CurvatureName.Constant) -> ObjectiveConstant {
        switch name {
        case .smoothness: objective?.smoothness ?? .ofSpectrum
        case .strongConvexity: objective?.strongConvexity ?? .ofSpectrum
        }
    }
}
