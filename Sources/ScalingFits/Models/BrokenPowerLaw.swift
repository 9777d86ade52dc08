/// y = C (x/b)^k (1 + (x/b)²)^((l-k)/2): the power k below x = b and the power l above it.
///
/// A smooth bend that is done within a factor of three on either side; with its sharpness free as well, thirteen points
/// would not determine it. Smoothly broken laws: Caballero, Gupta, Rish & Krueger, "Broken neural scaling laws", 2023.
struct BrokenPowerLaw: FitModel {
    typealias Row = SIMD8<Double>

    let name = "broken-power"
    let formula = "y = C (x/b)^k (1 + (x/b)^2)^((l-k)/2)"
    let summary = "the power k below x = b and the power l above it, and no floor; x = 0 does not take part"
    let linearTerms = 1
    let lawParameters: [LawParameter] = [
        LawParameter("level", .shape), LawParameter("exponent_below", .partialExponent),
        LawParameter("exponent_above", .partialExponent), LawParameter("break", .shape),
    ]
    let needsPositiveResponses = true
    var minimumPoints: Int { 6 }

    private static let sharpness = 2.0

    /// For each place of the break the two lines through ln |y| on its sides.
    func shapes(for points: FitPoints) -> [SIMD4<Double>] {
        let usable = points.abscissae.indices.filter {
            points.abscissae[$0].logScaled > -.infinity && points.responses[$0] != 0
        }
        let x = usable.map { points.abscissae[$0].logScaled }
        let y = usable.map { logarithm(abs(points.responses[$0])) }
        guard x.count >= 4 else { return [] }
        return (1..<x.count - 2).compactMap { last in
            let below = Self.slope(x[...last], y[...last])
            let above = Self.slope(x[(last + 1)...], y[(last + 1)...])
            guard below.isFinite, above.isFinite else { return nil }
            return SIMD4(0, min(max(below, -8), 8), min(max(above, -8), 8), 0.5 * (x[last] + x[last + 1]))
        }
    }

    private static func slope(_ x: ArraySlice<Double>, _ y: ArraySlice<Double>) -> Double {
        let count = Double(x.count)
        let center = x.reduce(0, +) / count
        let level = y.reduce(0, +) / count
        var (product, square) = (0.0, 0.0)
        for (x, y) in zip(x, y) {
            product += (x - center) * (y - level)
            square += (x - center) * (x - center)
        }
        return product / square
    }

    /// At least two points on either side of the break.
    func bounds(for points: FitPoints) -> (lower: SIMD4<Double>, upper: SIMD4<Double>) {
        let logs = points.logs.sorted()
        guard logs.count >= 4 else { return (.zero, .zero) }
        return (SIMD4(0, -8, -8, logs[1]), SIMD4(0, 8, 8, logs[logs.count - 2]))
    }

    @inline(__always)
    func evaluate(_ theta: SIMD4<Double>, at abscissa: Abscissa) -> ModelValue {
        let distance = abscissa.logScaled - theta[3]
        guard distance > -.infinity else { return ModelValue(value: 0, gradient: .zero) }
        let bend = exponential(Self.sharpness * distance)
        // ln(1 + bend) / sharpness: how far the point lies beyond the break.
        let above = bend < 1e15 ? logarithm(1 + bend) / Self.sharpness : distance
        let unit = exponential(theta[1] * (distance - above) + theta[2] * above)
        let value = theta[0] * unit
        let local = theta[1] + (theta[2] - theta[1]) * bend / (1 + bend)
        return ModelValue(value: value, gradient: SIMD4(unit, value * (distance - above), value * above, -value * local))
    }

    func reading(_ theta: SIMD4<Double>, logScale: Double) -> SIMD4<Double> {
        SIMD4(theta[0], theta[1], theta[2], exponential(theta[3] + logScale))
    }

    func readingGradients(_ theta: SIMD4<Double>, logScale: Double) -> [SIMD4<Double>] {
        [
            SIMD4(1, 0, 0, 0), SIMD4(0, 1, 0, 0), SIMD4(0, 0, 1, 0),
            SIMD4(0, 0, 0, exponential(theta[3] + logScale)),
        ]
    }
}
