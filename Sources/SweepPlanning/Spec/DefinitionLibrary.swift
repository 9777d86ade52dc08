import ExpressionSyntax
import Glibc
import TrialContract

/// The problems, optimizers, schedules and statistics of the files of definitions that a sweep uses.
struct DefinitionLibrary {
    /// A definition with the name under which sweeps use it.
    struct Member {
        let kind: ComponentKind
        let name: String
        let namePlace: SourcePlace
        /// What stands behind the name.
        let entries: [SourceEntry]
        let place: SourcePlace
        let document: UsedDocument

        /// The definition as it would stand in a sweep file.
        var node: SourceNode {
            let name = SourceNode(.scalar(name, isPlain: true), place: namePlace)
            return SourceNode(.map([SourceEntry(key: "name", keyPlace: namePlace, value: name)] + entries), place: place)
        }
    }

    /// In the order in which they were first used.
    fileprivate(set) var documents: [UsedDocument] = []
    fileprivate(set) var members: [Member] = []
    /// Names of what is wrong in a file, which has been reported.
    fileprivate(set) var faulty: Set<String> = []

    func names(_ kind: ComponentKind) -> [String] { members.filter { $0.kind == kind }.map(\.name) }

    /// The definition that a node of a sweep names; `nil` where it names none.
    func member(_ kind: ComponentKind, namedBy node: SourceNode) -> Member? {
        guard let name = node.map == nil ? node.text : node.map?["name"]?.text else { return nil }
        return members.first { $0.kind == kind && $0.name == name }
    }

    /// The objective that a node names, with the parameters and the start that the node gives in the place of the
    /// definition's; `nil` where it names none.
    func problem(_ node: SourceNode, _ reader: ValueReader) -> SourceNode? {
        definition(.problem, namedBy: node, reader, field: "problem", replacing: ["start"])
    }

    /// The statistic that a node names, with the parameters that it gives in the place of the definition's; `nil` where it
    /// names none.
    func statistic(_ node: SourceNode, _ reader: ValueReader, field: String) -> SourceNode? {
        definition(.statistic, namedBy: node, reader, field: field, replacing: [])
    }

    /// - Parameter parts: what a node may give in the place of the definition's beside parameters.
    private func definition(
        _ kind: ComponentKind, namedBy node: SourceNode, _ reader: ValueReader, field: String, replacing parts: [String]
    ) -> SourceNode? {
        guard let member = member(kind, namedBy: node) else { return nil }
        let given = (node.map ?? []).filter { $0.key != "name" }
        var entries = member.entries
        let parameters = entries["parameters"]?.map ?? []
        reader.reportUnknown(given, field, keys: parameters.map(\.key) + parts)
        let changed = parameters.map { parameter in given.first { $0.key == parameter.key } ?? parameter }
        if let place = entries.firstIndex(where: { $0.key == "parameters" }), entries[place].value.map != nil {
            entries[place].value.content = .map(changed)
        }
        for part in given where parts.contains(part.key) {
            entries.removeAll { $0.key == part.key }
            entries.append(part)
        }
        return Member(
            kind: kind, name: member.name, namePlace: member.namePlace, entries: entries, place: member.place,
            document: member.document
        ).node
    }
}

/// Reads the files of definitions that a sweep uses, and those that they use; reports what is wrong with their form.
struct DefinitionFiles {
    static let keys = ["use"] + DefinitionSection.all.map(\.key)
    private static let mostFiles = 64

    let diagnostics: Diagnostics
    let data: DataAccess
    let catalogue: ComponentCatalogue
    private let reader: ValueReader
    /// Texts that the sweep holds, by name.
    private var held: [String: String] = [:]
    private var library = DefinitionLibrary()
    /// Whether names are from the working folder.
    private var namesAreFromHere = false

    init(_ diagnostics: Diagnostics, data: DataAccess, catalogue: ComponentCatalogue) {
        self.diagnostics = diagnostics
        self.data = data
        self.catalogue = catalogue
        reader = ValueReader(diagnostics: diagnostics)
    }

    /// All that a sweep's `use` leads to. Throws where a file is no YAML.
    mutating func library(_ root: [SourceEntry]) throws -> DefinitionLibrary {
        if let node = root["used"], let entries = reader.map(node, "used", keys: nil) {
            for entry in entries {
                if let text = entry.value.text {
                    held[entry.key] = text
                } else {
                    diagnostics.report(entry.value, "used.\(entry.key)", "must be the text of a file", remedy: "leave used out")
                }
            }
        }
        try read(root["use"], by: nil, chain: [])
        for (kind, name) in Self.named(root) { try addBuiltIn(kind, name) }
        return library
    }

    /// All that is built into the program, for lists.
    mutating func builtInLibrary() throws -> DefinitionLibrary {
        for kind in DefinitionSection.kinds {
            for name in BuiltInLibrary.names(kind) { try addBuiltIn(kind, name) }
        }
        try diagnostics.throwIfAny()
        return library
    }

