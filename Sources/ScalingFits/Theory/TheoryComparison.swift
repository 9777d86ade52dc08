/// A measured response beside what theory says of it.
package struct TheoryRow: Sendable, Equatable {
    package var x: Double
    package var measured: Double
    /// `nil` without scatter.
    package var standardError: Double?
    package var predicted: Double
    /// Stated error of the closed form, in units of the response.
    package var predictionError: Double
    package var form: String
    /// Whether measurement and form differ, and rounding decides where such a trial ends: see
    /// `TheoryCatalogue.dependsOnRounding`.
    package var dependsOnRounding = false

    /// yes, no, or rounding, where neither can be said.
    package var verdict: String { agrees() ? "yes" : dependsOnRounding ? "rounding" : "no" }

    /// What is to be known of the verdict rounding.
    package static let roundingRemark = "rounding: an iterate hits the minimiser but for rounding, or starts a last bit apart "
        + "end apart, so the last bit decides where such a trial ends; start at random points (start: {sphere: 1}) or, where all eigenvalues "
        + "are equal, change start.radius or rho a little"

    /// (measured - predicted) / standard error; `nil` without scatter.
    package var zScore: Double? {
        standardError.flatMap { $0 > 0 ? (measured - predicted) / $0 : nil }
    }

    /// Whether both agree within `count` standard errors plus the form's stated error; to 1e-6 without scatter.
    package func agrees(within count: Double = 3) -> Bool {
        let scatter = standardError.map { count * $0 } ?? 0
        return abs(measured - predicted) <= scatter + predictionError + 1e-6 * abs(predicted)
    }
}

/// A parameter of a fitted law beside what theory makes of it: that of the same law fitted with the same weights to theory's
/// values at the same points.
package struct TheoryCoefficient: Sendable, Equatable {
    package var name: String
    package var fitted: Double
    /// `nil` without scatter.
    package var standardError: Double?
    package var interval: Interval?
    package var theory: Double

    /// (fitted - theory) / standard error; `nil` without scatter.
    package var zScore: Double? { standardError.flatMap { $0 > 0 ? (fitted - theory) / $0 : nil } }
}

/// Theory and measurement of one group.
package struct TheoryComparison: Sendable, Equatable {
    package var by: GroupKey
    package var response: String
    package var against: String
    package var rows: [TheoryRow]
    /// Measured cells for which no closed form is known.
    package var uncovered: Int
    /// Parts of those cells' settings that no form knows, in words.
    package var unknownParts: [String] = []
    /// Empty where there is no law, or a closed form is not known for all of its points.
    package var coefficients: [TheoryCoefficient] = []

    /// Compares every fitted group's cells with the closed forms; groups without any are left out.
    ///
    /// Responses that theory covers are `distance_squared` and `excess`, both as means.
    ///
    /// - Parameter setting: what is known of a cell, by its number in the result; `nil` where it is not known.
    package static func compare(
        _ outcomes: [FitOutcome], setting: (Int) throws -> TheorySetting?
    ) rethrows -> [TheoryComparison] {
        try outcomes.compactMap { outcome -> TheoryComparison? in
            guard case .fit(let fit) = outcome, ["distance_squared", "excess"].contains(fit.response) else { return nil }
            var comparison = TheoryComparison(
                by: fit.by, response: fit.response, against: fit.against, rows: [], uncovered: 0)
            for point in fit.curve {
                let known = try point.cell.flatMap(setting)
                // An excess is over the same trials where the abscissa is 0, and forms know of that at rho = 0.
                let isCovered = fit.response != "excess" || fit.against == "rho"
                let found = isCovered ? known.flatMap { row(point, $0, isExcess: fit.response == "excess") } : nil
                guard let found else {
                    comparison.uncovered += 1
                    if let part = known.flatMap(TheoryCatalogue.unknownPart), !comparison.unknownParts.contains(part) {
                        comparison.unknownParts.append(part)
                    }
                    continue
                }
                comparison.rows.append(found)
            }
            comparison.coefficients = coefficients(fit, comparison.rows)
            return comparison.rows.isEmpty ? nil : comparison
        }
    }

    private static func coefficients(_ fit: ScalingFit, _ rows: [TheoryRow]) -> [TheoryCoefficient] {
        guard let model = fit.model.flatMap(ModelCatalogue.find) else { return [] }
        let used = fit.curve.filter { $0.weight != nil }
        let predicted = used.compactMap { point in rows.first { $0.x == point.x }?.predicted }
        guard !used.isEmpty, predicted.count == used.count else { return [] }
        let logs = used.filter { $0.x > 0 }.map { logarithm($0.x) }
        let logScale = logs.isEmpty ? 0 : logs.reduce(0, +) / Double(logs.count)
        let abscissae = used.map { point in
            Abscissa(
                scaled: point.x * exponential(-logScale), logScaled: point.x > 0 ? logarithm(point.x) - logScale : -.infinity)
        }
        guard let points = FitPoints(abscissae: abscissae, responses: predicted, weights: used.map { $0.weight ?? 1 }),
            let own = model.leastSquares(points)
        else { return [] }
        let reading = model.reading(own.theta, logScale: logScale)
        return fit.parameters.enumerated().map { index, parameter in
            TheoryCoefficient(
                name: parameter.name, fitted: parameter.value, standardError: parameter.standardError, interval: parameter.interval,
                theory: reading[index])
        }
    }

    /// A form's error is that of the distance itself, also where a difference of two is compared.
    private static func row(_ point: FittedPoint, _ setting: TheorySetting, isExcess: Bool) -> TheoryRow? {
        guard let own = TheoryCatalogue.prediction(setting) else { return nil }
        var (predicted, error) = (own.distanceSquared, own.distanceSquared * own.relativeError)
        if isExcess {
            var origin = setting
            origin.rho = 0
            guard let base = TheoryCatalogue.prediction(origin) else { return nil }
            predicted -= base.distanceSquared
            error += base.distanceSquared * base.relativeError
        }
        var row = TheoryRow(
            x: point.x, measured: point.mean, standardError: point.standardError, predicted: predicted,
            predictionError: error, form: own.form)
        row.dependsOnRounding = !row.agrees() && TheoryCatalogue.dependsOnRounding(setting)
        return row
    }
}
