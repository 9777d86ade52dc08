import Foundation

/// Kolmogorov-Smirnov tests by their asymptotic law.
enum KolmogorovSmirnov {
    /// The chance of a distance as large as this if both samples have one law.
    static func twoSample(_ a: [Double], _ b: [Double]) -> Double {
        let x = a.sorted(), y = b.sorted()
        var i = 0, j = 0, largest = 0.0
        while i < x.count, j < y.count {
            let point = min(x[i], y[j])
            while i < x.count, x[i] == point { i += 1 }
            while j < y.count, y[j] == point { j += 1 }
            let difference = Double(i) / Double(x.count) - Double(j) / Double(y.count)
            largest = max(largest, abs(difference))
        }
        let size = Double(x.count) * Double(y.count) / Double(x.count + y.count)
        return tail(largest * size.squareRoot())
    }

    /// The chance of a distance as large as this if the sample has the law with this distribution function.
    static func oneSample(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
        let n = Double(sample.count)
        var largest = 0.0
        for (i, x) in sample.sorted().enumerated() {
            let p = distribution(x)
            let below = abs(p - Double(i) / n), above = abs(Double(i + 1) / n - p)
            largest = max(largest, below, above)
        }
        return tail(largest * n.squareRoot())
    }

    private static func tail(_ lambda: Double) -> Double {
        if lambda < 0.3 { return 1 }
        var sum = 0.0
        for k in 1...60 {
            let sign: Double = k % 2 == 1 ? 2 : -2
            sum += sign * exp(-2 * Double(k * k) * lambda * lambda)
        }
        return min(max(sum, 0), 1)
    }
}

/// The distribution function of chi squared with `degrees` degrees of freedom.
func chiSquaredDistribution(_ x: Double, degrees: Int) -> Double {
    degrees <= 400 ? 1 - upperGamma(degrees, x / 2) : temme(0.5 * Double(degrees), x / 2)
}

/// Q(m/2, x) by Q(a + 1, x) = Q(a, x) + x^a exp(-x)/Gamma(a + 1) from Q(1/2, x) = erfc(sqrt x) or Q(1, x) = exp(-x).
private func upperGamma(_ degrees: Int, _ x: Double) -> Double {
    var a = degrees % 2 == 0 ? 1.0 : 0.5
    var q = degrees % 2 == 0 ? exp(-x) : erfc(x.squareRoot())
    var term = degrees % 2 == 0 ? x * exp(-x) : 2 * (x / Double.pi).squareRoot() * exp(-x)
    while a < Double(degrees) / 2 {
        q += term
        a += 1
        term *= x / a
    }
    return q
}

/// P(a, x) for large a: Temme's uniform expansion with one term, SIAM J. Math. Anal. 10 (1979) 757. Error O(a^(-3/2)).
private func temme(_ a: Double, _ x: Double) -> Double {
    let mu = x / a - 1
    let eta = (mu < 0 ? -1.0 : 1.0) * (2 * (mu - log1p(mu))).squareRoot()
    let c0 = abs(mu) < 1e-3 ? -1.0 / 3 + eta / 12 : 1 / mu - 1 / eta
    let correction: Double = c0 * exp(-0.5 * a * eta * eta) / (2 * Double.pi * a).squareRoot()
    return 0.5 * erfc(-eta * (a / 2).squareRoot()) - correction
}
