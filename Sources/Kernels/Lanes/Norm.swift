/// A sum over coordinates of squares, in four partial sums that do not wait for each other: coordinate j belongs to sum j mod 4,
/// each in ascending order; the total is (s0 + s1) + (s2 + s3). The order is part of the result's bits.
private struct SquareSums {
    private var s0 = Lanes(repeating: 0), s1 = Lanes(repeating: 0), s2 = Lanes(repeating: 0), s3 = Lanes(repeating: 0)

    /// Four coordinates, the first of which is a multiple of four.
    @inline(__always)
    mutating func add(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes) {
        s0 = s0.adding(a, times: a)
        s1 = s1.adding(b, times: b)
        s2 = s2.adding(c, times: c)
        s3 = s3.adding(d, times: d)
    }

    /// One of the at most three coordinates that are left over.
    @inline(__always)
    mutating func add(_ a: Lanes, at j: Int) {
        switch j & 3 {
        case 0: s0 = s0.adding(a, times: a)
        case 1: s1 = s1.adding(a, times: a)
        default: s2 = s2.adding(a, times: a)
        }
    }

    @inline(__always)
    var total: Lanes { (s0 + s1) + (s2 + s3) }
}

/// The sum over coordinates of squares, in the order of `SquareSums`.
@inline(__always)
func sumOfSquares(_ dimension: Int, _ value: (Int) -> Lanes) -> Lanes {
    var sums = SquareSums()
    var j = 0
    while j + 4 <= dimension {
        sums.add(value(j), value(j + 1), value(j + 2), value(j + 3))
        j += 4
    }
    // One copy of `value` for what is left over: it may be a whole gradient, and there are many pairs to compile.
    while j < dimension {
        sums.add(value(j), at: j)
        j += 1
    }
    return sums.total
}

/// The sum over coordinates of magnitudes: a bound of the norm whose last bits nobody keeps.
@inline(__always)
func sumOfMagnitudes(_ dimension: Int, _ value: (Int) -> Lanes) -> Lanes {
    var sums = (Lanes(repeating: 0), Lanes(repeating: 0))
    var j = 0
    while j + 2 <= dimension {
        sums.0 += value(j).absolute
        sums.1 += value(j + 1).absolute
        j += 2
    }
    if j < dimension { sums.0 += value(j).absolute }
    return sums.0 + sums.1
}

/// A sum of magnitudes of one value and, where `squares` says so, `sumOfSquares` of another that is found from it, in the same
/// pass. Whether it is is asked once for four coordinates, whose values do not wait for each other.
@inline(__always)
func sumsOfMagnitudesAndSquares(
    _ dimension: Int, squares: Bool, _ value: (Int) -> Lanes, then squared: (Int, Lanes) -> Lanes
) -> (magnitudes: Lanes, squares: Lanes) {
    var magnitude = Lanes(repeating: 0)
    var sums = SquareSums()
    var j = 0
    while j + 4 <= dimension {
        let a = value(j), b = value(j + 1), c = value(j + 2), d = value(j + 3)
        magnitude += (a.absolute + b.absolute) + (c.absolute + d.absolute)
        if squares { sums.add(squared(j, a), squared(j + 1, b), squared(j + 2, c), squared(j + 3, d)) }
        j += 4
    }
    while j < dimension {
        let a = value(j)
        magnitude += a.absolute
        if squares { sums.add(squared(j, a), at: j) }
        j += 1
    }
    return (magnitude, sums.total)
}

/// sqrt(v_0^2 + v_1^2 + …) where the plain sum of squares may have under- or overflowed.
///
/// `value(j)` is coordinate j. Taken only when a lane's sum is below 2^-900 or infinite: coordinates are scaled by a
/// power of two first, lane by lane, which is exact.
@inline(never)
private func carefulNorm(_ result: UnsafeMutablePointer<Lanes>, _ dimension: Int, _ value: (Int) -> Lanes) {
    var largest = Lanes(repeating: 0)
    for j in 0..<dimension { largest = largest.maximum(value(j).absolute) }
    // The largest magnitude's power of two; zero and infinite lanes are left alone.
    let usable = (largest .> Lanes(repeating: 0x1p-1000)) .& (largest .< Lanes(repeating: .infinity))
    let power = Lanes(bits: largest.bits & Words(repeating: 0x7FF0_0000_0000_0000))
    let scale = Lanes(repeating: 0x1p1000).replaced(by: 1 / power, where: usable)
    var sum = Lanes(repeating: 0)
    for j in 0..<dimension {
        let scaled = value(j) * scale
        sum = sum.adding(scaled, times: scaled)
    }
    result.pointee = sum.squareRoot() / scale
}

/// Where a sum of squares has neither under- nor overflowed.
@inline(__always)
func isUsable(_ sumOfSquares: Lanes) -> LaneMask {
    (sumOfSquares .> Lanes(repeating: 0x1p-900)) .& (sumOfSquares .< Lanes(repeating: .infinity))
}

/// The norm belonging to a sum of squares, by the careful way where the sum is of no use.
@inline(__always)
func norm(sumOfSquares: Lanes, dimension: Int, _ value: (Int) -> Lanes) -> Lanes {
    let isUsable = isUsable(sumOfSquares)
    var size = sumOfSquares.squareRoot()
    if !isUsable.isSetInAllLanes {
        // Passed by address: vectors cross a call in pieces.
        var careful = size
        carefulNorm(&careful, dimension, value)
        size = careful.replaced(by: size, where: isUsable)
    }
    return size
}
