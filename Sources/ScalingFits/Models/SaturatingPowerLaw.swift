/// y = C x^k / (1 + (x/s)^k): a power that levels off at C s^k beyond x = s.
struct SaturatingPowerLaw: FitModel {
    typealias Row = SIMD4<Double>

    let name = "saturating"
    let formula = "y = C x^k / (1 + (x/s)^k)"
    let summary = "a power of x that levels off beyond s, and no floor; x = 0 does not take part"
    let linearTerms = 1
    let lawParameters: [LawParameter] = [.prefactor, .exponent, LawParameter("saturation", .shape)]
    let needsPositiveResponses = true

    func shapes(for points: FitPoints) -> [SIMD4<Double>] {
        points.logs.flatMap { knee in
            stride(from: 0.25, through: 4, by: 0.25).map { SIMD4(0, $0, knee, 0) }
        }
    }

    /// s may lie a factor of ten beyond the points; further out it is a power.
    func bounds(for points: FitPoints) -> (lower: SIMD4<Double>, upper: SIMD4<Double>) {
        let logs = points.logs
        return (SIMD4(0, 0.05, logs.min() ?? 0, 0), SIMD4(0, 8, (logs.max() ?? 0) + 2.3, 0))
    }

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        let power = abscissa.power(theta[1])
        guard power > 0 else { return ModelValue(value: 0, gradient: .zero) }
        let distance = abscissa.logScaled - theta[2]
        let bend = exponential(theta[1] * distance)
        let level = 1 / (1 + bend)
        let value = theta[0] * power * level
        let share = bend * level
        return ModelValue(
            value: value,
            gradient: SIMD4(
                power * level, value * (abscissa.logScaled - share * distance), value * share * theta[1], 0))
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> {
        SIMD4(
            PowerTerm.prefactor(theta[0], exponent: theta[1], logScale: logScale), theta[1],
            exponential(theta[2] + logScale), 0)
    }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] {
        let prefactor = PowerTerm.prefactorGradient(theta[0], exponent: theta[1], logScale: logScale)
        return [
            SIMD4(prefactor.coefficient, prefactor.exponent, 0, 0), SIMD4(0, 1, 0, 0),
            SIMD4(0, 0, exponential(theta[2] + logScale), 0),
        ]
    }
}
