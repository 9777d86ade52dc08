/// y = c0 + C x^k: a noise floor and a power above it. x = 0 takes part and pins the floor.
struct PowerLawWithFloor: FitModel {
    let name = "power+floor"
    let formula = "y = c0 + C x^k"
    let summary = "one power of x above a floor; x = 0 takes part"
    let linearTerms = 2
    let hasExponent = true
    let hasFloor = true
    let usesZero = true
    let needsPositiveResponses = false

    /// Without the neighbourhood of k = 0, where the power is a second floor. With x = 0, negative powers are out.
    func exponentGrid(includesZero: Bool) -> [Double] {
        let positive = [0.05, 0.125] + (1...32).map { Double($0) / 4 }
        return includesZero ? positive : positive.reversed().map { -$0 } + positive
    }

    func row(at abscissa: Abscissa, exponent: Double) -> ModelRow {
        let power = abscissa.power(exponent)
        return ModelRow(
            terms: SIMD4(1, power, 0, 0),
            slopes: SIMD4(0, power == 0 ? 0 : power * abscissa.logScaled, 0, 0))
    }

    func reading(coefficients: SIMD4<Double>, exponent: Double, scale: Double) -> LawReading {
        let prefactor = PowerTerm.prefactor(coefficients[1], exponent: exponent, scale: scale)
        return LawReading(
            exponent: exponent, prefactor: prefactor, floor: coefficients[0],
            coefficients: [coefficients[0], prefactor])
    }
}
