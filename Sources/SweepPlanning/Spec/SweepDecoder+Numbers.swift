import ExpressionSyntax
import TrialContract

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
        guard belongs(field, entry), let values = lists.axis(entry.value, field) else { return nil }
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
