import ExpressionSyntax
import TrialContract

extension ClaimBuilder {
    /// The positions that `minus` names; whether all of them are there.
    func baseline(_ spec: ClaimSpec) -> (isFound: Bool, ClaimBaseline?) {
        guard let entries = spec.baseline else { return (true, nil) }
        guard !entries.isEmpty else {
            diagnostics.report(
                spec.place, spec.path("minus"), "names no cell", remedy: "write {rho: 0} or {optimizer: sgd}")
            return (false, nil)
        }
        var positions: [Int: Int] = [:]
        for entry in entries {
            let field = spec.path("minus")
            let key = SourceNode(.scalar(entry.key, isPlain: true), place: entry.keyPlace)
            guard let dimension = dimension(key, field) else { return (false, nil) }
            guard let position = position(entry.value.text, along: dimension) else {
                diagnostics.report(
                    entry.value, "\(field).\(entry.key)", "is not a value of this dimension",
                    remedy: "there are \(labels(of: dimension))")
                return (false, nil)
            }
            positions[dimension] = position
        }
        let text = entries.map { "\($0.key) \($0.value.text ?? "")" }.joined(separator: ", ")
        return (true, ClaimBaseline(text: text, positions: positions))
    }

    func table(_ spec: TableSpec, _ claim: ClaimSpec) -> ClaimTable? {
        let field = claim.path("table")
        let places = [(spec.rows, "rows"), (spec.columns, "columns")].map { dimension($0.0, "\(field).\($0.1)") }
        guard let rows = places[0], let columns = places[1] else { return nil }
        guard rows != columns else {
            diagnostics.report(spec.columns, "\(field).columns", "are also the rows", remedy: "use another dimension")
            return nil
        }
        var table = ClaimTable(
            rows: rows, columns: columns, outcomes: spec.outcomes.map { .init(name: $0.name, band: laid($0.band)) },
            expected: (0..<layout.grid.dimensions[rows].count).map { _ in
                [Int?](repeating: nil, count: layout.grid.dimensions[columns].count)
            })
        for row in spec.expected {
            guard let place = cellPosition(row, along: rows, "\(field).expect"),
                let outcomes = outcomes(row, table, "\(field).expect.\(row.key)")
            else { return nil }
            table.expected[place] = outcomes
        }
        return table
    }

    /// What is expected in a row; `nil` after reporting.
    private func outcomes(_ row: SourceEntry, _ table: ClaimTable, _ field: String) -> [Int?]? {
        guard let entries = row.value.map ?? reportNoMap(row.value, field) else { return nil }
        var outcomes = [Int?](repeating: nil, count: layout.grid.dimensions[table.columns].count)
        let names = table.outcomes.map(\.name)
        for entry in entries {
            let path = "\(field).\(entry.key)"
            guard let column = cellPosition(entry, along: table.columns, path) else { return nil }
            guard let outcome = names.firstIndex(of: entry.value.text ?? "") else {
                diagnostics.report(
                    entry.value, path, "is not an outcome",
                    remedy: NearestName.remedy(for: entry.value.text ?? "", among: names))
                return nil
            }
            outcomes[column] = outcome
        }
        return outcomes
    }

    private func reportNoMap(_ node: SourceNode, _ field: String) -> [SourceEntry]? {
        diagnostics.report(node, field, "must be a map", remedy: "write {sgd: OUTCOME, m-sam: OUTCOME}")
        return nil
    }

    private func cellPosition(_ entry: SourceEntry, along dimension: Int, _ field: String) -> Int? {
        if let position = position(entry.key, along: dimension) { return position }
        diagnostics.report(
            entry.keyPlace, field, "is not a value of \(layout.grid.dimensions[dimension].name)", value: entry.key,
            remedy: "there are \(labels(of: dimension))")
        return nil
    }

    /// Where a value stands along a dimension; components go by label or, where that is unique, by name.
    private func position(_ text: String?, along dimension: Int) -> Int? {
        guard let text else { return nil }
        switch layout.grid.dimensions[dimension].values {
        case .names(let labels):
            if let place = labels.firstIndex(of: text) { return place }
            let named = labels.indices.filter { labels[$0].hasPrefix(text + "(") }
            return named.count == 1 ? named[0] : nil
        case .integers(let numbers): return Int(text).flatMap(numbers.firstIndex)
        case .numbers(let numbers):
            guard case .number(let value) = JSONNumber.parse(text) else { return nil }
            return numbers.firstIndex(of: value)
        }
    }

    private func labels(of dimension: Int) -> String {
        let labels: [String] = switch layout.grid.dimensions[dimension].values {
        case .names(let names): names
        case .integers(let numbers): numbers.prefix(20).map { "\($0)" }
        case .numbers(let numbers): numbers.prefix(20).map(brief)
        }
        return labels.joined(separator: ", ") + (layout.grid.dimensions[dimension].count > labels.count ? ", ..." : "")
    }
}
