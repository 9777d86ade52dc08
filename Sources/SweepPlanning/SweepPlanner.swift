import TrialContract

/// From the text of a sweep file to a plan.
public enum SweepPlanner {
    /// Reads, checks and plans a file.
    ///
    /// - Parameters:
    ///   - path: the sweep file, at most a megabyte of UTF-8; `-` is standard input.
    ///   - overrides: `--set` arguments, as `axes.rho=[0.1, 0.2]`; values are YAML.
    ///   - catalogue: what the kernels can compute.
    ///   - data: how the data of problems are got at; by default only text is read.
    /// - Throws: `SweepFileError` with everything that is wrong.
    public static func load(
        path: String, overrides: [String] = [], catalogue: ComponentCatalogue, data: DataAccess = DataAccess()
    ) throws -> PlannedSweep {
        try plan(
            text: SweepFileReader.read(path), fileName: SweepFileReader.name(path), overrides: overrides,
            catalogue: catalogue, data: data)
    }

    /// Checks and plans a text; `fileName` is what messages call it.
    public static func plan(
        text: String, fileName: String, overrides: [String] = [], catalogue: ComponentCatalogue,
        data: DataAccess = DataAccess()
    ) throws -> PlannedSweep {
        let diagnostics = Diagnostics(file: fileName)
        let original = try rootNode(text, diagnostics)
        let root = try Overrides(diagnostics: diagnostics).apply(overrides, to: original)
        let decoder = SweepDecoder(
            root, text: text, catalogue: catalogue, diagnostics: diagnostics, data: data)
        var spec = try decoder.decode()
        spec.sourceText = overrides.isEmpty ? text : try changed(text, root, overrides, diagnostics)
        spec.fileName = fileName
        var builder = LayoutBuilder(spec, fields: decoder.fields, diagnostics: diagnostics)
        let layout = try builder.build()
        GoalChecks(layout: layout, diagnostics: diagnostics).run()
        try LayoutChecks(layout, diagnostics: diagnostics).run()
        return try PlannedSweep(
            layout, fields: decoder.fields, catalogue: decoder.catalogue, diagnostics: diagnostics)
    }

    /// A sweep's text with fields replaced as `--set` does; nothing else of it is checked. Throws `SweepFileError`.
    public static func changed(_ text: String, overrides: [String]) throws -> String {
        let diagnostics = Diagnostics(file: "sweep")
        let root = try Overrides(diagnostics: diagnostics).apply(overrides, to: rootNode(text, diagnostics))
        return try changed(text, root, overrides, diagnostics)
    }

    /// A text that gives the sweep with its overrides again: a result holds it, and is nothing worth if it cannot be read.
    private static func changed(
        _ text: String, _ root: SourceNode, _ overrides: [String], _ diagnostics: Diagnostics
    ) throws -> String {
        let arguments = overrides.map { argument in
            "# as changed by --set " + String(argument.map { $0.isNewline ? " " : $0 }).visible
        }
        let changed = YAMLWriter.text(root, header: YAMLWriter.leadingComment(text) + arguments)
        let again = try? YAMLReader(diagnostics: Diagnostics(file: diagnostics.file), argument: nil).read(changed)
        guard let again, again.says(the: root) else {
            diagnostics.report(
                .argument(overrides.joined(separator: " ").visible), "", "cannot be kept in a form that reads back as the same "
                    + "sweep", remedy: "change the sweep file itself")
            throw diagnostics.error(.usage)
        }
        guard changed.utf8.count <= SweepFileReader.maximumBytes else {
            diagnostics.report(
                .argument(overrides.joined(separator: " ").visible), "", "the sweep with its changes has more than "
                    + "\(SweepFileReader.maximumBytes) bytes", remedy: "give ranges instead of long lists")
            throw diagnostics.error(.usage)
        }
        return changed
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
