/// y = c1 x + c2 x²: what an excess over x = 0 looks like where linear and quadratic terms compete. Like the powers it
/// says y(0) = 0.
struct LinearAndQuadratic: FitModel {
    typealias Row = SIMD4<Double>

    let name = "linear+quadratic"
    let formula = "y = c1 x + c2 x^2"
    let summary = "a linear and a quadratic term of either sign and no floor, as excesses have them"
    let linearTerms = 2
    let lawParameters: [LawParameter] = [.linear, .quadratic]
    let isSoughtOnParts = true
    let extraTerms: [ExtraTerm] = [.floor]

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        let terms = SIMD4(abscissa.scaled, abscissa.scaled * abscissa.scaled, 0, 0)
        return ModelValue(value: (terms * theta).orderedSum, gradient: terms)
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> {
        let unit = exponential(-logScale)
        return SIMD4(theta[0] * unit, theta[1] * unit * unit, 0, 0)
    }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] {
        let unit = exponential(-logScale)
        return [SIMD4(unit, 0, 0, 0), SIMD4(0, unit * unit, 0, 0)]
    }
}
