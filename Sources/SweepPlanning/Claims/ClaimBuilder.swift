import ExpressionSyntax
import TrialContract

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
        return isFound ? claim : nil
    }

    func laid(_ expression: ExpressionSpec) -> LaidExpression {
        LaidExpression(expression, layout: layout, decoder: decoder)
    }

    func laid(_ band: BandSpec) -> ClaimBand {
        ClaimBand(
            atLeast: band.atLeast.map(laid), atMost: band.atMost.map(laid), center: band.center.map(laid),
            margin: band.margin.map(laid), tolerance: band.tolerance,
            constant: band.constant.map { ClaimConstant(selection: laid($0.selection), allowance: $0.allowance) })
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
