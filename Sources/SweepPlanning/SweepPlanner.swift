import AxisRefinement
import TrialContract

/// From the text of a sweep file to a plan.
package enum SweepPlanner {
    /// Reads, checks and plans a file.
    ///
    /// - Parameters:
    ///   - path: the sweep file, at most a megabyte of UTF-8; `-` is standard input.
    ///   - overrides: `--set` arguments, as `axes.rho=[0.1, 0.2]`; values are YAML.
    ///   - catalogue: what the kernels can compute.
    ///   - data: how the data of problems are got at; by default only text is read.
    ///   - goalFollows: whether this is looked at for the goal that a command line adds: a budget may then stand without one.
    /// - Throws: `SweepFileError` with everything that is wrong.
    package static func load(
        path: String, overrides: [String] = [], catalogue: ComponentCatalogue, data: DataAccess = DataAccess(),
        goalFollows: Bool = false
    ) throws -> PlannedSweep {
        try plan(
            text: SweepFileReader.read(path), fileName: SweepFileReader.name(path), overrides: overrides,
            catalogue: catalogue, data: data, goalFollows: goalFollows)
    }

    /// Checks and plans a text; `fileName` is what messages call it.
    package static func plan(
        text: String, fileName: String, overrides: [String] = [], catalogue: ComponentCatalogue,
        data: DataAccess = DataAccess(), goalFollows: Bool = false
    ) throws -> PlannedSweep {
        let diagnostics = Diagnostics(file: fileName)
        let original = try rootNode(text, diagnostics)
        let root = try Overrides(diagnostics: diagnostics).apply(overrides, to: original)
        var files = DefinitionFiles(diagnostics, data: data, catalogue: catalogue)
        let library = try files.library(root.map ?? [])
        let decoder = SweepDecoder(
            root, text: text, catalogue: catalogue, diagnostics: diagnostics, data: data, library: library,
            goalFollows: goalFollows)
        var spec = try decoder.decode()
        spec.sourceText = try embedded(
            overrides.isEmpty ? text : changed(text, root, overrides, diagnostics), root, library, diagnostics)
        spec.fileName = fileName
        return try plan(spec, fields: decoder.fields, diagnostics: diagnostics)
    }

    private static func plan(_ spec: SweepSpec, fields: FieldCatalogue, diagnostics: Diagnostics) throws -> PlannedSweep {
        var builder = LayoutBuilder(spec, fields: fields, diagnostics: diagnostics)
        let layout = StatisticSizes(try builder.build(), diagnostics: diagnostics).layout()
        GoalChecks(layout: layout, diagnostics: diagnostics).run()
        AdaptiveChecks(layout: layout, diagnostics: diagnostics).run()
        SummaryChecks(layout: layout, diagnostics: diagnostics).run()
        try LayoutChecks(layout, diagnostics: diagnostics).run()
        return try PlannedSweep(layout, fields: fields, diagnostics: diagnostics)
    }

    /// A checked sweep with other values of its adaptive axis; its text lists them.
    static func plan(_ spec: SweepSpec, at axis: AdaptiveAxis) throws -> PlannedSweep {
        let diagnostics = Diagnostics(file: spec.fileName)
        var spec = spec
        spec.adaptive = axis
        spec.numbers[axis.name]?.values = axis.values
        spec.sourceText = try listing(axis.given.map { axis.range.value(at: $0) }, of: axis.name, in: spec.sourceText, diagnostics)
        return try plan(spec, fields: FieldCatalogue(spec.catalogue), diagnostics: diagnostics)
    }

    /// A sweep's text that says which values of its adaptive axis were taken.
    private static func listing(
        _ values: [Double], of axis: String, in text: String, _ diagnostics: Diagnostics
    ) throws -> String {
        let list = SourceNode(.list(values.map { SourceNode(.scalar("\($0)", isPlain: true), place: .whole) }), place: .whole)
        func entry(_ key: String, _ value: SourceNode) -> SourceEntry { SourceEntry(key: key, keyPlace: .whole, value: value) }
        /// The node with what stands at a path of keys changed; lists on the way are passed over.
        func changed(_ node: SourceNode, _ path: [String]) -> SourceNode {
            var node = node
            if let items = node.list {
                node.content = .list(items.map { $0.map?[path[0]] == nil ? $0 : changed($0, path) })
            } else if let entries = node.map {
                node.content = .map(path.count == 1
                    ? entries.filter { $0.key != path[0] } + [entry(path[0], list)]
                    : entries.map { $0.key == path[0] ? entry($0.key, changed($0.value, Array(path.dropFirst()))) : $0 })
            }
            return node
        }
        let root = changed(try rootNode(text, diagnostics), ["axes", axis, SweepDecoder.adaptiveKey, "values"])
        return try written(root, header: YAMLWriter.leadingComment(text), place: .whole, diagnostics)
    }

    /// A sweep's text with fields replaced as `--set` does; nothing else of it is checked. Throws `SweepFileError`.
    package static func changed(_ text: String, overrides: [String]) throws -> String {
        let diagnostics = Diagnostics(file: "sweep")
        let root = try Overrides(diagnostics: diagnostics).apply(overrides, to: rootNode(text, diagnostics))
        return try changed(text, root, overrides, diagnostics)
    }

    /// A sweep's text that holds the files of definitions it uses, with other paths in these. Throws `SweepFileError`.
    static func withUsed(
        _ text: String, _ edits: [UsedDocument: [(node: SourceNode, path: String)]]
    ) throws -> String {
        let diagnostics = Diagnostics(file: "sweep")
        let root = try rootNode(text, diagnostics)
        let documents = (root.map?[EmbeddedDefinitions.field]?.map ?? []).map { entry in
            let text = entry.value.text ?? ""
            let edits = edits.first { $0.key.name == entry.key }?.value ?? []
            return UsedDocument(name: entry.key, shownName: entry.key, text: SourceEdit.text(text, edits))
        }
        guard let changed = EmbeddedDefinitions.text(text, root, documents) else {
            diagnostics.report(
                .whole, "use", "leads to files whose paths of data cannot be replaced",
                remedy: "write these paths without escapes, or submit with --in-place and absolute paths")
            throw diagnostics.error(.invalid)
        }
        return changed
    }

    /// A text that gives the sweep with its overrides again: a result holds it, and is nothing worth if it cannot be read.
    private static func changed(
        _ text: String, _ root: SourceNode, _ overrides: [String], _ diagnostics: Diagnostics
    ) throws -> String {
        let arguments = overrides.map { argument in
            "# as changed by --set " + String(argument.map { $0.isNewline ? " " : $0 }).visible
        }
        return try written(
            root, header: YAMLWriter.leadingComment(text) + arguments, place: .argument(overrides.joined(separator: " ").visible),
            diagnostics)
    }

    /// A sweep as a text that reads back as the same.
    ///
    /// - Parameter place: of what changed it, for messages.
    private static func written(
        _ root: SourceNode, header: [String], place: SourcePlace, _ diagnostics: Diagnostics
    ) throws -> String {
        let changed = YAMLWriter.text(root, header: header)
        let again = try? YAMLReader(diagnostics: Diagnostics(file: diagnostics.file), argument: nil).read(changed)
        guard let again, again.says(the: root) else {
            diagnostics.report(
                place, "", "cannot be kept in a form that reads back as the same sweep", remedy: "change the sweep file itself")
            throw diagnostics.error(.usage)
        }
        guard changed.utf8.count <= SweepFileReader.maximumBytes else {
            diagnostics.report(
                place, "", "the sweep with its changes has more than \(SweepFileReader.maximumBytes) bytes",
                remedy: "give ranges instead of long lists")
            throw diagnostics.error(.usage)
        }
        return changed
    }

    /// The text with the files of definitions that it uses.
    private static func embedded(
        _ text: String, _ root: SourceNode, _ library: DefinitionLibrary, _ diagnostics: Diagnostics
    ) throws -> String {
        if library.documents.isEmpty, root.map?[EmbeddedDefinitions.field] == nil { return text }
        let place = root.map?["use"]?.place ?? root.place
        guard let whole = EmbeddedDefinitions.text(text, root, library.documents) else {
            diagnostics.report(
                place, "use", "leads to files that cannot be kept with the sweep in a form that reads back as the same",
                remedy: "leave control characters and unusual line ends out of them")
            throw diagnostics.error(.invalid)
        }
        guard whole.utf8.count <= SweepFileReader.maximumBytes else {
            diagnostics.report(
                place, "use", "the sweep with the files of definitions it uses has more than \(SweepFileReader.maximumBytes) bytes",
                remedy: "use smaller files")
            throw diagnostics.error(.invalid)
        }
        return whole
    }

    private static func rootNode(_ text: String, _ diagnostics: Diagnostics) throws -> SourceNode {
        let node = try YAMLReader(diagnostics: diagnostics, argument: nil).read(text)
        guard let node, node.map != nil else {
            diagnostics.report(
                node?.place ?? .whole, "", node.map { $0.isNull } ?? true ? "is empty" : "is not a map of fields",
                remedy: "begin with schema: 1 and name: ...")
            throw diagnostics.error(.invalid)
        }
        return node
    }
}
