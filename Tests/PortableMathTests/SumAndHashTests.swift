import PortableMath
import Testing

@Test func compensatedSumKeepsWhatCancellationLoses() {
    #expect(CompensatedSum.of([1, 1e100, 1, -1e100]) == 2)
    #expect(CompensatedSum.of((0..<1_000_000).map { _ in 0.1 }) == 100_000)
    #expect(CompensatedSum.of([.infinity, 1]) == .infinity)
}

/// NIST's FIPS 180-4 example messages.
@Test func sha256MatchesFIPS180() {
    func hex(_ text: String) -> String {
        PortableMath.sha256(Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(hex(String(repeating: "a", count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
}

/// All lengths around the block's 64 bytes: the digest of the digests of the bytes 0, 1, ... n - 1, n < 200, by Python's
/// hashlib.
@Test func sha256PadsEveryLength() {
    let digests = (0..<200).flatMap { n in PortableMath.sha256((0..<n).map { UInt8($0) }) }
    let digest = PortableMath.sha256(digests).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(digest == "ba7b0fcea7d10c06b855b43d2b4dce1e3e842fff6be0acefb0faf4f2dd05bb47")
}

/// Vectors of Random123's tests/kat_vectors.
@Test func scalarPhiloxMatchesRandom123() {
    let ones = UInt32.max
    #expect(Philox4x32.block(counter: .zero, key: .zero) == SIMD4(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8))
    #expect(Philox4x32.block(counter: SIMD4(repeating: ones), key: SIMD2(repeating: ones))
        == SIMD4(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd))
    #expect(Philox4x32.block(
        counter: SIMD4(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344), key: SIMD2(0xa4093822, 0x299f31d0))
        == SIMD4(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1))
}
