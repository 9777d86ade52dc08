import LaneOperations

// The standard library's operators and methods by their own names, as single operations on whole vectors: the same values, without
// which the kernels' build takes several times as long. In this module these are found before the generic ones.

extension SIMD8<Double> {
    @inline(__always) static func + (a: Self, b: Self) -> Self { samsweep_add_doubles(a, b) }
    @inline(__always) static func - (a: Self, b: Self) -> Self { samsweep_subtract_doubles(a, b) }
    @inline(__always) static func * (a: Self, b: Self) -> Self { samsweep_multiply_doubles(a, b) }
    @inline(__always) static func / (a: Self, b: Self) -> Self { samsweep_divide_doubles(a, b) }

    @inline(__always) static func + (a: Self, b: Double) -> Self { a + Self(repeating: b) }
    @inline(__always) static func - (a: Self, b: Double) -> Self { a - Self(repeating: b) }
    @inline(__always) static func * (a: Self, b: Double) -> Self { a * Self(repeating: b) }
    @inline(__always) static func / (a: Self, b: Double) -> Self { a / Self(repeating: b) }

    @inline(__always) static func + (a: Double, b: Self) -> Self { Self(repeating: a) + b }
    @inline(__always) static func - (a: Double, b: Self) -> Self { Self(repeating: a) - b }
    @inline(__always) static func * (a: Double, b: Self) -> Self { Self(repeating: a) * b }
    @inline(__always) static func / (a: Double, b: Self) -> Self { Self(repeating: a) / b }

    /// 0 - a, as the standard library has it: minus 0 is 0.
    @inline(__always) static prefix func - (a: Self) -> Self { Self(repeating: 0) - a }

    @inline(__always) static func += (a: inout Self, b: Self) { a = a + b }
    @inline(__always) static func -= (a: inout Self, b: Self) { a = a - b }
    @inline(__always) static func *= (a: inout Self, b: Self) { a = a * b }
    @inline(__always) static func /= (a: inout Self, b: Self) { a = a / b }

    @inline(__always) func addingProduct(_ a: Self, _ b: Self) -> Self { samsweep_fused_doubles(a, b, self) }
    @inline(__always) func squareRoot() -> Self { samsweep_root_doubles(self) }
    @inline(__always) func replacing(with other: Self, where mask: LaneMask) -> Self {
        samsweep_choose_doubles(mask.bits, other, self)
    }
    @inline(__always) mutating func replace(with other: Self, where mask: LaneMask) { self = replacing(with: other, where: mask) }
}

extension SIMD8<UInt64> {
    @inline(__always) static func & (a: Self, b: Self) -> Self { samsweep_and_words(a, b) }
    @inline(__always) static func | (a: Self, b: Self) -> Self { samsweep_or_words(a, b) }
    @inline(__always) static func ^ (a: Self, b: Self) -> Self { samsweep_xor_words(a, b) }
    @inline(__always) static prefix func ~ (a: Self) -> Self { samsweep_not_words(a) }
    @inline(__always) static func &+ (a: Self, b: Self) -> Self { samsweep_add_words(a, b) }
    @inline(__always) static func &- (a: Self, b: Self) -> Self { samsweep_subtract_words(a, b) }
    @inline(__always) static func &* (a: Self, b: Self) -> Self { samsweep_multiply_words(a, b) }
    @inline(__always) static func &<< (a: Self, b: Self) -> Self { samsweep_left_words(a, b) }
    @inline(__always) static func &>> (a: Self, b: Self) -> Self { samsweep_right_words(a, b) }
}

extension LaneMask {
    @inline(__always)
    init(bits: SIMD8<Int64>) { self = unsafeBitCast(bits, to: LaneMask.self) }

    @inline(__always)
    var bits: SIMD8<Int64> { unsafeBitCast(self, to: SIMD8<Int64>.self) }

    @inline(__always) static func .& (a: Self, b: Self) -> Self { Self(bits: samsweep_and_mask(a.bits, b.bits)) }
    @inline(__always) static func .| (a: Self, b: Self) -> Self { Self(bits: samsweep_or_mask(a.bits, b.bits)) }
    @inline(__always) static func .^ (a: Self, b: Self) -> Self { Self(bits: samsweep_xor_mask(a.bits, b.bits)) }
    @inline(__always) static prefix func .! (a: Self) -> Self { Self(bits: samsweep_not_mask(a.bits)) }

    @inline(__always)
    var isSetInAllLanes: Bool { samsweep_all(bits) == -1 }

    @inline(__always)
    var isSetInAnyLane: Bool { samsweep_any(bits) != 0 }
}

extension SIMD16<Float> {
    @inline(__always) static func + (a: Self, b: Self) -> Self { samsweep_add_floats(a, b) }
    @inline(__always) static func - (a: Self, b: Self) -> Self { samsweep_subtract_floats(a, b) }
    @inline(__always) static func * (a: Self, b: Self) -> Self { samsweep_multiply_floats(a, b) }
    @inline(__always) static func / (a: Self, b: Self) -> Self { samsweep_divide_floats(a, b) }

    @inline(__always) static func + (a: Self, b: Float) -> Self { a + Self(repeating: b) }
    @inline(__always) static func - (a: Self, b: Float) -> Self { a - Self(repeating: b) }
    @inline(__always) static func * (a: Self, b: Float) -> Self { a * Self(repeating: b) }

    @inline(__always) func addingProduct(_ a: Self, _ b: Self) -> Self { samsweep_fused_floats(a, b, self) }
    @inline(__always) func squareRoot() -> Self { samsweep_root_floats(self) }
    @inline(__always) func replacing(with other: Self, where mask: SIMDMask<SIMD16<Int32>>) -> Self {
        samsweep_choose_floats(unsafeBitCast(mask, to: SIMD16<Int32>.self), other, self)
    }
}

extension SIMD16<UInt32> {
    @inline(__always) static func & (a: Self, b: Self) -> Self { samsweep_and_half_words(a, b) }
    @inline(__always) static func | (a: Self, b: Self) -> Self { samsweep_or_half_words(a, b) }
    @inline(__always) static func ^ (a: Self, b: Self) -> Self { samsweep_xor_half_words(a, b) }
    @inline(__always) static func &+ (a: Self, b: Self) -> Self { samsweep_add_half_words(a, b) }
    @inline(__always) static func &>> (a: Self, b: Self) -> Self { samsweep_right_half_words(a, b) }
    @inline(__always) func replacing(with other: Self, where mask: SIMDMask<SIMD16<Int32>>) -> Self {
        let choice = samsweep_choose_floats(
            unsafeBitCast(mask, to: SIMD16<Int32>.self), unsafeBitCast(other, to: SIMD16<Float>.self), unsafeBitCast(self, to: SIMD16<Float>.self))
        return unsafeBitCast(choice, to: Self.self)
    }
}
