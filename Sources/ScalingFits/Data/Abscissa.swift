/// A point of the abscissa as models see it: divided by the group's scale, so that columns are of order one and the
/// exponent is nearly uncorrelated with the prefactor.
struct Abscissa: Sendable, Equatable {
    /// x / scale.
    var scaled: Double
    /// ln(x / scale); -infinity at x = 0.
    var logScaled: Double

    /// (x / scale)^exponent; at x = 0 it is 0 (models that use zero have positive exponents only).
    @inline(__always)
    func power(_ exponent: Double) -> Double {
        logScaled == -.infinity ? 0 : exponential(exponent * logScaled)
    }
}
