/// y = C x²: the law of deterministic SAM, with its exponent taken for granted.
struct Quadratic: FitModel {
    typealias Row = SIMD4<Double>

    let name = "quadratic"
    let formula = "y = C x^2"
    let summary = "exponent 2 taken for granted and no floor; compared with power, chosen only by --model"
    let linearTerms = 1
    let lawParameters: [LawParameter] = [.prefactor]
    let extraTerms: [ExtraTerm] = [.floor]
    let fixedExponent: Double? = 2
    let needsPositiveResponses = true
    let isChosenAutomatically = false

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        let square = abscissa.scaled * abscissa.scaled
        return ModelValue(value: theta[0] * square, gradient: SIMD4(square, 0, 0, 0))
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> {
        SIMD4(theta[0] * exponential(-2 * logScale), 0, 0, 0)
    }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] {
        [SIMD4(exponential(-2 * logScale), 0, 0, 0)]
    }
}
