/// Works `--set PATH=VALUE` arguments into the nodes of a sweep file.
///
/// Under `axes` and `derive` the rest of the path is one name, so `axes.noise_model.q`; elsewhere dots go a level
/// deeper, lists are entered by position from 0 and zips also by name. An empty value or `null` removes the field.
struct Overrides {
    /// Levels whose keys are names with dots of their own.
    private static let flat: Set<String> = ["axes", "derive"]
    private static let example = "write --set axes.rho='[0.1, 0.2]'"

    let diagnostics: Diagnostics

    func apply(_ arguments: [String], to root: SourceNode) throws -> SourceNode {
        var root = root
        for argument in arguments {
            guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else {
                diagnostics.report(
                    .argument(argument), "", "is not of the form PATH=VALUE", remedy: Self.example)
                continue
            }
            let path = argument[..<sign].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard !path.contains("") else {
                diagnostics.report(
                    .argument(argument), "", "has an empty name in its path", remedy: Self.example)
                continue
            }
            let text = String(argument[argument.index(after: sign)...])
            let value = try YAMLReader(diagnostics: diagnostics, argument: argument).read(text)
                ?? SourceNode(.scalar("", isPlain: true), place: .argument(argument))
            root = set(root, keys(path), value.isNull ? nil : value, argument)
        }
        try diagnostics.throwIfAny()
        return root
    }

    private func keys(_ path: [String]) -> [String] {
        guard let first = path.first, Self.flat.contains(first), path.count > 2 else { return path }
        return [first, path.dropFirst().joined(separator: ".")]
    }

    /// The node with the field of the path replaced, added or, for `nil`, removed.
    private func set(_ node: SourceNode, _ path: [String], _ value: SourceNode?, _ argument: String) -> SourceNode {
        guard let key = path.first else { return value ?? node }
        var node = node
        switch node.content {
        case .list(var items):
            guard let index = index(key, items) else {
                diagnostics.report(
                    .argument(argument), path.joined(separator: "."), "is not an entry of the list",
                    remedy: items.isEmpty ? "the list is empty" : "use a position from 0 to \(items.count - 1)")
                return node
            }
            if path.count == 1, value == nil {
                items.remove(at: index)
            } else {
                items[index] = set(items[index], Array(path.dropFirst()), value, argument)
            }
            node.content = .list(items)
        case .map(let entries):
            node.content = .map(set(entries, path, value, argument))
        case .scalar(_, _):
            // `problem: quadratic` stands for {name: quadratic}.
            let name = SourceEntry(key: "name", keyPlace: node.place, value: node)
            node.content = .map(set(node.isNull ? [] : [name], path, value, argument))
        }
        return node
    }

    private func set(
        _ entries: [SourceEntry], _ path: [String], _ value: SourceNode?, _ argument: String
    ) -> [SourceEntry] {
        let key = path[0], rest = Array(path.dropFirst())
        var entries = entries
        let known = entries.firstIndex { $0.key == key }
        if rest.isEmpty, value == nil {
            if let known { entries.remove(at: known) }
            return entries
        }
        // A start is of one form: setting one replaces another.
        let replaces = key == "start" && rest.count == 1 && value != nil
        let empty = SourceNode(.map([]), place: .argument(argument))
        let old = known.map { replaces ? empty : entries[$0].value } ?? empty
        let entry = SourceEntry(key: key, keyPlace: .argument(argument), value: set(old, rest, value, argument))
        if let known { entries[known] = entry } else { entries.append(entry) }
        return entries
    }

    private func index(_ key: String, _ items: [SourceNode]) -> Int? {
        if let index = Int(key), items.indices.contains(index) { return index }
        return items.firstIndex { $0.map?["name"]?.text == key }
    }
}