    /// The names of problems, optimizers, schedules and statistics that a sweep has, but for those that it defines itself.
    private static func named(_ root: [SourceEntry]) -> [(ComponentKind, String)] {
        let places = [root, root["axes"]?.map] + (root["zip"]?.list ?? []).map(\.map)
        return DefinitionSection.kinds.flatMap { kind in
            var fields = places.compactMap { $0?[kind.fieldName] }
            if kind == .statistic { fields += [root["curves"]?.map?["of"]].compactMap(\.self) }
            let nodes = fields.flatMap { $0.list ?? [$0] }
            func isDefinition(_ node: SourceNode) -> Bool {
                switch kind {
                case .problem: DefinitionDecoder.isDefinition(node)
                case .optimizer: AlgorithmDecoder.isDefinition(node)
                case .statistic: OwnStatistic.isDefinition(node)
                default: OwnSchedule.isDefinition(node)
                }
            }
            let own = Set(nodes.filter(isDefinition).compactMap { $0.map?["name"]?.text })
            let names = nodes.compactMap { $0.map == nil ? $0.text : $0.map?["name"]?.text }
            return names.filter { !own.contains($0) }.map { (kind, $0) }
        }
    }

    /// A member of the program's library: where the sweep holds its text, that one. What the sweep's own files define under
    /// the same name goes before it, so that a name which the library takes later changes no sweep.
    private mutating func addBuiltIn(_ kind: ComponentKind, _ name: String) throws {
        let isKnown = catalogue.find(kind, name) != nil || library.members.contains { $0.kind == kind && $0.name == name }
        guard !isKnown else { return }
        let documentName = BuiltInLibrary.documentName(kind, name)
        let document = held[documentName].map {
            UsedDocument(name: documentName, shownName: "\(diagnostics.file): \(documentName)", text: $0)
        }
        guard let document = document ?? BuiltInLibrary.document(kind, name) else { return }
        if !library.documents.contains(where: { $0.name == documentName }) { library.documents.append(document) }
        try read(document, chain: [documentName], only: kind)
    }

    /// The definitions of one file, for lists. Throws where it cannot be read or is wrong.
    mutating func library(path: String) throws -> DefinitionLibrary {
        namesAreFromHere = true
        let node = SourceNode(.scalar(path, isPlain: true), place: .whole)
        try read(node, by: nil, chain: [])
        try diagnostics.throwIfAny()
        return library
    }

    private mutating func read(_ node: SourceNode?, by user: UsedDocument?, chain: [String]) throws {
        guard let node else { return }
        for item in node.list ?? [node] {
            guard let written = reader.text(item, "use") else { continue }
            guard !BuiltInLibrary.isDocumentName(written) else {
                diagnostics.report(
                    item, "use", "is a file of the program's own library",
                    remedy: "leave it out: what the library defines is known by its name")
                continue
            }
            let name = leadingName(written, from: user?.name)
            if chain.contains(name) {
                diagnostics.report(
                    item, "use", "is a file that uses itself: \((chain.drop { $0 != name } + [name]).joined(separator: " uses "))",
                    remedy: "put what both need into a third file")
                continue
            }
            if library.documents.contains(where: { $0.name == name }) { continue }
            guard library.documents.count < Self.mostFiles else {
                diagnostics.report(item, "use", "leads to more than \(Self.mostFiles) files", remedy: "join some of them")
                return
            }
            guard let document = document(name, item) else { continue }
            library.documents.append(document)
            try read(document, chain: chain + [name])
        }
    }

