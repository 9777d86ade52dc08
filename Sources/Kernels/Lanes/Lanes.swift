/// Eight trials side by side: the unit of work of every kernel, on every instruction set.
typealias Lanes = SIMD8<Double>
typealias Words = SIMD8<UInt64>

let laneCount = 8

// Only concrete operators and bit casts: generic vector initialisers of the standard library are not reliably inlined
// and, outlined, become shared symbols of whichever instruction set the linker meets first.

extension SIMD8<Double> {
    @inline(__always)
    init(bits: Words) { self = unsafeBitCast(bits, to: Lanes.self) }

    @inline(__always)
    var bits: Words { unsafeBitCast(self, to: Words.self) }

    /// `a * b + self`, rounded once.
    @inline(__always)
    func adding(_ a: Lanes, times b: Lanes) -> Lanes { addingProduct(a, b) }

    /// Lane by lane, `other` where the mask is set.
    @inline(__always)
    func replaced(by other: Lanes, where mask: LaneMask) -> Lanes { replacing(with: other, where: mask) }

    /// The magnitude of `self` with the sign of `other`.
    @inline(__always)
    func withSign(of other: Lanes) -> Lanes {
        let signs = Words(repeating: 0x8000_0000_0000_0000)
        return Lanes(bits: (bits & ~signs) | (other.bits & signs))
    }

    @inline(__always)
    var absolute: Lanes { Lanes(bits: bits & Words(repeating: 0x7FFF_FFFF_FFFF_FFFF)) }

    /// The smaller of two lanes; both must be numbers.
    @inline(__always)
    func minimum(_ other: Lanes) -> Lanes { replaced(by: other, where: other .< self) }

    @inline(__always)
    func maximum(_ other: Lanes) -> Lanes { replaced(by: other, where: other .> self) }
}

/// Lane values from a scalar function of the lane's index.
@inline(__always)
func lanes(_ value: (Int) -> Double) -> Lanes {
    Lanes(value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7))
}

@inline(__always)
func words(_ value: (Int) -> UInt64) -> Words {
    Words(value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7))
}

typealias LaneMask = SIMDMask<SIMD8<Int64>>
