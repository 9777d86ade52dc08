/// A measured response beside what theory says of it.
public struct TheoryRow: Sendable, Equatable {
    public var x: Double
    public var measured: Double
    /// `nil` without scatter.
    public var standardError: Double?
    public var predicted: Double
    /// Stated error of the closed form, in units of the response.
    public var predictionError: Double
    public var form: String

    /// (measured - predicted) / standard error; `nil` without scatter.
    public var zScore: Double? {
        standardError.flatMap { $0 > 0 ? (measured - predicted) / $0 : nil }
    }

    /// Whether both agree within `count` standard errors plus the form's stated error; to 1e-6 without scatter.
    public func agrees(within count: Double = 3) -> Bool {
        let scatter = standardError.map { count * $0 } ?? 0
        return abs(measured - predicted) <= scatter + predictionError + 1e-6 * abs(predicted)
    }
}

/// Theory and measurement of one group.
public struct TheoryComparison: Sendable, Equatable {
    public var by: GroupKey
    public var response: String
    public var against: String
    public var rows: [TheoryRow]
    /// Measured cells for which no closed form is known.
    public var uncovered: Int

    /// Compares every fitted group's cells with the closed forms; groups without any are left out.
    ///
    /// Responses that theory covers are `distance_squared` and `excess`, both as means.
    ///
    /// - Parameter setting: what is known of a cell, by its number in the result; `nil` where it is not known.
    public static func compare(
        _ outcomes: [FitOutcome], setting: (Int) throws -> TheorySetting?
    ) rethrows -> [TheoryComparison] {
        try outcomes.compactMap { outcome in
            guard case .fit(let fit) = outcome, ["distance_squared", "excess"].contains(fit.response) else { return nil }
            var comparison = TheoryComparison(
                by: fit.by, response: fit.response, against: fit.against, rows: [], uncovered: 0)
            for point in fit.curve {
                let known = try point.cell.flatMap(setting)
                if let row = known.flatMap({ row(point, $0, isExcess: fit.response == "excess") }) {
                    comparison.rows.append(row)
                } else {
                    comparison.uncovered += 1
                }
            }
            return comparison.rows.isEmpty ? nil : comparison
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
        return TheoryRow(
            x: point.x, measured: point.mean, standardError: point.standardError, predicted: predicted,
            predictionError: error, form: own.form)
    }
}
