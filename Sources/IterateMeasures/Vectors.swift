import PortableMath

// Sums run upward, so that bits depend on nothing but the values.

func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in 0..<a.count { sum += a[i] * b[i] }
    return sum
}

/// |a|, also where squares under- or overflow.
func norm(_ a: [Double]) -> Double {
    let size = a.reduce(0) { $1.isNaN ? .nan : max($0, $1.magnitude) }
    guard size > 0, size.isFinite else { return size }
    let scale = Double(sign: .plus, exponent: size.exponent, significand: 1)
    return dot(a.map { $0 / scale }, a.map { $0 / scale }).squareRoot() * scale
}

/// a + factor b.
func add(_ factor: Double, _ b: [Double], to a: inout [Double]) {
    for i in 0..<a.count { a[i] += factor * b[i] }
}

extension SplitMix64 {
    /// In (-1, 1).
    mutating func number() -> Double { Double(next() >> 11) * 0x1p-52 - 1 + 0x1p-53 }
    mutating func sign() -> Double { next() >> 63 == 0 ? 1 : -1 }
}
