/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011.
///
/// A pure function from a 128-bit counter and a 64-bit key to 128 random bits; passes BigCrush for any key.
public enum Philox4x32 {
    /// The published number of rounds.
    @inlinable public static var rounds: Int { 10 }

    /// Four random words. `counter[0]` and `key[0]` are the first words of the published vectors.
    @inlinable
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, rounds: Int = rounds) -> SIMD4<UInt32> {
        var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
        var (k0, k1) = (key[0], key[1])
        for _ in 0..<rounds {
            let first = UInt64(0xD251_1F53) * UInt64(c0)
            let second = UInt64(0xCD9E_8D57) * UInt64(c2)
            (c0, c2) = (UInt32(second >> 32) ^ c1 ^ k0, UInt32(first >> 32) ^ c3 ^ k1)
            (c1, c3) = (UInt32(truncatingIfNeeded: second), UInt32(truncatingIfNeeded: first))
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return SIMD4(c0, c1, c2, c3)
    }
}
