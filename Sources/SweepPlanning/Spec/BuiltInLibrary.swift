import TrialContract

/// The definitions that are built into the program: the files of the folder Library, each with one member of its own name.
enum BuiltInLibrary {
    /// How texts that hold such a file call it: no path leads there.
    private static let prefix = "samsweep:"

    static func names(_ kind: ComponentKind) -> [String] {
        let folder = folder(kind)
        return embeddedLibrary.filter { $0.folder == folder }.map(\.name)
    }

    /// What a sweep that holds the file of a member calls it.
    static func documentName(_ kind: ComponentKind, _ name: String) -> String { "\(prefix)\(folder(kind))/\(name).yaml" }

    static func isDocumentName(_ name: String) -> Bool { name.hasPrefix(prefix) }

    static func document(_ kind: ComponentKind, _ name: String) -> UsedDocument? {
        let file = embeddedLibrary.first { $0.folder == folder(kind) && $0.name == name }
        return file.map {
            UsedDocument(
                name: documentName(kind, name), shownName: "samsweep's library: \(folder(kind))/\(name).yaml", text: $0.text)
        }
    }

    private static func folder(_ kind: ComponentKind) -> String { DefinitionSection.of(kind)?.key ?? "" }
}
