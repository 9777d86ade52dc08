/// y = c0: the response does not depend on x.
struct Constant: FitModel {
    typealias Row = SIMD4<Double>

    let name = "constant"
    let formula = "y = c0"
    let summary = "no dependence on x; x = 0 takes part"
    let linearTerms = 1
    let lawParameters: [LawParameter] = [.floor]
    let extraTerms: [ExtraTerm] = [.linear, .squareRoot]
    let usesZero = true
    /// Two points that agree are no law.
    var minimumPoints: Int { 3 }

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        ModelValue(value: theta[0], gradient: SIMD4(1, 0, 0, 0))
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> { SIMD4(theta[0], 0, 0, 0) }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] { [SIMD4(1, 0, 0, 0)] }
}
