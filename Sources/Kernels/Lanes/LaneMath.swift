// Elementary functions on lanes, the same bits on every instruction set: only +, -, *, /, square root, fused
// multiply-add and integer operations. Coefficients: interpolation at Chebyshev nodes in 200-bit arithmetic.
// Priorities: the same bits; a relative error of a few units in the last place; few instructions.

/// sqrt(-2 ln u) for u in (0, 1]: the radius of a pair of normals.
///
/// u = 2^k m with m in [sqrt(1/2), sqrt 2); with s = (m - 1)/(m + 1), ln m = 2 s + s^3 (2/3 + 2/5 s^2 + …), |s| <= 0.172.
/// Relative error of the radicand below 2e-13, also as u -> 1. Returns 0 for u = 1.
@inline(__always)
func gaussianRadius(_ u: Lanes) -> Lanes {
    let (exponent, mantissa) = splitMantissa(u)
    let f = mantissa - 1
    let s = f / (mantissa + 1)
    let z = s * s
    var series = Lanes(repeating: -0x1.8c8c11e54d389p-2)
    series = Lanes(repeating: -0x1.c67ada017cf97p-2).adding(series, times: z)
    series = Lanes(repeating: -0x1.249323e4d7fc7p-1).adding(series, times: z)
    series = Lanes(repeating: -0x1.999998cafbf2ap-1).adding(series, times: z)
    series = Lanes(repeating: -0x1.5555555564e96p+0).adding(series, times: z)
    let linear = (exponent * -0x1.62e42fefa39efp+0).adding(s, times: Lanes(repeating: -4))
    let radicand = linear.adding(series, times: z * s)
    return radicand.squareRoot()
}

/// x = 2^exponent * mantissa with mantissa in [sqrt(1/2), sqrt 2), for positive normal x.
@inline(__always)
private func splitMantissa(_ x: Lanes) -> (exponent: Lanes, mantissa: Lanes) {
    // Biased by 2^10 more than a double, so that no exponent is negative.
    let offset = x.bits &+ Words(repeating: 0x4000_0000_0000_0000 - 0x3FE6_A09E_667F_3BCD)
    let fraction = offset & Words(repeating: 0x000F_FFFF_FFFF_FFFF)
    let mantissa = Lanes(bits: fraction &+ Words(repeating: 0x3FE6_A09E_667F_3BCD))
    // The biased exponent as a double: placed into the low bits of 2^52, whose unit is 1.
    let shifted = offset &>> Words(repeating: 52)
    let exponent = Lanes(bits: shifted | Words(repeating: 0x4330_0000_0000_0000)) - 0x1.00000000004p52
    return (exponent, mantissa)
}

/// (cos, sin) of (pi/2) t for t in [-1/2, 1/2]. Relative error below 4e-13 (cosine) and 1e-14 (sine).
@inline(__always)
func quarterTurn(_ t: Lanes) -> (cosine: Lanes, sine: Lanes) {
    let z = t * t
    var sine = Lanes(repeating: -0x1.dd54805f3f706p-19)
    sine = Lanes(repeating: 0x1.5071ce4b47930p-13).adding(sine, times: z)
    sine = Lanes(repeating: -0x1.32d2c644adc0bp-8).adding(sine, times: z)
    sine = Lanes(repeating: 0x1.466bc67123fa1p-4).adding(sine, times: z)
    sine = Lanes(repeating: -0x1.4abbce6257a2ap-1).adding(sine, times: z)
    sine = Lanes(repeating: 0x1.921fb54442cfap+0).adding(sine, times: z)
    var cosine = Lanes(repeating: -0x1.a1e852987c3d8p-16)
    cosine = Lanes(repeating: 0x1.e1ec718e563c5p-11).adding(cosine, times: z)
    cosine = Lanes(repeating: -0x1.55d3c1c3c3160p-6).adding(cosine, times: z)
    cosine = Lanes(repeating: 0x1.03c1f07ea5ef5p-2).adding(cosine, times: z)
    cosine = Lanes(repeating: -0x1.3bd3cc9be3632p+0).adding(cosine, times: z)
    return (Lanes(repeating: 1).adding(cosine, times: z), sine * t)
}

/// The natural logarithm of positive normal numbers. Relative error below 1e-15 away from 1.
@inline(__always)
func logarithm(_ x: Lanes) -> Lanes {
    let (exponent, mantissa) = splitMantissa(x)
    let s = (mantissa - 1) / (mantissa + 1)
    let z = s * s
    var series = Lanes(repeating: 0x1.2b5f68a50d903p-3)
    series = Lanes(repeating: 0x1.39fdcceb4bb45p-3).adding(series, times: z)
    series = Lanes(repeating: 0x1.7462b91b8df65p-3).adding(series, times: z)
    series = Lanes(repeating: 0x1.c71c62d5e53e0p-3).adding(series, times: z)
    series = Lanes(repeating: 0x1.2492492dfd86cp-2).adding(series, times: z)
    series = Lanes(repeating: 0x1.9999999995273p-2).adding(series, times: z)
    series = Lanes(repeating: 0x1.5555555555558p-1).adding(series, times: z)
    let tail = (exponent * 0x1.abc9e3b39803fp-56).adding(series, times: z * s)
    return (exponent * 0x1.62e42fefa39efp-1).adding(s, times: Lanes(repeating: 2)) + tail
}

/// exp(x) for |x| < 700. Relative error below 1e-15.
@inline(__always)
func exponential(_ x: Lanes) -> Lanes {
    let shifted = Lanes(repeating: 0x1.8p52).adding(x, times: Lanes(repeating: 0x1.71547652b82fep+0))
    let n = shifted - 0x1.8p52
    let r = x.adding(n, times: Lanes(repeating: -0x1.62e42fefa39efp-1))
        .adding(n, times: Lanes(repeating: -0x1.abc9e3b39803fp-56))
    // To r^13, which leaves 5e-18.
    let series = Lanes(repeating: 1).adding(exponentialSeries(r, rest: Lanes(repeating: 1 / 6_227_020_800)), times: r)
    return Lanes(bits: series.bits &+ (shifted.bits &<< Words(repeating: 52)))
}

/// (exp(r) - 1)/r for |r| <= 0.347 by Taylor's series: 1 + r/2! + … + r^11/12! + r^12 `rest`, where `rest` begins with 1/13!.
@inline(__always)
func exponentialSeries(_ r: Lanes, rest: Lanes) -> Lanes {
    // Written out: a list of numbers would be made anew for each call.
    var series = Lanes(repeating: 1 / 479_001_600).adding(rest, times: r)
    series = Lanes(repeating: 1 / 39_916_800).adding(series, times: r)
    series = Lanes(repeating: 1 / 3_628_800).adding(series, times: r)
    series = Lanes(repeating: 1 / 362_880).adding(series, times: r)
    series = Lanes(repeating: 1 / 40_320).adding(series, times: r)
    series = Lanes(repeating: 1 / 5_040).adding(series, times: r)
    series = Lanes(repeating: 1 / 720).adding(series, times: r)
    series = Lanes(repeating: 1 / 120).adding(series, times: r)
    series = Lanes(repeating: 1 / 24).adding(series, times: r)
    series = Lanes(repeating: 1 / 6).adding(series, times: r)
    series = Lanes(repeating: 1 / 2).adding(series, times: r)
    return Lanes(repeating: 1 / 1).adding(series, times: r)
}
