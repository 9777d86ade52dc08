/// The standard normal distribution.
package enum Normal {
    /// P(Z <= z), to about 1e-14.
    static func cumulative(_ z: Double) -> Double {
        let tail = 0.5 * ChiSquared.upperTail(z * z, freedom: 1)
        return z > 0 ? 1 - tail : tail
    }

    /// z with P(Z <= z) = p, to 1e-15 relative; infinite at 0 and 1. Wichura 1988, algorithm AS 241.
    package static func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * ratio(r, central)
        }
        let r = (-logarithm(min(p, 1 - p))).squareRoot()
        let z = r <= 5 ? ratio(r - 1.6, middle) : ratio(r - 5, far)
        return q < 0 ? -z : z
    }

    private typealias Coefficients = (above: [Double], below: [Double])

    private static func ratio(_ r: Double, _ coefficients: Coefficients) -> Double {
        horner(r, coefficients.above) / horner(r, coefficients.below)
    }

    private static func horner(_ r: Double, _ coefficients: [Double]) -> Double {
        coefficients.reversed().reduce(0) { $0 * r + $1 }
    }

    private static let central: Coefficients = (
        [
            3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
            4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
        ],
        [
            1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
            3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
        ])
    private static let middle: Coefficients = (
        [
            1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
            1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
        ],
        [
            1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
            1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
        ])
    private static let far: Coefficients = (
        [
            6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
            2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
        ],
        [
            1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
            7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
            2.04426310338993978564e-15,
        ])
}

/// Chi squared with any positive, also fractional, degrees of freedom.
enum ChiSquared {
    /// P(X > value), to about 1e-13: the regularised incomplete gamma function Q(freedom/2, value/2).
    static func upperTail(_ value: Double, freedom: Double) -> Double {
        guard value > 0 else { return 1 }
        guard value.isFinite, freedom > 0 else { return freedom > 0 ? 0 : .nan }
        let (a, x) = (freedom / 2, value / 2)
        let scale = exponential(a * logarithm(x) - x - LogGamma.of(a))
        return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x)
    }

    private static func lowerSeries(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        for k in 1..<10_000 {
            term *= x / (a + Double(k))
            sum += term
            if term < sum * 1e-17 { break }
        }
        return sum
    }

    /// Lentz's evaluation of 1/(x+1-a- 1(1-a)/(x+3-a- …)).
    private static func upperFraction(_ a: Double, _ x: Double) -> Double {
        var b = x + 1 - a
        var c = 1e300
        var d = 1 / b
        var result = d
        for k in 1..<10_000 {
            let numerator = -Double(k) * (Double(k) - a)
            b += 2
            d = 1 / (numerator * d + b)
            c = b + numerator / c
            let factor = c * d
            result *= factor
            if abs(factor - 1) < 1e-16 { break }
        }
        return result
    }
}

/// Student's t with any positive, also fractional, degrees of freedom.
package struct StudentT: Sendable {
    private let freedom: Double
    /// ln B(freedom/2, 1/2).
    private let logBeta: Double

    package init(freedom: Double) {
        self.freedom = freedom
        logBeta = LogGamma.of(freedom / 2) + LogGamma.of(0.5) - LogGamma.of(freedom / 2 + 0.5)
    }

    /// P(|T| > |t|), to about 1e-13: the regularised incomplete beta function at freedom/(freedom + t²).
    func twoSided(_ t: Double) -> Double {
        let square = t * t
        guard square.isFinite, square > 0 else { return square == 0 ? 1 : (t.isNaN ? .nan : 0) }
        let (a, b) = (freedom / 2, 0.5)
        let x = freedom / (freedom + square)
        let rest = square / (freedom + square)
        let front = exponential(a * logarithm(x) + b * logarithm(rest) - logBeta)
        return x < (a + 1) / (a + b + 2)
            ? front * Self.betaFraction(a, b, x) / a : 1 - front * Self.betaFraction(b, a, rest) / b
    }

    /// t with P(|T| <= t) = confidence, to about 1e-12, by Newton's method on the convex upper tail.
    package func quantile(confidence: Double) -> Double {
        let tail = 1 - confidence
        // Steps from the left of the solution never overshoot where the tail is convex; 0 is left of all.
        var t = max(Normal.quantile(1 - tail / 2), 0.1)
        while twoSided(t) < tail, t > 1e-6 { t /= 2 }
        for _ in 0..<200 {
            let density = 2 * exponential(
                -0.5 * (freedom + 1) * logarithm(1 + t * t / freedom) - logBeta - 0.5 * logarithm(freedom))
            let step = (twoSided(t) - tail) / density
            t += step
            if abs(step) <= 1e-14 * t { break }
        }
        return t
    }

    /// The continued fraction of the incomplete beta function by Lentz's method.
    private static func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
        func bounded(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
        var c = 1.0
        var d = 1 / bounded(1 - (a + b) * x / (a + 1))
        var result = d
        for k in 1..<10_000 {
            let m = Double(k)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / bounded(1 + even * d)
            c = bounded(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / bounded(1 + odd * d)
            c = bounded(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return result
    }
}

/// ln Γ(x) for x > 0, to about 1e-14: Stirling's series above 10, recurrence below.
enum LogGamma {
    static func of(_ x: Double) -> Double {
        var (shifted, product) = (x, 1.0)
        while shifted < 10 {
            product *= shifted
            shifted += 1
        }
        let inverse = 1 / shifted
        let square = inverse * inverse
        var series = -691.0 / 360_360
        for term in [1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12] { series = series * square + term }
        return (shifted - 0.5) * logarithm(shifted) - shifted + 0.918_938_533_204_672_741_78
            + series * inverse - logarithm(product)
    }
}
