/// What a model is fitted to: means with the standard deviation each is allowed.
struct WeightedPoints: Sendable {
    var abscissae: [Abscissa]
    var responses: [Double]
    /// 1 / standard deviation, > 0; 0 leaves the point out.
    var weights: [Double]

    var count: Int { responses.count }
    var includesZero: Bool { abscissae.contains { $0.logScaled == -.infinity } }

    func selecting(_ indices: [Int]) -> WeightedPoints {
        WeightedPoints(
            abscissae: indices.map { abscissae[$0] }, responses: indices.map { responses[$0] },
            weights: indices.map { weights[$0] })
    }
}

/// A fitted member of a family, on the scaled abscissa.
struct ParametricFit: Sendable {
    var coefficients: SIMD4<Double>
    /// 0 in models without one.
    var exponent: Double
    /// Sum of the squared weighted residuals.
    var chiSquared: Double

    @inline(__always)
    func value(_ model: some FitModel, at abscissa: Abscissa) -> Double {
        (model.row(at: abscissa, exponent: exponent).terms * coefficients).orderedSum
    }
}
