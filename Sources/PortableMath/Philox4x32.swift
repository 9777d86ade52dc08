/// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011.
///
/// A pure function from a 128-bit counter and a 64-bit key to 128 random bits; passes BigCrush for any key.
public enum Philox4x32 {
    /// The published number of rounds.
    public static let rounds = 10

    /// Four random words. `counter[0]` and `key[0]` are the first words of the published vectors.
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, rounds: Int = rounds) -> SIMD4<UInt32> {
        var words = counter
        var roundKey = key
        for _ in 0..<rounds {
            let first = UInt64(0xD251_1F53) * UInt64(words[0])
            let second = UInt64(0xCD9E_8D57) * UInt64(words[2])
            words = SIMD4(
                UInt32(truncatingIfNeeded: second >> 32) ^ words[1] ^ roundKey[0],
                UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ words[3] ^ roundKey[1],
                UInt32(truncatingIfNeeded: first))
            roundKey[0] &+= 0x9E37_79B9
            roundKey[1] &+= 0xBB67_AE85
        }
        return words
    }
}
