/// y = C x^k, the pure scaling law. It says y(0) = 0, so a point at x = 0 is not fitted but counts against it.
struct PowerLaw: FitModel {
    let name = "power"
    let formula = "y = C x^k"
    let summary = "one power of x and no floor; x = 0 does not take part"
    let linearTerms = 1
    let hasExponent = true
    let hasFloor = false
    let usesZero = false
    let needsPositiveResponses = true

    func exponentGrid(includesZero: Bool) -> [Double] {
        (-32...32).map { Double($0) / 4 }
    }

    func row(at abscissa: Abscissa, exponent: Double) -> ModelRow {
        let power = abscissa.power(exponent)
        return ModelRow(
            terms: SIMD4(power, 0, 0, 0),
            slopes: SIMD4(power == 0 ? 0 : power * abscissa.logScaled, 0, 0, 0))
    }

    func reading(coefficients: SIMD4<Double>, exponent: Double, scale: Double) -> LawReading {
        let prefactor = PowerTerm.prefactor(coefficients[0], exponent: exponent, scale: scale)
        return LawReading(exponent: exponent, prefactor: prefactor, floor: nil, coefficients: [prefactor])
    }
}
