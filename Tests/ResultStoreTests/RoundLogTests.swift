import Testing

@testable import ResultStore

/// The bytes of a text of eleven bytes with room for five more; their checksum by Python's xxhash.
private let text = "{\"a\": \"é\"}"
private let bytes: [UInt8] = [206, 69, 49, 75, 192, 67, 255, 225] + [11, 0, 0, 0, 0, 0, 0, 0] + Array(text.utf8) + [0, 0, 0, 0, 0]

@Test func roundLogsLieInAFileByteForByte() {
    #expect(RoundLog(text: text, room: 5).byteCount == 32 && RoundLog.mostText(in: 32) == 16)
    #expect(RoundLog.bytes(text, count: 32) == bytes)
    #expect(RoundLog.text(bytes) == text)
    for count in [16, 17, 26, 27, 1000] {
        let longest = String(repeating: "x", count: RoundLog.mostText(in: count))
        #expect(RoundLog.bytes(longest, count: count).flatMap(RoundLog.text) == longest, "\(count)")
    }
}

/// It is kept whole or not at all.
@Test func roundLogsThatDoNotFitAreNotKept() {
    #expect(RoundLog.bytes(text, count: 27) != nil && RoundLog.bytes(text, count: 26) == nil)
    #expect(RoundLog.bytes("12345678901", count: 26) == nil)
    for count in 0..<16 { #expect(RoundLog.bytes("", count: count) == nil) }
}

/// A kill while it is written, at any byte of a longer, a shorter and an empty text's way; and damage.
@Test func halfWrittenRoundLogsAreNone() throws {
    for next in ["", "{}", "{\"a\": \"another\"}"] {
        let written = try #require(RoundLog.bytes(next, count: bytes.count))
        for place in 1..<bytes.count {
            let half = Array(written[..<place] + bytes[place...])
            // Where the rest is the same it is the one or the other.
            let expected = half == bytes ? text : half == written ? next : nil
            #expect(RoundLog.text(half) == expected, "\(next), cut at \(place)")
        }
    }
    for place in bytes.indices {
        var damaged = bytes
        damaged[place] ^= 1
        #expect(RoundLog.text(damaged) == nil, "byte \(place)")
        #expect(RoundLog.text(Array(bytes[..<place])) == nil, "\(place) bytes")
    }
}

/// With a checksum that is right: a length beyond the bytes.
@Test func roundLogsAreNoLongerThanTheirBytes() {
    let rest: [UInt8] = [17, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 120, count: 16)
    let sum = withUnsafeBytes(of: XXH64.hash(rest).littleEndian) { Array($0) }
    #expect(RoundLog.text(sum + rest) == nil)
    #expect(RoundLog.text(sum + [UInt8](repeating: 255, count: 24)) == nil)
}
