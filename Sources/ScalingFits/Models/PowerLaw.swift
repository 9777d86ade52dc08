/// y = C x^k, the pure scaling law. It says y(0) = 0, so a point at x = 0 is not fitted but counts against it.
struct PowerLaw: FitModel {
    typealias Row = SIMD4<Double>

    let name = "power"
    let formula = "y = C x^k"
    let summary = "one power of x and no floor; x = 0 does not take part"
    let linearTerms = 1
    let lawParameters: [LawParameter] = [.prefactor, .exponent]
    let isSoughtOnParts = true
    let isPilot = true
    let extraTerms: [ExtraTerm] = [.floor]
    let needsPositiveResponses = true

    func shapes(for points: FitPoints) -> [SIMD4<Double>] {
        PowerTerm.grid.map { SIMD4(0, $0, 0, 0) }
    }

    func bounds(for points: FitPoints) -> (lower: SIMD4<Double>, upper: SIMD4<Double>) {
        (SIMD4(0, -8, 0, 0), SIMD4(0, 8, 0, 0))
    }

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        let power = abscissa.power(theta[1])
        let value = theta[0] * power
        return ModelValue(value: value, gradient: SIMD4(power, value == 0 ? 0 : value * abscissa.logScaled, 0, 0))
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> {
        SIMD4(PowerTerm.prefactor(theta[0], exponent: theta[1], logScale: logScale), theta[1], 0, 0)
    }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] {
        let prefactor = PowerTerm.prefactorGradient(theta[0], exponent: theta[1], logScale: logScale)
        return [SIMD4(prefactor.coefficient, prefactor.exponent, 0, 0), SIMD4(0, 1, 0, 0)]
    }
}
