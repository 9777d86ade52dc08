import PortableMath

/// What models with a term C x^k share.
enum PowerTerm {
    /// C from the coefficient of (x / scale)^k.
    static func prefactor(_ coefficient: Double, exponent: Double, scale: Double) -> Double {
        coefficient * PortableMath.exp(-exponent * PortableMath.log(scale))
    }
}
