import Yams

/// What a sweep's text says: maps, lists and scalars, without the way in which they are written.
indirect enum SweepTextTree: Equatable {
    struct Entry: Equatable {
        var key: String
        var value: SweepTextTree
    }

    case scalar(String)
    case list([SweepTextTree])
    case map([Entry])

    /// `nil` where the text is no YAML, is nested deeper than 32 levels or has more than a million values: a result's text may be
    /// anybody's.
    init?(_ text: String) {
        // Nodes refer to the parser's list of anchors, which must stay alive.
        guard let parser = try? Parser(yaml: text, resolver: .basic, encoding: .utf8) else { return nil }
        let tree = withExtendedLifetime(parser) { () -> SweepTextTree? in
            guard let node = try? parser.singleRoot() else { return nil }
            var left = 1_000_000
            return SweepTextTree(node, depth: 0, &left)
        }
        guard let tree else { return nil }
        self = tree
    }

    init(_ entries: [Entry]) { self = .map(entries) }

    private init?(_ node: Node, depth: Int, _ left: inout Int) {
        left -= 1
        guard depth < 32, left > 0 else { return nil }
        switch node {
        case .scalar(let scalar): self = .scalar(scalar.string)
        case .sequence(let items):
            var list: [SweepTextTree] = []
            for item in items {
                guard let item = SweepTextTree(item, depth: depth + 1, &left) else { return nil }
                list.append(item)
            }
            self = .list(list)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                guard let name = key.scalar?.string, let value = SweepTextTree(value, depth: depth + 1, &left) else { return nil }
                entries.append(Entry(key: name, value: value))
            }
            self = .map(entries)
        case .alias: return nil
        }
    }

    var scalar: String? { if case .scalar(let text) = self { text } else { nil } }
    var items: [SweepTextTree]? { if case .list(let items) = self { items } else { nil } }
    var entries: [Entry]? { if case .map(let entries) = self { entries } else { nil } }

    /// Maps say the same in any order, and numbers in any form.
    static func == (a: SweepTextTree, b: SweepTextTree) -> Bool {
        switch (a, b) {
        case (.scalar(let a), .scalar(let b)):
            a.unicodeScalars.elementsEqual(b.unicodeScalars) || (Double(a).map { $0 == Double(b) } ?? false)
        case (.list(let a), .list(let b)): a == b
        case (.map(let a), .map(let b)): a.count == b.count && a.allSatisfy { $0.value == b.value($0.key) }
        default: false
        }
    }

    /// On one line, in braces and brackets.
    var line: String {
        switch self {
        case .scalar(let text): text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: " ")
        case .list(let items): "[" + items.map(\.line).joined(separator: ", ") + "]"
        case .map(let entries): "{" + entries.map { "\($0.key): \($0.value.line)" }.joined(separator: ", ") + "}"
        }
    }
}

extension [SweepTextTree.Entry] {
    func value(_ key: String) -> SweepTextTree? { first { $0.key == key }?.value }

    /// Takes a field out.
    mutating func remove(_ key: String) -> SweepTextTree? {
        firstIndex { $0.key == key }.map { remove(at: $0).value }
    }
}
