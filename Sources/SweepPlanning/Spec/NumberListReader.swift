import ExpressionSyntax
import TrialContract

/// Reads lists of numbers and ranges.
struct NumberListReader {
    /// A range or list must fit into memory and be looked through while planning.
    static let mostValues = 1_000_000

    let reader: ValueReader
    var diagnostics: Diagnostics { reader.diagnostics }

    /// The values of an axis: a number, a range, or a list of both; equal values are an error.
    func axis(_ node: SourceNode, _ field: NumericField) -> [Double]? {
        guard let values = values(node, field) else { return nil }
        guard !values.isEmpty else {
            diagnostics.report(
                node, field.name, "an axis needs at least one value", remedy: "add a value or remove the axis")
            return nil
        }
        return reportRepeated(values, node, field) ? nil : values
    }

    /// Numbers and ranges one after the other; possibly none.
    func values(_ node: SourceNode, _ field: NumericField) -> [Double]? {
        guard let items = node.list else { return item(node, field) }
        var values: [Double] = []
        var isComplete = true
        for item in items {
            guard let more = self.item(item, field) else {
                isComplete = false
                continue
            }
            values += more
            guard values.count <= Self.mostValues else {
                diagnostics.report(
                    item.place, field.name, "has more than \(Self.mostValues) values", remedy: "use fewer values")
                return nil
            }
        }
        return isComplete ? values : nil
    }

    private func item(_ node: SourceNode, _ field: NumericField) -> [Double]? {
        guard node.map != nil else { return reader.number(node, field).map { [$0] } }
        guard let range = range(node, field, countIsNeeded: true), let from = range.from, let to = range.to else {
            return nil
        }
        let values = range.kind.values(from: from, to: to, count: range.count ?? 1)
        if field.isInteger, let odd = values.first(where: { $0 != $0.rounded() }) {
            let whole = values.count <= 20 ? ": [\(values.map { brief($0.rounded()) }.joined(separator: ", "))]" : ""
            diagnostics.report(
                node.place, field.name, "must be integers", value: "\(odd) in the range",
                remedy: "list the values\(whole)")
            return nil
        }
        return values
    }

    /// A range's own values; an end is `nil` only where `sweptEnds` names it.
    struct Range {
        var kind: RangeKind
        var from: Double?
        var to: Double?
        var count: Int?
    }

    /// A map with the single key `linspace`, `logspace` or `geomspace`.
    func range(
        _ node: SourceNode, _ field: NumericField, countIsNeeded: Bool, sweptEnds: Set<String> = []
    ) -> Range? {
        guard let entries = node.map, entries.count == 1, let kind = RangeKind(rawValue: entries[0].key) else {
            reportNoRange(node, field)
            return nil
        }
        let name = "\(field.name).\(kind.rawValue)"
        guard let parts = reader.map(entries[0].value, name, keys: ["from", "to", "count"]) else { return nil }
        var range = Range(kind: kind)
        var isComplete = true
        for end in ["from", "to"] where !(sweptEnds.contains("\(name).\(end)") && parts[end] == nil) {
            let value = self.end(end, of: parts, kind, field, name, entries[0].value.place)
            if end == "from" { range.from = value } else { range.to = value }
            if value == nil { isComplete = false }
        }
        if let node = parts["count"] {
            range.count = reader.number(
                node, "\(name).count", ParameterRange(1, Double(Self.mostValues)), isInteger: true).map { Int($0) }
            if range.count == nil { isComplete = false }
        } else if countIsNeeded {
            diagnostics.report(entries[0].value, name, "needs count", remedy: "add count: the number of values")
            isComplete = false
        }
        return isComplete ? range : nil
    }

    private func reportNoRange(_ node: SourceNode, _ field: NumericField) {
        let key = node.map?.first { RangeKind(rawValue: $0.key) == nil }
        let near = NearestName.nearest(to: key?.key ?? "", among: RangeKind.allCases.map(\.rawValue))
        diagnostics.report(
            key?.keyPlace ?? node.place, field.name, "must be a number or a range", value: key?.key ?? node.summary,
            remedy: near.map { "did you mean \($0)?" }
                ?? "write {linspace: {from: 0, to: 1, count: 5}} or {logspace: ...}")
    }

    private func end(
        _ end: String, of parts: [SourceEntry], _ kind: RangeKind, _ field: NumericField, _ name: String,
        _ place: SourcePlace
    ) -> Double? {
        guard let node = parts[end] else {
            diagnostics.report(place, name, "needs \(end)", remedy: "add \(end): a number")
            return nil
        }
        if kind.isGeometric, case .scalar(let text, isPlain: true) = node.content,
            case .number(let value) = JSONNumber.parse(text), value <= 0 {
            diagnostics.report(
                node, "\(name).\(end)", "must be > 0: equal ratios never reach zero",
                remedy: "put 0 beside the range, as [0, {\(kind.rawValue): ...}], or use linspace")
            return nil
        }
        return reader.number(node, "\(name).\(end)", field.range, isInteger: false)
    }

    private func reportRepeated(_ values: [Double], _ node: SourceNode, _ field: NumericField) -> Bool {
        // Ranges and most lists are ascending or descending; only others need to be sorted.
        let pairs = zip(values, values.dropFirst())
        if pairs.allSatisfy({ $0 < $1 }) || pairs.allSatisfy({ $0 > $1 }) { return false }
        let sorted = values.sorted()
        guard let twice = zip(sorted, sorted.dropFirst()).first(where: { $0 == $1 })?.0 else { return false }
        let items = node.list ?? []
        let last = items.last { $0.text.map { JSONNumber.parse($0) == .number(twice) } ?? false }
        diagnostics.report(
            last?.place ?? node.place, field.name, "has a value twice", value: brief(twice),
            remedy: "keep each value once")
        return true
    }
}
