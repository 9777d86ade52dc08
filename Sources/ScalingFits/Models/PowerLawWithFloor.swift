/// y = c0 + C x^k: a noise floor and a power above it. x = 0 takes part and pins the floor.
struct PowerLawWithFloor: FitModel {
    typealias Row = SIMD4<Double>

    let name = "power+floor"
    let formula = "y = c0 + C x^k"
    let summary = "one power of x above a floor; x = 0 takes part"
    let linearTerms = 2
    let lawParameters: [LawParameter] = [.floor, .prefactor, .exponent]
    let isSoughtOnParts = true
    let isPilot = true
    let extraTerms: [ExtraTerm] = [.linear]
    let usesZero = true

    /// With x = 0, negative powers are out.
    func shapes(for points: FitPoints) -> [SIMD4<Double>] {
        let grid = PowerTerm.positiveGrid
        return (points.includesZero ? grid : grid.reversed().map { -$0 } + grid).map { SIMD4(0, 0, $0, 0) }
    }

    func bounds(for points: FitPoints) -> (lower: SIMD4<Double>, upper: SIMD4<Double>) {
        (SIMD4(0, 0, points.includesZero ? 0.05 : -8, 0), SIMD4(0, 0, 8, 0))
    }

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        let power = abscissa.power(theta[2])
        let rise = theta[1] * power
        return ModelValue(
            value: theta[0] + rise, gradient: SIMD4(1, power, power == 0 ? 0 : rise * abscissa.logScaled, 0))
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> {
        SIMD4(theta[0], PowerTerm.prefactor(theta[1], exponent: theta[2], logScale: logScale), theta[2], 0)
    }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] {
        let prefactor = PowerTerm.prefactorGradient(theta[1], exponent: theta[2], logScale: logScale)
        return [
            SIMD4(1, 0, 0, 0), SIMD4(0, prefactor.coefficient, prefactor.exponent, 0), SIMD4(0, 0, 1, 0),
        ]
    }
}
