/// y = c0 + C x²: a noise floor and the exponent 2 taken for granted above it.
struct QuadraticWithFloor: FitModel {
    typealias Row = SIMD4<Double>

    let name = "quadratic+floor"
    let formula = "y = c0 + C x^2"
    let summary = "exponent 2 taken for granted above a floor; compared with power+floor, chosen only by --model"
    let linearTerms = 2
    let lawParameters: [LawParameter] = [.floor, .prefactor]
    let extraTerms: [ExtraTerm] = [.linear]
    let fixedExponent: Double? = 2
    let usesZero = true
    let isChosenAutomatically = false

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        let square = abscissa.scaled * abscissa.scaled
        return ModelValue(value: theta[0] + theta[1] * square, gradient: SIMD4(1, square, 0, 0))
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> {
        SIMD4(theta[0], theta[1] * exponential(-2 * logScale), 0, 0)
    }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] {
        [SIMD4(1, 0, 0, 0), SIMD4(0, exponential(-2 * logScale), 0, 0)]
    }
}
