/// y = c0 + c1 sqrt(x): a parameter that no other model has.
struct RootWithFloor: FitModel {
    typealias Row = SIMD4<Double>

    let name = "root+floor"
    let formula = "y = c0 + c1 x^(1/2)"
    let summary = "a square root above a floor; chosen only by --model"
    let linearTerms = 2
    let lawParameters: [LawParameter] = [.floor, LawParameter("root", .term(power: 0.5))]
    let usesZero = true
    let isChosenAutomatically = false

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        let root = abscissa.scaled.squareRoot()
        return ModelValue(value: theta[0] + theta[1] * root, gradient: SIMD4(1, root, 0, 0))
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> {
        SIMD4(theta[0], theta[1] * exponential(-0.5 * logScale), 0, 0)
    }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] {
        [SIMD4(1, 0, 0, 0), SIMD4(0, exponential(-0.5 * logScale), 0, 0)]
    }
}
