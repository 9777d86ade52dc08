import PortableMath
import TrialContract

extension SweepDecoder {
    private static var field: NumericField { FieldCatalogue.eigenvalues }

    /// `eigenvalues`: a number, a range, a list of numbers, ranges and blocks, or a single block.
    func spectrum(_ node: SourceNode?, place: SourceNode) -> SpectrumSpec? {
        let name = Self.field.name
        let isSwept = swept.contains(name)
        guard let node else {
            if isSwept { return .uniform(nil) }
            if let range = sweptRange() { return range }
            diagnostics.report(
                place, name, "is missing",
                remedy: "add eigenvalues: a number, a list, or {logspace: {from: ..., to: ...}}")
            return nil
        }
        if isSwept {
            diagnostics.report(node, name, "is given here and swept or derived", remedy: "keep it in one place only")
            return nil
        }
        if node.text != nil { return reader.number(node, Self.field).map { .uniform($0) } }
        if let items = node.list { return blocks(items, node) }
        if node.map?["value"] != nil || node.map?["multiplicity"] != nil {
            return block(node).map { .blocks([$0], node.place) }
        }
        return rangedSpectrum(node)
    }

    private func rangedSpectrum(_ node: SourceNode) -> SpectrumSpec? {
        guard let range = lists.range(node, Self.field, countIsNeeded: false, sweptEnds: swept) else { return nil }
        guard let count = range.count else { return .spread(range.kind, from: range.from, to: range.to) }
        guard let from = range.from, let to = range.to else {
            diagnostics.report(
                node, Self.field.name, "a range with count cannot have a swept end",
                remedy: "give dimension instead of count")
            return nil
        }
        return .blocks(expand(range.kind, from, to, count), node.place)
    }

    /// A range whose two ends are swept, without any `eigenvalues`.
    private func sweptRange() -> SpectrumSpec? {
        for kind in RangeKind.allCases
        where ["from", "to"].allSatisfy({ swept.contains(FieldCatalogue.rangeEnd(kind, $0).name) }) {
            return .spread(kind, from: nil, to: nil)
        }
        return nil
    }

    private func expand(_ kind: RangeKind, _ from: Double, _ to: Double, _ count: Int) -> [EigenBlock] {
        kind.values(from: from, to: to, count: count).map { EigenBlock(value: $0, multiplicity: 1) }
    }

    private func blocks(_ items: [SourceNode], _ node: SourceNode) -> SpectrumSpec? {
        var blocks: [EigenBlock] = []
        var isComplete = !items.isEmpty
        if items.isEmpty {
            diagnostics.report(node, Self.field.name, "is empty", remedy: "give at least one eigenvalue")
        }
        for item in items {
            let part = self.blocks(item)
            blocks += part ?? []
            isComplete = isComplete && part != nil
        }
        guard isComplete else { return nil }
        let count = blocks.reduce(0.0) { $0 + Double($1.multiplicity) }
        guard count <= FieldCatalogue.largestDimension else {
            diagnostics.report(
                node.place, Self.field.name, "has more than \(brief(FieldCatalogue.largestDimension)) eigenvalues",
                value: brief(count), remedy: "use smaller multiplicities")
            return nil
        }
        return .blocks(blocks, node.place)
    }

    /// What one entry of a list stands for.
    private func blocks(_ item: SourceNode) -> [EigenBlock]? {
        if item.map?["value"] != nil || item.map?["multiplicity"] != nil { return block(item).map { [$0] } }
        return lists.values(item, Self.field)?.map { EigenBlock(value: $0, multiplicity: 1) }
    }

    /// `{value: 1, multiplicity: 3}`
    private func block(_ node: SourceNode) -> EigenBlock? {
        let name = Self.field.name
        guard let parts = reader.map(node, name, keys: ["value", "multiplicity"]) else { return nil }
        guard let value = parts["value"] else {
            diagnostics.report(node, name, "a block needs value", remedy: "write {value: 1, multiplicity: 3}")
            return nil
        }
        let most = ParameterRange(1, FieldCatalogue.largestDimension)
        let multiplicity = parts["multiplicity"].map {
            reader.number($0, "\(name).multiplicity", most, isInteger: true)
        } ?? 1
        guard let number = reader.number(value, "\(name).value", Self.field.range, isInteger: false), let multiplicity
        else { return nil }
        return EigenBlock(value: number, multiplicity: Int(multiplicity))
    }
}

extension RangeKind {
    func values(from: Double, to: Double, count: Int) -> [Double] {
        isGeometric
            ? PortableMath.logspace(from: from, to: to, count: count)
            : PortableMath.linspace(from: from, to: to, count: count)
    }
}

extension SpectrumSpec {
    /// As labels, fingerprints and stream keys show it; `nil` where the values are quantities of their own.
    var label: String? {
        switch self {
        case .uniform(let value): return value.map(brief)
        case .spread(let kind, let from, let to):
            let word = kind.isGeometric ? "logspace" : "linspace"
            return "\(word)(\(from.map(brief) ?? "*"),\(to.map(brief) ?? "*"))"
        case .blocks(let blocks, _):
            let parts = blocks.map { $0.multiplicity == 1 ? brief($0.value) : "\(brief($0.value))x\($0.multiplicity)" }
            return "[\(parts.joined(separator: ","))]"
        }
    }
}
