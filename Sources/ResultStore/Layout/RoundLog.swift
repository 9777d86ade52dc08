/// What was decided in rounds, as text for programs, and the room that a file has for it.
///
/// It is the one part of a file beside rows and checksums that may be written again: the last decision leads to no new file. Its bytes are a
/// checksum of their own (XXH64 of the rest), the text's length, both little-endian in eight bytes, the text as UTF-8, and zeros. A kill
/// while it is written leaves a wrong checksum; then there is no log, and whoever needs it decides again.
public struct RoundLog: Sendable, Equatable {
    public var text: String
    /// Bytes that are kept free for what comes behind it.
    public var room: Int

    public init(text: String = "", room: Int) {
        (self.text, self.room) = (text, room)
    }

    /// More are taken for damage.
    static let mostBytes = 1 << 28
    private static let headBytes = 16

    /// Of the dataset of a new file.
    var byteCount: Int { Self.headBytes + text.utf8.count + room }

    /// How long a text a dataset of so many bytes holds.
    static func mostText(in byteCount: Int) -> Int { max(0, byteCount - headBytes) }

    /// `nil` where they are too few.
    static func bytes(_ text: String, count: Int) -> [UInt8]? {
        guard text.utf8.count <= mostText(in: count), count >= headBytes else { return nil }
        let rest = number(UInt64(text.utf8.count)) + Array(text.utf8)
            + [UInt8](repeating: 0, count: mostText(in: count) - text.utf8.count)
        return number(XXH64.hash(rest)) + rest
    }

    /// `nil` where the checksum is wrong.
    static func text(_ bytes: [UInt8]) -> String? {
        guard bytes.count >= headBytes, number(XXH64.hash(Array(bytes[8...]))) == Array(bytes[..<8]) else { return nil }
        let length = bytes[8..<headBytes].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(mostText(in: bytes.count)) else { return nil }
        return String(decoding: bytes[headBytes..<headBytes + Int(length)], as: UTF8.self)
    }

    private static func number(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
}
