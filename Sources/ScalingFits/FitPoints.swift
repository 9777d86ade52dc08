/// What a model is fitted to: one response per point, each with its weight.
struct FitPoints: Sendable {
    let abscissae: [Abscissa]
    let responses: [Double]
    /// One over the variance of each response, positive.
    let weights: [Double]
    /// Square roots of the weights: what residuals are multiplied with to have unit variance.
    let roots: [Double]

    /// `nil` where a weight is not a positive number.
    init?(abscissae: [Abscissa], responses: [Double], weights: [Double]) {
        guard weights.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        self.abscissae = abscissae
        self.responses = responses
        self.weights = weights
        roots = weights.map { $0.squareRoot() }
    }

    var count: Int { responses.count }
    var includesZero: Bool { abscissae.contains { $0.logScaled == -.infinity } }
    /// ln(x / scale) of the points with positive x, ascending.
    var logs: [Double] { abscissae.map(\.logScaled).filter { $0 > -.infinity } }

    /// The points of these positions; the others are as if they had not been measured.
    func selecting(_ indices: [Int]) -> FitPoints? {
        guard indices.count < count else { return self }
        return FitPoints(
            abscissae: indices.map { abscissae[$0] }, responses: indices.map { responses[$0] },
            weights: indices.map { weights[$0] })
    }

    /// The same points with other responses.
    func replacing(_ responses: [Double]) -> FitPoints? {
        FitPoints(abscissae: abscissae, responses: responses, weights: weights)
    }

    /// Multiplies each entry with the root of its point's weight.
    func whiten(_ vector: inout [Double]) {
        for index in vector.indices { vector[index] *= roots[index] }
    }
}

/// A fitted member of a family, on the scaled abscissa.
struct ParametricFit: Sendable {
    /// Linear coefficients, then the shape.
    var theta: SIMD4<Double>
    /// Σ weight (response - value)².
    var chiSquared: Double
}