    /// A name from the sweep file's folder, without detours.
    static func name(_ written: String, from user: String?) -> String {
        let whole = nameAsWritten(written, from: user)
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (whole.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    private static func nameAsWritten(_ written: String, from user: String?) -> String {
        guard !written.hasPrefix("/"), let user, let slash = user.lastIndex(of: "/") else { return written }
        return user[...slash] + written
    }

    /// The same, with its detours where they lead to another file: behind a symbolic link `..` is the folder above the link's end.
    private func leadingName(_ written: String, from user: String?) -> String {
        let (short, whole) = (Self.name(written, from: user), Self.nameAsWritten(written, from: user))
        // As it was found when the sweep was run.
        guard held[whole] == nil else { return whole }
        guard held[short] == nil, !data.isOfResult, let far = Self.file(path(whole)) else { return short }
        return Self.file(path(short)) == far ? short : whole
    }

    /// Which file lies there; `nil` where none does.
    private static func file(_ path: String) -> [UInt64]? {
        var info = stat()
        return stat(path, &info) == 0 ? [UInt64(info.st_dev), UInt64(info.st_ino)] : nil
    }

    /// Where a file lies: names are from the sweep file's folder.
    private func path(_ name: String) -> String {
        guard !name.hasPrefix("/"), !namesAreFromHere, let slash = diagnostics.file.lastIndex(of: "/") else { return name }
        return String(diagnostics.file[...slash]) + name
    }

    private func document(_ name: String, _ item: SourceNode) -> UsedDocument? {
        if let text = held[name] {
            return UsedDocument(name: name, shownName: "\(diagnostics.file): \(name)", text: text)
        }
        guard !data.isOfResult else {
            diagnostics.report(
                item, "use", "names a file that the result does not hold", remedy: "run the sweep file itself instead")
            return nil
        }
        let path = path(name)
        do {
            let bytes = try DataFile.bytesAndDigest(path).bytes
            guard bytes.count <= SweepFileReader.maximumBytes else {
                throw DataFileError("has more than \(SweepFileReader.maximumBytes) bytes")
            }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw DataFileError("is not UTF-8 text") }
            return UsedDocument(name: name, shownName: path, text: text)
        } catch {
            let reason = (error as? DataFileError)?.text ?? "\(error)"
            diagnostics.report(
                item, "use", reason,
                remedy: "give the path of a file of definitions from the folder of the file that uses it: \(path) was looked at")
            return nil
        }
    }

    // MARK: A file

    /// - Parameter wanted: of what is defined for several kinds of components, that one.
    private mutating func read(_ document: UsedDocument, chain: [String], only wanted: ComponentKind? = nil) throws {
        let node = try YAMLReader(diagnostics: diagnostics, argument: nil, document: document).read(document.text)
        guard let node, let entries = node.map else {
            diagnostics.report(
                .used(document, line: 1, column: 1), "", "is no file of definitions", value: node?.summary,
                remedy: "write problems:, optimizers:, schedules: and statistics:, each with definitions by name")
            return
        }
        reader.reportUnknown(entries, "", keys: Self.keys)
        try read(entries["use"], by: document, chain: chain)
        for section in DefinitionSection.all {
            guard let node = entries[section.key], !node.isNull else { continue }
            for entry in reader.map(node, section.key, keys: nil) ?? [] { add(entry, section, document, only: wanted) }
        }
    }

    private mutating func add(
        _ entry: SourceEntry, _ section: DefinitionSection, _ document: UsedDocument, only wanted: ComponentKind?
    ) {
        let field = "\(section.key).\(entry.key)"
        func report(_ message: String, _ remedy: String) {
            diagnostics.report(entry.keyPlace, field, message, value: entry.key, remedy: remedy)
            library.faulty.insert(entry.key)
        }
        if let fault = section.fault(ofName: entry.key) { return report(fault.message, fault.remedy) }
        guard let parts = entry.value.map, parts[section.needed] != nil else {
            return report("is no definition of \(section.noun)", "give it \(section.needed): \"...\"")
        }
        if let name = parts.first(where: { $0.key == "name" }) {
            diagnostics.report(
                name.keyPlace, "\(field).name", "is given by the key before it already", remedy: "leave name out")
            library.faulty.insert(entry.key)
            return
        }
        guard let forms = forms(of: parts, section, field) else {
            library.faulty.insert(entry.key)
            return
        }
        for (kind, entries) in forms where wanted == nil || kind == wanted {
            if catalogue.find(kind, entry.key) != nil {
                return report("is the name of \(kind == .optimizer ? "an" : "a") \(kind.noun) of the catalogue", "choose another name")
            }
            if let other = library.members.first(where: { $0.kind == kind && $0.name == entry.key }) {
                let line = if case .used(_, let line, _) = other.namePlace { line } else { 1 }
                return report(
                    "is defined twice, here and in \(other.document.shownName):\(line)",
                    "rename one of the two, or use one of the files only")
            }
            library.members.append(DefinitionLibrary.Member(
                kind: kind, name: entry.key, namePlace: entry.keyPlace, entries: entries, place: entry.value.place,
                document: document))
        }
    }

    /// What a definition is for each of the kinds that it serves: a schedule's factor may be one for both rates, or one for each
    /// of them, or for one only. `nil` after reporting.
    private func forms(
        of parts: [SourceEntry], _ section: DefinitionSection, _ field: String
    ) -> [(kind: ComponentKind, entries: [SourceEntry])]? {
        guard section.kinds.count > 1, let place = parts.firstIndex(where: { $0.key == section.needed }),
            let factors = parts[place].value.map
        else { return section.kinds.map { ($0, parts) } }
        let rates = section.kinds.compactMap(\.rate), name = "\(field).\(section.needed)"
        guard !factors.isEmpty else {
            diagnostics.report(
                parts[place].value, name, "is that of no rate",
                remedy: "write an expression of t, or one for each rate, as {learning_rate: \"1 / (t + 1)\", rho: \"1\"}")
            return nil
        }
        reader.reportUnknown(factors, name, keys: rates)
        return section.kinds.compactMap { kind in
            kind.rate.flatMap { factors[$0] }.map { factor in
                var entries = parts
                entries[place].value = factor
                return (kind, entries)
            }
        }
    }
}
