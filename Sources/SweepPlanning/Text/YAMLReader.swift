import Yams

/// Turns YAML text into nodes with places; what sweep files have no use for is refused.
///
/// Not allowed: anchors, aliases and tags, keys that are not plain words, more than one document, deep nesting. To
/// keep aliases from being expanded at all, every `*` is hidden from the parser behind a private-use character and
/// put back into the scalars: an alias then arrives as a plain scalar that begins with that character.
struct YAMLReader {
    static let maximumDepth = 32
    private static let hiddenAsterisk: Character = "\u{EFFF}"

    let diagnostics: Diagnostics
    /// The `--set` argument the text comes from; `nil`: the file.
    let argument: String?
    /// The file of definitions that the text is; `nil`: the sweep.
    var document: UsedDocument?

    /// The root node; `nil` for an empty text.
    /// Throws what is wrong.
    func read(_ text: String) throws -> SourceNode? {
        // As itself or as an escape, which the parser would turn into it.
        guard !text.contains(Self.hiddenAsterisk), !Self.hasEscape(text)
        else {
            diagnostics.report(place(nil), "", "contains the private-use character U+EFFF", remedy: "remove it")
            try diagnostics.throwIfAny()
            return nil
        }
        do {
            var hidden = text.contains("*") ? String(text.map { $0 == "*" ? Self.hiddenAsterisk : $0 }) : text
            // A byte order mark, as some editors put it.
            if hidden.unicodeScalars.first == "\u{FEFF}" { hidden.unicodeScalars.removeFirst() }
            // Anchors are weak references of the nodes to the parser's own list: it must stay alive.
            let parser = try Parser(yaml: hidden, resolver: .basic, encoding: .utf8)
            let node = try withExtendedLifetime(parser) { try parser.singleRoot().map { convert($0, "", depth: 0) } }
            try diagnostics.throwIfAny()
            return node
        } catch let error as YamlError {
            YAMLFault(error, text: text).report(to: diagnostics, argument: argument, document: document)
            try diagnostics.throwIfAny()
            return nil
        }
    }

    private func place(_ mark: Mark?) -> SourcePlace {
        if let argument { return .argument(argument) }
        guard let document else { return mark.map { .file(line: $0.line, column: $0.column) } ?? .whole }
        return .used(document, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private func convert(_ node: Node, _ path: String, depth: Int) -> SourceNode {
        let here = place(node.mark)
        let empty = SourceNode(.scalar("", isPlain: true), place: here)
        if node.anchor != nil {
            diagnostics.report(
                here, path, "anchors and aliases are not allowed", remedy: "write the values out where they are used")
            return empty
        }
        guard depth < Self.maximumDepth else {
            diagnostics.report(
                here, path, "nested more than \(Self.maximumDepth) levels deep",
                remedy: "a sweep file needs five at most")
            return empty
        }
        switch node {
        case .scalar(let scalar): return convert(scalar, path, here)
        case .sequence(let sequence):
            return SourceNode(
                .list(sequence.enumerated().map { convert($1, "\(path)[\($0)]", depth: depth + 1) }), place: here)
        case .mapping(let mapping):
            return SourceNode(.map(entries(mapping, path, depth: depth)), place: here)
        case .alias:
            return empty
        }
    }

    private func convert(_ scalar: Node.Scalar, _ path: String, _ here: SourcePlace) -> SourceNode {
        let isPlain = scalar.style == .plain
        if isPlain, scalar.string.first == Self.hiddenAsterisk {
            diagnostics.report(
                here, path, "anchors and aliases are not allowed", value: reveal(scalar.string),
                remedy: "write the value out, or put a text that begins with * in quotes")
        }
        if isPlain ? scalar.tag.description != "" : scalar.tag.description != Tag.Name.str.rawValue {
            diagnostics.report(
                here, path, "tags are not allowed", value: scalar.tag.description, remedy: "leave the tag out")
        }
        let style: SourceNode.ScalarStyle = switch scalar.style {
        case .singleQuoted: .singleQuoted
        case .doubleQuoted: .doubleQuoted
        case .literal, .folded: .block
        case .any, .plain: .plain
        }
        return SourceNode(.scalar(reveal(scalar.string), isPlain: isPlain), place: here, style: style)
    }

    private func reveal(_ text: String) -> String {
        text.contains(Self.hiddenAsterisk) ? String(text.map { $0 == Self.hiddenAsterisk ? "*" : $0 }) : text
    }

    private func entries(_ mapping: Node.Mapping, _ path: String, depth: Int) -> [SourceEntry] {
        var entries: [SourceEntry] = []
        var seen: Set<String> = []
        for (keyNode, valueNode) in mapping {
            let keyPlace = place(keyNode.mark)
            guard case .scalar(let scalar) = keyNode, keyNode.anchor == nil else {
                diagnostics.report(keyPlace, path, "a key must be a plain word", remedy: "write it as name: value")
                continue
            }
            let key = reveal(scalar.string)
            let field = path.isEmpty ? key : "\(path).\(key)"
            if !seen.insert(key).inserted {
                diagnostics.report(keyPlace, field, "given twice", remedy: "keep one of the two")
            }
            let value = convert(valueNode, field, depth: depth + 1)
            entries.append(SourceEntry(key: key, keyPlace: keyPlace, value: value))
        }
        return entries
    }

    private static func hasEscape(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return false }
        let folded = text.lowercased()
        return folded.contains("\\uefff") || folded.contains("\\u0000efff")
    }
}
