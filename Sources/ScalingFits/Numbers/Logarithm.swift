/// The natural logarithm with the same bits on every CPU, within two units in the last place, in nanoseconds.
///
/// x = 2^k m with m in (sqrt(1/2), sqrt(2)], ln m = 2 artanh(s), s = (m - 1)/(m + 1), |s| <= 0.172; the series' first
/// omitted term is below 1e-18. `PortableMath.log` is correctly rounded and takes a microsecond.
///
/// - Parameter x: positive and finite; 0 gives -infinity, everything else NaN.
@inline(__always)
package func logarithm(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return x == 0 ? -.infinity : .nan }
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 0x1.6a09e667f3bcdp+0 {
        mantissa *= 0.5
        exponent += 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var series = 1.0 / 21
    for odd in stride(from: 19, through: 3, by: -2) { series = series * square + 1 / Double(odd) }
    let tail = 2 * s * square * series
    // ln 2 in two parts: the first has trailing zeros, so that a whole multiple of it is exact.
    return exponent * 0x1.62e42feep-1 + (2 * s + (tail + exponent * 0x1.a39ef35793c76p-33))
}
