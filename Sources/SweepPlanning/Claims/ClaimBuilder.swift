import ExpressionSyntax
import TrialContract
import TrialSummaries

/// Turns what the file says of claims into claims over the plan's cells, and checks what needs the grid.
struct ClaimBuilder {
    /// Cells looked at to see whether a claim selects any.
    private static let mostLookups = 10_000

    let layout: Layout
    let decoder: CellDecoder
    let diagnostics: Diagnostics

    /// Throws everything that is wrong with the claims.
    func claims() throws -> [Claim] {
        let claims = layout.spec.claims.compactMap(claim)
        try diagnostics.throwIfAny()
        return claims
    }

    private func claim(_ spec: ClaimSpec) -> Claim? {
        let measure = measure(spec.measure)
        requireNumbers(spec.measure.expression)
        var claim = Claim(
            name: spec.name, statement: spec.statement, source: spec.source, measure: measure,
            expectation: .band(ClaimBand()), confidence: spec.confidence)
        claim.selection = spec.selection.map(laid)
        let (isFound, baseline) = self.baseline(spec)
        claim.baseline = baseline
        claim.extreme = extreme(spec)
        switch spec.expectation {
        case .band(let band):
            claim.expectation = .band(laid(band))
            requireConstant(band, spec, claim)
        case .table(let table):
            guard let laid = self.table(table, spec) else { return nil }
            claim.expectation = .table(laid)
            for outcome in table.outcomes { requireConstant(outcome.band, spec, claim) }
        }
        requireVariation(spec, claim)
        requireSelection(spec, claim)
        requireBlocks(spec, claim)
        return isFound ? claim : nil
    }

    func laid(_ expression: ExpressionSpec) -> PlannedExpression {
        PlannedExpression(expression, layout: layout, decoder: decoder)
    }

    func laid(_ band: BandSpec) -> ClaimBand {
        ClaimBand(
            atLeast: band.atLeast.map(laid), atMost: band.atMost.map(laid), center: band.center.map(laid),
            margin: band.margin.map(laid), tolerance: band.tolerance,
            constant: band.constant.map { ClaimConstant(selection: laid($0.selection), allowance: $0.allowance) })
    }

    /// Vectors are no values of trials.
    private func requireNumbers(_ expression: ExpressionSpec) {
        let vectors = layout.spec.record.filter { !$0.storage.isScalar }.map(\.name)
        guard let name = expression.program.names.first(where: vectors.contains) else { return }
        diagnostics.report(
            expression.node.place, expression.field, "measures a vector", value: name,
            remedy: "record a number of it, as its norm or one of its elements")
    }

    private func measure(_ spec: MeasureSpec) -> ClaimMeasure {
        switch spec {
        case .every(let expression): .every(laid(expression))
        case .mean(let expression): .mean(laid(expression))
        case .law(let parameter, let response, let abscissa, let model):
            .law(ClaimLaw(parameter: parameter, response: laid(response), abscissa: laid(abscissa), model: model))
        }
    }

    private func extreme(_ spec: ClaimSpec) -> ClaimExtreme? {
        guard let extreme = spec.extreme, !extreme.names.isEmpty else { return nil }
        if case .law = spec.measure {
            diagnostics.report(
                extreme.names[0], extreme.field, "cannot be taken of a law", remedy: "measure every or mean instead")
        }
        let dimensions = extreme.names.compactMap { dimension($0, extreme.field) }
        return ClaimExtreme(isLargest: extreme.isLargest, dimensions: Set(dimensions).sorted())
    }

    /// The position of a dimension by its name.
    func dimension(_ node: SourceNode, _ field: String) -> Int? {
        let names = layout.grid.dimensions.map(\.name)
        if let text = node.text, let place = names.firstIndex(of: text) { return place }
        diagnostics.report(
            node, field, "is not a dimension of this sweep",
            remedy: NearestName.remedy(for: node.text ?? "", among: names))
        return nil
    }

    /// What is expected has one value wherever one thing is measured.
    private func requireConstant(_ band: BandSpec, _ spec: ClaimSpec, _ claim: Claim) {
        var free = claim.extreme?.dimensions ?? []
        if case .law(let law) = claim.measure { free += law.abscissa.dimensions }
        for expression in band.expressions {
            let own = laid(expression).dimensions
            guard let place = own.first(where: { free.contains($0) && layout.grid.dimensions[$0].count > 1 })
            else { continue }
            diagnostics.report(
                expression.node, expression.field,
                "varies along \(layout.grid.dimensions[place].name), over which one value is measured",
                remedy: "leave it out here, or put it into what is measured")
        }
    }

    private func requireVariation(_ spec: ClaimSpec, _ claim: Claim) {
        guard case .law(_, let response, let abscissa, _) = spec.measure, case .law(let law) = claim.measure
        else { return }
        if !law.abscissa.dimensions.contains(where: { layout.grid.dimensions[$0].count > 1 }) {
            diagnostics.report(
                abscissa.node, abscissa.field, "has one value in this sweep", remedy: "give it several under axes")
        }
        if law.response.statistics.isEmpty {
            diagnostics.report(
                response.node, response.field, "names nothing that is recorded",
                remedy: "use a statistic, as distance^2")
        }
    }

    /// Where the result keeps blocks of trials, what is measured must follow from what it keeps of them.
    private func requireBlocks(_ spec: ClaimSpec, _ claim: Claim) {
        guard layout.spec.keep == .summary else { return }
        let own = spec.measure.expression, remedy = "claim the mean of such a sum, or write keep: trials"
        let names = laid(own).statistics, counts = [SummaryColumn.divergedStatistic, SummaryColumn.stepsStatistic]
        guard let polynomial = laid(own).polynomial(inCell: 0),
            !polynomial.terms.contains(where: { $0.value.count > 1 && counts.contains(names[$0.key]) })
        else {
            diagnostics.report(
                own.node, own.field, "does not follow from the moments of blocks, which keep: summary keeps; what does are "
                    + "sums of powers up to \(StatisticPolynomial.highestDegree) of single statistics", remedy: remedy)
            return
        }
        guard case .every = spec.measure else { return }
        if claim.baseline != nil || claim.extreme != nil || polynomial.terms.count > 1 {
            diagnostics.report(
                own.node, own.field, "asks for the extremes of something that is made of several values, and keep: summary keeps "
                    + "those of single statistics", remedy: remedy)
        }
    }

    /// A claim about nothing would pass.
    private func requireSelection(_ spec: ClaimSpec, _ claim: Claim) {
        guard let selection = spec.selection, let own = claim.selection else { return }
        let scan = GridScan(layout, [], over: own.dimensions)
        guard let count = scan.count, count <= Self.mostLookups else { return }
        let all = Array(layout.grid.dimensions.indices)
        var found = false
        scan.forEach { digits, _ in
            let cell = layout.place(digits, over: all)
            found = own.bound(to: cell)([]) != 0
            return !found
        }
        guard !found else { return }
        diagnostics.report(
            selection.node, selection.field, "selects no cell", remedy: "relax the condition or add values to the axes")
    }
}

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
