/// ln(1 + w) for w > -1, also where w is small. Relative error a few units in the last place.
@inline(__always)
func logarithmOnePlus(_ w: Lanes) -> Lanes {
    let sum = w + 1
    // What rounding took from 1 + w belongs to the logarithm's derivative.
    return logarithm(sum) + (w - (sum - 1)) / sum
}
