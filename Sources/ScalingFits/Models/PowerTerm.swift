import PortableMath

/// What models with a term C x^k share.
enum PowerTerm {
    /// C from the coefficient of (x / scale)^k.
    @inline(__always)
    static func prefactor(_ coefficient: Double, exponent: Double, logScale: Double) -> Double {
        coefficient * exponential(-exponent * logScale)
    }

    /// The derivatives of the prefactor with respect to coefficient and exponent.
    static func prefactorGradient(
        _ coefficient: Double, exponent: Double, logScale: Double
    ) -> (coefficient: Double, exponent: Double) {
        let unit = exponential(-exponent * logScale)
        return (unit, -logScale * coefficient * unit)
    }

    /// Exponents that are searched where x = 0 takes no part.
    static let grid = (-32...32).map { Double($0) / 4 }
    /// Without the neighbourhood of k = 0, where the power is a second floor.
    static let positiveGrid = [0.05, 0.125] + (1...32).map { Double($0) / 4 }
}
