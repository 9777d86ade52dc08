/// sqrt(v_0^2 + v_1^2 + …) where the plain sum of squares may have under- or overflowed.
///
/// `value(j)` is coordinate j. Taken only when a lane's sum is below 2^-900 or infinite: coordinates are scaled by a
/// power of two first, lane by lane, which is exact.
@inline(never)
func carefulNorm(_ dimension: Int, _ value: (Int) -> Lanes) -> Lanes {
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
    return sum.squareRoot() / scale
}

/// The norm belonging to a sum of squares, by the careful way where the sum is of no use.
@inline(__always)
func norm(sumOfSquares: Lanes, dimension: Int, _ value: (Int) -> Lanes) -> Lanes {
    let isUsable = (sumOfSquares .> Lanes(repeating: 0x1p-900)) .& (sumOfSquares .< Lanes(repeating: .infinity))
    if Lanes(repeating: 0).replaced(by: Lanes(repeating: 1), where: isUsable).least == 1 {
        return sumOfSquares.squareRoot()
    }
    return carefulNorm(dimension, value).replaced(by: sumOfSquares.squareRoot(), where: isUsable)
}
