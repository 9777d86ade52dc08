/// Puts the files of definitions that a sweep uses into its own text, so that a result needs nothing else to be computed
/// again.
///
/// They stand at the end, under `used`, by name. What is there goes before what lies on the disk.
enum EmbeddedDefinitions {
    static let field = "used"
    private static let comment = "# The files under use, as they were when this was run."

    /// - Parameters:
    ///   - text: the sweep's.
    ///   - root: what the text reads as.
    /// - Returns: the text with the documents in it, or `nil` where no form of it reads back as the same sweep.
    static func text(_ text: String, _ root: SourceNode, _ documents: [UsedDocument]) -> String? {
        let entries = root.map ?? []
        let held = entries[field]?.map ?? []
        let isSame = held.count == documents.count
            && documents.allSatisfy { document in held[document.name]?.text.map { $0.utf8.elementsEqual(document.text.utf8) } ?? false }
        if isSame { return text }
        let own = SourceNode(.map(entries.filter { $0.key != field }), place: root.place)
        guard !documents.isEmpty else { return YAMLWriter.text(own, header: YAMLWriter.leadingComment(text)) }
        let whole = SourceNode(.map((own.map ?? []) + [node(documents)]), place: root.place)
        let base = withoutHeld(text, entries), written = YAMLWriter.text(own, header: YAMLWriter.leadingComment(text))
        for (base, isLiteral) in [(base, true), (base, false), (written, true), (written, false)] {
            let candidate = base + block(documents, isLiteral: isLiteral)
            let again = try? YAMLReader(diagnostics: Diagnostics(file: ""), argument: nil).read(candidate)
            if let again, again.says(the: whole) { return candidate }
        }
        return nil
    }

    private static func node(_ documents: [UsedDocument]) -> SourceEntry {
        SourceEntry(
            key: field, keyPlace: .whole,
            value: SourceNode(
                .map(documents.map {
                    SourceEntry(
                        key: $0.name, keyPlace: .whole,
                        value: SourceNode(.scalar($0.text, isPlain: false), place: .whole, style: .block))
                }), place: .whole))
    }

    /// The text up to the documents it holds, where these stand at its end; with a line break at its end.
    private static func withoutHeld(_ text: String, _ entries: [SourceEntry]) -> String {
        var text = text
        if let last = entries.last, last.key == field, case .file(let line, 1) = last.keyPlace {
            var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.prefix(line - 1)
            if lines.last?.elementsEqual(comment) ?? false { lines.removeLast() }
            text = lines.joined(separator: "\n")
        }
        return text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
    }

    private static func block(_ documents: [UsedDocument], isLiteral: Bool) -> String {
        var block = "\(comment)\n\(field):\n"
        for document in documents {
            let key = YAMLWriter.scalar(document.name, isPlain: true)
            guard isLiteral else {
                block += "  \(key): \(YAMLWriter.scalar(document.text, isPlain: false))\n"
                continue
            }
            let body = document.text.hasSuffix("\n") ? document.text.dropLast() : document.text[...]
            let chomping = document.text.hasSuffix("\n\n") ? "+" : document.text.hasSuffix("\n") ? "" : "-"
            block += "  \(key): |\(chomping)\n"
            for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
                block += line.isEmpty ? "\n" : "    \(line)\n"
            }
        }
        return block
    }
}
