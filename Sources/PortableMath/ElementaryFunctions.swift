/// Elementary functions with the same bits on every CPU.
///
/// glibc's own change their last bits with the CPU's features, so everything that must agree across machines — axis
/// values, derived values, schedules, fits — goes through these. Goals, in this order: the same bits everywhere; the
/// correctly rounded result in all but about one case in 10^12 (so that `logspace` from 0.001 to 1 meets 0.01 and 0.1
/// exactly); speed last (about a microsecond).
///
/// Ends: `log(0)` is -infinity, the log of a negative number NaN, `exp` overflows to infinity above 709.78 and
/// underflows gradually to 0 below -745.13.
public enum PortableMath {
    /// The natural logarithm.
    public static func log(_ x: Double) -> Double {
        if let special = specialLog(x) { return special }
        let result = extendedLog(x)
        return result.high + result.low
    }

    /// The logarithm to base 10.
    public static func log10(_ x: Double) -> Double {
        if let special = specialLog(x) { return special }
        let result = extendedLog(x) / DoubleDouble.ln10
        return result.high + result.low
    }

    public static func exp(_ x: Double) -> Double {
        extendedExp(DoubleDouble(x))
    }

    /// `base` to the power `exponent`, with C99's conventions for zero, infinity, NaN and negative bases.
    public static func pow(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 0 || base == 1 { return 1 }
        if base.isNaN || exponent.isNaN { return .nan }
        let isInteger = exponent == exponent.rounded(.towardZero)
        let isOdd = isInteger && exponent.magnitude < 0x1p53 && Int64(exponent) & 1 != 0
        let sign: Double = base.sign == .minus && isOdd ? -1 : 1
        let magnitude = base.magnitude
        if magnitude == 0 { return sign * (exponent < 0 ? .infinity : 0) }
        if magnitude == .infinity { return sign * (exponent < 0 ? 0 : .infinity) }
        if exponent.isInfinite {
            return magnitude == 1 ? 1 : ((magnitude > 1) == (exponent > 0) ? .infinity : 0)
        }
        if base < 0, !isInteger { return .nan }
        return sign * extendedExp(extendedLog(magnitude) * DoubleDouble(exponent))
    }

    private static func specialLog(_ x: Double) -> Double? {
        if x.isNaN || x < 0 { return .nan }
        if x == 0 { return -.infinity }
        return x == .infinity ? .infinity : nil
    }

    /// ln x for a positive finite x: x = 2^k m, ln m = 2 artanh((m - 1)/(m + 1)) as a series with |s| <= 0.172.
    static func extendedLog(_ x: Double) -> DoubleDouble {
        var exponent = x.exponent
        var mantissa = x.significand
        if mantissa > 0x1.6a09e667f3bcdp+0 {
            mantissa /= 2
            exponent += 1
        }
        let s = DoubleDouble(mantissa - 1) / DoubleDouble.sum(mantissa, 1)
        let square = s * s
        var series = DoubleDouble(0)
        for k in stride(from: 23, through: 0, by: -1) {
            series = series * square + DoubleDouble(1) / DoubleDouble(Double(2 * k + 1))
        }
        let logMantissa = series * s
        return DoubleDouble(Double(exponent)) * DoubleDouble.ln2
            + DoubleDouble(2 * logMantissa.high, 2 * logMantissa.low)
    }

    /// exp of an extended argument, rounded once.
    static func extendedExp(_ x: DoubleDouble) -> Double {
        if x.high.isNaN { return .nan }
        if x.high > 709.79 { return .infinity }
        if x.high < -745.14 { return 0 }
        let (mantissa, exponent) = splitExp(x)
        return scaled(mantissa, exponent: exponent)
    }

    /// exp x = mantissa * 2^exponent for |x| < 746: x = n ln 2 + r, |r| <= 0.347, Taylor's series of r.
    static func splitExp(_ x: DoubleDouble) -> (mantissa: DoubleDouble, exponent: Int) {
        let n = (x.high * 0x1.71547652b82fep+0).rounded()
        let r = x + DoubleDouble(-n) * DoubleDouble.ln2
        var series = DoubleDouble(1)
        for k in stride(from: 27, through: 1, by: -1) {
            series = DoubleDouble(1) + series * r / DoubleDouble(Double(k))
        }
        return (series, Int(n))
    }

    /// (high + low) * 2^exponent, rounded once also where the result is subnormal or near overflow.
    static func scaled(_ value: DoubleDouble, exponent: Int) -> Double {
        let rounded = value.high + value.low
        if exponent > -1020 {
            let half = exponent / 2
            return rounded * powerOfTwo(half) * powerOfTwo(exponent - half)
        }
        // Subnormal: add a constant whose last bit is the result's last bit, so that there is one rounding.
        let shift = powerOfTwo(exponent + 1074 - 51)
        let scaledHigh = value.high * shift
        let anchor = 3.0
        let sum = DoubleDouble.sum(anchor, scaledHigh)
        let result = (sum.high + (sum.low + value.low * shift)) - anchor
        return result * 0x1p-511 * 0x1p-512
    }

    private static func powerOfTwo(_ exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: 1)
    }
}
