import Testing
import TrialContract

@testable import ResultStore

@Suite struct IntegrityTests {
    /// Sanity values of the reference implementation (xxHash, cli/xsum_sanity_check.c): bytes of the generator
    /// `byteGen = 2654435761; byte = byteGen >> 56; byteGen *= 11400714785074694797`, seeds 0 and 2654435761.
    @Test func xxh64MatchesItsPublishedValues() {
        var generator: UInt64 = 2_654_435_761
        let bytes = (0..<222).map { _ in
            defer { generator &*= 11_400_714_785_074_694_797 }
            return UInt8(truncatingIfNeeded: generator >> 56)
        }
        let prime: UInt64 = 2_654_435_761
        let published: [(Int, UInt64, UInt64)] = [
            (0, 0, 0xEF46_DB37_51D8_E999), (0, prime, 0xAC75_FDA2_929B_17EF),
            (1, 0, 0xE934_A84A_DB05_2768), (1, prime, 0x5014_607643A9_B4C3),
            (4, 0, 0x9136_A0DC_A574_57EE), (14, 0, 0x8282_DCC4_994E_35C8),
            (14, prime, 0xC3BD_6BF6_3DEB_6DF0), (222, 0, 0xB641_AE8C_B691_C174),
            (222, prime, 0x20CB_8AB7_AE10_C14A),
        ]
        for (count, seed, expected) in published {
            #expect(XXH64.hash(Array(bytes.prefix(count)), seed: seed) == expected, "\(count) bytes, seed \(seed)")
        }
    }

    /// The examples in the source of lookup3.c (driver5).
    @Test func lookup3MatchesItsPublishedValues() {
        #expect(Lookup3.hash([]) == 0xDEAD_BEEF)
        #expect(Lookup3.hash(ArraySlice("Four score and seven years ago".utf8)) == 0x1777_0551)
    }
}
