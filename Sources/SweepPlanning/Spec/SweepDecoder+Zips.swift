import TrialContract
import Wording

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
        guard belongs(field, entry), let values = lists.values(entry.value, field) else { return nil }
        guard !values.isEmpty else {
            diagnostics.report(entry.value, "\(path).\(entry.key)", "is empty", remedy: "give it values")
            return nil
        }
        assign(field, values, .zip(index), entry.keyPlace)
        return values.count
    }
}
