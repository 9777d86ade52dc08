extension PortableMath {
    /// exp(x) - 1, also where x is small.
    public static func expm1(_ x: Double) -> Double {
        if x.isNaN || x == 0 { return x }
        if x > 709.79 { return .infinity }
        if x < -40 { return -1 }
        let result = extendedExpMinusOne(x)
        return result.high + result.low
    }

    /// For -40 <= x < 710.
    private static func extendedExpMinusOne(_ x: Double) -> DoubleDouble {
        guard x.magnitude < 0.5 else { return DoubleDouble(exp(x)) + DoubleDouble(-1) + expRest(x) }
        let r = DoubleDouble(x)
        var series = DoubleDouble(1)
        for k in stride(from: 27, through: 2, by: -1) { series = DoubleDouble(1) + series * r / DoubleDouble(Double(k)) }
        return series * r
    }

    /// What rounding takes from exp(x), for |x| < 40; 0 beyond.
    private static func expRest(_ x: Double) -> DoubleDouble {
        guard x.magnitude < 40 else { return DoubleDouble(0) }
        let (mantissa, exponent) = splitExp(DoubleDouble(x))
        let scale = Double(sign: .plus, exponent: exponent, significand: 1)
        let rounded = mantissa.high + mantissa.low
        return DoubleDouble(((mantissa.high - rounded) + mantissa.low) * scale)
    }

    /// ln(1 + x), also where x is small.
    public static func log1p(_ x: Double) -> Double {
        if x.isNaN || x < -1 { return .nan }
        if x == 0 || x == .infinity { return x }
        if x == -1 { return -.infinity }
        let sum = DoubleDouble.sum(1, x)
        let result = extendedLog(sum.high) + DoubleDouble(sum.low / sum.high)
        return result.high + result.low
    }

    public static func tanh(_ x: Double) -> Double {
        if x.isNaN || x == 0 { return x }
        let magnitude: Double
        if x.magnitude >= 20 {
            magnitude = 1
        } else {
            let e = extendedExpMinusOne(2 * x.magnitude)
            let ratio = e / (e + DoubleDouble(2))
            magnitude = ratio.high + ratio.low
        }
        return x < 0 ? -magnitude : magnitude
    }

    /// 1/(1 + exp(-x)).
    public static func sigmoid(_ x: Double) -> Double {
        let e = exp(-x.magnitude)
        return x < 0 ? e / (1 + e) : 1 / (1 + e)
    }

    /// ln(1 + exp(x)).
    public static func softplus(_ x: Double) -> Double {
        if x.isNaN { return x }
        return max(x, 0) + log1p(exp(-x.magnitude))
    }
}
