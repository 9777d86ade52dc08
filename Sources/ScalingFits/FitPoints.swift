/// What a model is fitted to: one response per point with the inverse covariance of all of them.
struct FitPoints: Sendable {
    let abscissae: [Abscissa]
    let responses: [Double]
    let precision: Precision
    /// Turns residuals into independent ones of unit variance.
    let whitener: Whitener

    /// `nil` where the precision is not positive definite.
    init?(abscissae: [Abscissa], responses: [Double], precision: Precision) {
        guard let whitener = Whitener(precision) else { return nil }
        self.abscissae = abscissae
        self.responses = responses
        self.precision = precision
        self.whitener = whitener
    }

    var count: Int { responses.count }
    var includesZero: Bool { abscissae.contains { $0.logScaled == -.infinity } }
    /// ln(x / scale) of the points with positive x, ascending.
    var logs: [Double] { abscissae.map(\.logScaled).filter { $0 > -.infinity } }

    /// The points of these positions; the others are as if they had not been measured.
    func selecting(_ indices: [Int]) -> FitPoints? {
        guard indices.count < count else { return self }
        return precision.marginal(of: indices).flatMap {
            FitPoints(
                abscissae: indices.map { abscissae[$0] }, responses: indices.map { responses[$0] }, precision: $0)
        }
    }

    /// The same points with other responses.
    func replacing(_ responses: [Double]) -> FitPoints? {
        FitPoints(abscissae: abscissae, responses: responses, precision: precision)
    }
}

/// A fitted member of a family, on the scaled abscissa.
struct ParametricFit: Sendable {
    /// Linear coefficients, then the shape.
    var theta: SIMD4<Double>
    /// Residuals weighted by the inverse covariance.
    var chiSquared: Double
}
