/// y = c0 + c1 x + c2 x²: the mixture that theory predicts at moderate rho, which is no power law at all.
struct Polynomial: FitModel {
    typealias Row = SIMD4<Double>

    let name = "polynomial"
    let formula = "y = c0 + c1 x + c2 x^2"
    let summary = "a floor, a linear and a quadratic term of either sign: a mixture without one exponent"
    let linearTerms = 3
    let lawParameters: [LawParameter] = [.floor, .linear, .quadratic]
    let isSoughtOnParts = true
    let isPilot = true
    let usesZero = true

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        let terms = SIMD4(1, abscissa.scaled, abscissa.scaled * abscissa.scaled, 0)
        return ModelValue(value: (terms * theta).orderedSum, gradient: terms)
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> {
        let unit = exponential(-logScale)
        return SIMD4(theta[0], theta[1] * unit, theta[2] * unit * unit, 0)
    }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] {
        let unit = exponential(-logScale)
        return [SIMD4(1, 0, 0, 0), SIMD4(0, unit, 0, 0), SIMD4(0, 0, unit * unit, 0)]
    }
}
