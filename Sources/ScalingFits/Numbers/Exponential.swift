/// exp with the same bits on every CPU, fast enough for thousands of refits a group.
///
/// Only additions and multiplications are used, in a fixed order. `PortableMath.exp` is correctly rounded
/// and takes a microsecond; this one is within two units in the last place and takes nanoseconds, which is what a
/// bootstrap of 2,000 refits needs. x = n ln 2 + r with |r| <= 0.347 and Taylor's series to r^13, whose remainder is
/// below 5e-18.
///
/// Ends: arguments beyond ±700 are taken as ±700, so that a search that strays stays finite; NaN is NaN.
@inline(__always)
func exponential(_ x: Double) -> Double {
    if x.isNaN { return x }
    let bounded = min(max(x, -700), 700)
    // Adding and taking away 1.5 * 2^52 rounds to a whole number without a call.
    let n = (bounded * 0x1.71547652b82fep+0 + 0x1.8p52) - 0x1.8p52
    // ln 2 in two parts: the first has trailing zeros, so n times it is exact.
    let r = (bounded - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33
    var series = 1.0 / 6_227_020_800
    series = series * r + 1.0 / 479_001_600
    series = series * r + 1.0 / 39_916_800
    series = series * r + 1.0 / 3_628_800
    series = series * r + 1.0 / 362_880
    series = series * r + 1.0 / 40_320
    series = series * r + 1.0 / 5_040
    series = series * r + 1.0 / 720
    series = series * r + 1.0 / 120
    series = series * r + 1.0 / 24
    series = series * r + 1.0 / 6
    series = series * r + 0.5
    series = series * r * r + r + 1
    return series * Double(bitPattern: UInt64(Int64(n) + 1023) << 52)
}
