import TrialContract

extension Claim {
    /// What is measured, as `mean of distance^2` or `exponent of distance^2 against rho`.
    var measureText: String {
        var text = switch measure {
        case .every(let expression): expression.isCondition ? "\(expression.text), in every trial" : expression.text
        case .mean(let expression): "mean of \(expression.text)"
        case .law(let law): "\(law.parameter.rawValue) of \(law.response.text) against \(law.abscissa.text)"
        }
        if let baseline { text += ", minus that at \(baseline.text)" }
        if let extreme { text += ", \(extreme.isLargest ? "largest" : "smallest") of its cells" }
        return text
    }

    /// What theory says, as `>= rho / 4`; empty for a condition.
    var expectationText: String {
        if measure.expression.isCondition { return "" }
        return bandText
    }

    private var bandText: String {
        switch expectation {
        case .band(let band): band.text
        case .table(let table): table.outcomes.map { "\($0.name): \($0.band.text)" }.joined(separator: "; ")
        }
    }
}

extension ClaimBand {
    var text: String {
        let factor = constant == nil ? "" : "C * "
        func end(_ sign: String, _ expression: (any CellExpression)?) -> String? {
            expression.map { "\(sign) \(factor)\(constant != nil && $0.text.contains(" ") ? "(\($0.text))" : $0.text)" }
        }
        let ends = [end(">=", atLeast), end("<=", atMost), end("=", center)].compactMap(\.self)
        return ends.joined(separator: " and ")
    }
}
