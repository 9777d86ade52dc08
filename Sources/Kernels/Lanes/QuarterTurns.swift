/// The integer next to `x`, ties to even, for |x| < 2^50; 0 for everything else.
@inline(__always)
func nearestInteger(_ x: Lanes) -> Lanes {
    let magic = Lanes(repeating: 0x1.8p52)
    return ((x + magic) - magic).replaced(by: Lanes(repeating: 0), where: isTooLarge(x))
}

/// cos and sin of (pi/2) q. Relative error of the reduced phase: none; of each result below 5e-16 of 1.
///
/// Beyond 2^50, where neighbouring doubles are a quarter of a turn apart or more, and for what is no number, q counts as 0.
@inline(__always)
func cosineAndSine(quarterTurns q: Lanes) -> (cosine: Lanes, sine: Lanes) {
    let usable = q.replaced(by: Lanes(repeating: 0), where: isTooLarge(q))
    let shifted = usable + 0x1.8p52
    return cosineAndSine(shiftedTurns: shifted, rest: usable - (shifted - 0x1.8p52))
}

/// cos and sin of x. Relative error of each a few units in the last place of 1; beyond 10^15 x counts as 0.
@inline(__always)
func cosineAndSine(_ x: Lanes) -> (cosine: Lanes, sine: Lanes) {
    let usable = x.replaced(by: Lanes(repeating: 0), where: isTooLarge(x))
    let shifted = Lanes(repeating: 0x1.8p52).adding(usable, times: Lanes(repeating: 0x1.45f306dc9c883p-1))
    let n = shifted - 0x1.8p52
    // x - n pi/2 with 159 bits of pi/2 (Cody & Waite 1980): what cancels in the first difference is exact.
    let rest = usable.adding(n, times: Lanes(repeating: -0x1.921fb54442d18p+0))
        .adding(n, times: Lanes(repeating: -0x1.1a62633145c07p-54))
        .adding(n, times: Lanes(repeating: 0x1.f1976b7ed8fbcp-110))
    let (cosine, sine) = cosineAndSine(shiftedTurns: shifted, rest: rest * 0x1.45f306dc9c883p-1)
    let invalid = .!(x.absolute .< Lanes(repeating: .infinity))
    return (
        cosine.replaced(by: Lanes(repeating: .nan), where: invalid), sine.replaced(by: Lanes(repeating: .nan), where: invalid)
    )
}

/// - Parameter shifted: a whole number of quarter turns, plus 1.5 2^52.
@inline(__always)
private func cosineAndSine(shiftedTurns shifted: Lanes, rest: Lanes) -> (cosine: Lanes, sine: Lanes) {
    let (c, s) = fullQuarterTurn(rest)
    // The last two bits of the whole number: 1 and 3 swap the two; the cosine is negative at 1 and 2, the sine at 2 and 3.
    let turns = shifted.bits
    let one = Words(repeating: 1)
    let swaps = (turns & one) .!= Words(repeating: 0)
    let sineSign = (turns & Words(repeating: 2)) &<< Words(repeating: 62)
    let cosineSign = ((turns ^ (turns &>> one)) & one) &<< Words(repeating: 63)
    let cosine = c.replaced(by: s, where: swaps), sine = s.replaced(by: c, where: swaps)
    return (Lanes(bits: cosine.bits ^ cosineSign), Lanes(bits: sine.bits ^ sineSign))
}

/// (cos, sin) of (pi/2) t for t in [-1/2, 1/2]. Relative error below 4e-16; the noise's own `quarterTurn` has fewer terms.
@inline(__always)
private func fullQuarterTurn(_ t: Lanes) -> (cosine: Lanes, sine: Lanes) {
    let z = t * t
    var sine = Lanes(repeating: 0x1.e3f38399551bfp-25)
    sine = Lanes(repeating: -0x1.e30071afc3e59p-19).adding(sine, times: z)
    sine = Lanes(repeating: 0x1.50782fda12d96p-13).adding(sine, times: z)
    sine = Lanes(repeating: -0x1.32d2cce2e5b19p-8).adding(sine, times: z)
    sine = Lanes(repeating: 0x1.466bc677587f8p-4).adding(sine, times: z)
    sine = Lanes(repeating: -0x1.4abbce625be41p-1).adding(sine, times: z)
    sine = Lanes(repeating: 0x1.921fb54442d18p+0).adding(sine, times: z)
    var cosine = Lanes(repeating: 0x1.f4b536b457d9ep-22)
    cosine = Lanes(repeating: -0x1.a6cc32d07dc98p-16).adding(cosine, times: z)
    cosine = Lanes(repeating: 0x1.e1f50093e4c8fp-11).adding(cosine, times: z)
    cosine = Lanes(repeating: -0x1.55d3c7e10153fp-6).adding(cosine, times: z)
    cosine = Lanes(repeating: 0x1.03c1f081b4b74p-2).adding(cosine, times: z)
    cosine = Lanes(repeating: -0x1.3bd3cc9be45dbp+0).adding(cosine, times: z)
    return (Lanes(repeating: 1).adding(cosine, times: z), sine * t)
}

@inline(__always)
private func isTooLarge(_ x: Lanes) -> SIMDMask<SIMD8<Int64>> {
    .!(x.absolute .< Lanes(repeating: 0x1p50))
}
