import TrialContract

extension ClaimDecoder {
    /// Rows, columns, the bands of the outcomes and which of them is expected where.
    func table(_ node: SourceNode, _ field: String) -> TableSpec? {
        let keys = ["rows", "columns", "outcomes", "expect"]
        guard let parts = reader.map(node, field, keys: keys) else { return nil }
        guard let rows = parts["rows"], let columns = parts["columns"], let outcomes = parts["outcomes"],
            let expect = parts["expect"]
        else {
            let missing = keys.filter { parts[$0] == nil }.joined(separator: ", ")
            diagnostics.report(
                node.place, field, "needs \(missing)",
                remedy: "write {rows: problem, columns: optimizer, outcomes: {reaches: {at_most: 0.1}}, expect: ...}")
            return nil
        }
        guard let bands = reader.map(outcomes, "\(field).outcomes", keys: nil).map({ self.outcomes($0, field) }),
            let expected = reader.map(expect, "\(field).expect", keys: nil), !bands.contains(where: { $0 == nil })
        else { return nil }
        return TableSpec(
            rows: rows, columns: columns, outcomes: bands.compactMap(\.self), expected: expected, place: node.place)
    }

    private func outcomes(_ entries: [SourceEntry], _ field: String) -> [(name: String, band: BandSpec)?] {
        entries.map { entry in
            let path = "\(field).outcomes.\(entry.key)"
            let keys = Self.bandKeys.filter { $0 != "constant" }
            return reader.map(entry.value, path, keys: keys)
                .flatMap { band($0, path, entry.value.place) }.map { (entry.key, $0) }
        }
    }
}
