/// y = c0 + c1 x + c2 x²: the mixture that theory predicts at moderate rho, which is no power law at all.
struct QuadraticPolynomial: FitModel {
    let name = "polynomial"
    let formula = "y = c0 + c1 x + c2 x^2"
    let summary = "a floor, a linear and a quadratic term of either sign: a mixture without one exponent"
    let linearTerms = 3
    let hasExponent = false
    let hasFloor = true
    let usesZero = true
    let needsPositiveResponses = false

    func exponentGrid(includesZero: Bool) -> [Double] { [] }

    func row(at abscissa: Abscissa, exponent: Double) -> ModelRow {
        ModelRow(terms: SIMD4(1, abscissa.scaled, abscissa.scaled * abscissa.scaled, 0), slopes: .zero)
    }

    func reading(coefficients: SIMD4<Double>, exponent: Double, scale: Double) -> LawReading {
        LawReading(
            exponent: nil, prefactor: nil, floor: coefficients[0],
            coefficients: [coefficients[0], coefficients[1] / scale, coefficients[2] / (scale * scale)])
    }
}
