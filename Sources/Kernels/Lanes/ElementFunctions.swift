// Functions of definitions on lanes, for every argument: NumPy's values at the ends, NaN for NaN. The same operations on
// every instruction set, so the same bits. Relative errors are a few units in the last place; of `power` the logarithm of the
// result times a unit in the last place.

/// exp(x): overflows to infinity above 709.78, underflows gradually below -708.4.
@inline(__always)
func exponentialEverywhere(_ x: Lanes) -> Lanes {
    // Comparisons with NaN are false: NaN stays.
    let clipped = x.maximum(Lanes(repeating: -746)).minimum(Lanes(repeating: 710))
    let magic = Lanes(repeating: 0x1.8p52)
    let n = magic.adding(clipped, times: Lanes(repeating: 0x1.71547652b82fep+0)) - magic
    let r = clipped.adding(n, times: Lanes(repeating: -0x1.62e42fefa39efp-1))
        .adding(n, times: Lanes(repeating: -0x1.abc9e3b39803fp-56))
    let series = Lanes(repeating: 1).adding(exponentialSeries(r), times: r)
    // 2^n in two factors, either of which is a normal number.
    let half = (n * 0.5 + magic) - magic
    return series * powerOfTwo(half) * powerOfTwo(n - half)
}

/// (exp(r) - 1)/r for |r| <= 0.347 to r^13, which leaves 5e-18.
@inline(__always)
private func exponentialSeries(_ r: Lanes) -> Lanes {
    exponentialSeries(r, rest: Lanes(repeating: 1 / 6_227_020_800).adding(Lanes(repeating: 1 / 87_178_291_200), times: r))
}

/// 2^n for whole n in [-1022, 1023].
@inline(__always)
private func powerOfTwo(_ n: Lanes) -> Lanes {
    Lanes(bits: ((n + 0x1.8p52).bits &<< Words(repeating: 52)) &+ Words(repeating: 0x3FF0_0000_0000_0000))
}

/// exp(x) - 1, also where x is small.
@inline(__always)
func exponentialMinusOne(_ x: Lanes) -> Lanes {
    // Beyond 40 the 1 is lost or all there is.
    let near = x.maximum(Lanes(repeating: -40)).minimum(Lanes(repeating: 40))
    return exponentialMinusOneNearZero(near).replaced(by: exponentialEverywhere(x), where: x .> Lanes(repeating: 40))
        .replaced(by: Lanes(repeating: -1), where: x .< Lanes(repeating: -40))
}

/// exp(x) - 1 within 40 of 0: 2^n (exp(r) - 1) + (2^n - 1).
@inline(__always)
private func exponentialMinusOneNearZero(_ near: Lanes) -> Lanes {
    let magic = Lanes(repeating: 0x1.8p52)
    let n = magic.adding(near, times: Lanes(repeating: 0x1.71547652b82fep+0)) - magic
    let r = near.adding(n, times: Lanes(repeating: -0x1.62e42fefa39efp-1))
        .adding(n, times: Lanes(repeating: -0x1.abc9e3b39803fp-56))
    let scale = powerOfTwo(n)
    return (scale - 1).adding(scale * r, times: exponentialSeries(r))
}

/// ln x: -infinity at 0, NaN below.
@inline(__always)
func logarithmEverywhere(_ x: Lanes) -> Lanes {
    let isSubnormal = x .< Lanes(repeating: 0x1p-1022)
    let normal = x.replaced(by: x * 0x1p54, where: isSubnormal)
    let shift = Lanes(repeating: 0).replaced(by: Lanes(repeating: 0x1.2b708872320e2p+5), where: isSubnormal)
    return logarithmEnds(x, logarithm(normal) - shift)
}

@inline(__always)
private func logarithmEnds(_ x: Lanes, _ inside: Lanes) -> Lanes {
    let isNegative = x .< Lanes(repeating: 0)
    return inside.replaced(by: x, where: .!(x .< Lanes(repeating: .infinity)))
        .replaced(by: Lanes(repeating: -.infinity), where: x .== Lanes(repeating: 0))
        .replaced(by: Lanes(repeating: .nan), where: isNegative)
}

/// ln(1 + w): -infinity at -1, NaN below.
@inline(__always)
func logarithmOnePlusEverywhere(_ w: Lanes) -> Lanes {
    let usable = w.replaced(by: Lanes(repeating: 0), where: .!(w .> Lanes(repeating: -1)))
        .replaced(by: Lanes(repeating: 0), where: .!(w .< Lanes(repeating: .infinity)))
    return logarithmOnePlus(usable).replaced(by: w, where: .!(w .< Lanes(repeating: .infinity)))
        .replaced(by: Lanes(repeating: -.infinity), where: w .== Lanes(repeating: -1))
        .replaced(by: Lanes(repeating: .nan), where: w .< Lanes(repeating: -1))
}

@inline(__always)
func hyperbolicTangent(_ x: Lanes) -> Lanes {
    let e = exponentialMinusOneNearZero(x.absolute.minimum(Lanes(repeating: 20)) * 2)
    return (e / (e + 2)).withSign(of: x)
}

/// 1/(1 + exp(-x)).
@inline(__always)
func logisticFunction(_ x: Lanes) -> Lanes {
    let e = exponentialEverywhere(-x.absolute)
    let share = 1 / (e + 1)
    return share.replaced(by: e * share, where: x .< Lanes(repeating: 0))
}

/// ln(1 + exp(x)).
@inline(__always)
func softplus(_ x: Lanes) -> Lanes {
    logarithmOnePlus(exponentialEverywhere(-x.absolute)) + x.maximum(Lanes(repeating: 0))
}

/// -1, 0 or 1; NaN for NaN.
@inline(__always)
func signum(_ x: Lanes) -> Lanes {
    x.replaced(by: Lanes(repeating: 1), where: x .> Lanes(repeating: 0))
        .replaced(by: Lanes(repeating: -1), where: x .< Lanes(repeating: 0))
}

/// The largest integer that is not above x.
@inline(__always)
func roundedDown(_ x: Lanes) -> Lanes {
    let magic = Lanes(repeating: 0x1.8p52)
    let near = (x + magic) - magic
    let below = near.replaced(by: near - 1, where: near .> x)
    return below.replaced(by: x, where: .!(x.absolute .< Lanes(repeating: 0x1p50)))
}

/// a^b with NumPy's conventions: 1 for b = 0 or a = 1, NaN for negative a where b is no integer.
@inline(__always)
func power(_ a: Lanes, _ b: Lanes) -> Lanes {
    let logarithm = logarithmEverywhere(a.absolute)
    let product = b * logarithm
    // What rounding took from the product.
    let lost = (-product).adding(b, times: logarithm)
    let rest = lost.replaced(by: Lanes(repeating: 0), where: .!(lost.absolute .< Lanes(repeating: 1)))
    let size = exponentialEverywhere(product)
    // An overflown size times 1 + rest stays what it is.
    let magnitude = size.replaced(by: size.adding(size, times: rest), where: size .< Lanes(repeating: .infinity))
    let whole = roundedDown(b), half = roundedDown(b * 0.5)
    let isInteger = whole .== b
    let isOdd = isInteger .& (half * 2 .!= b)
    let signed = magnitude.replaced(by: -magnitude, where: isOdd .& (a .< Lanes(repeating: 0)))
    let isInvalid = (a .< Lanes(repeating: 0)) .& .!isInteger
    return signed.replaced(by: Lanes(repeating: .nan), where: isInvalid)
        .replaced(by: Lanes(repeating: 1), where: (b .== Lanes(repeating: 0)) .| (a .== Lanes(repeating: 1)))
}
