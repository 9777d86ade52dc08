/// Reads little-endian numbers from bytes that nobody vouches for: everything is `nil` behind the end.
struct ByteReader {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position >= bytes.count }

    /// Whether so many bytes are left; sizes may be any number.
    private func has(_ size: Int) -> Bool { size >= 0 && size <= bytes.count - position }

    mutating func number(_ size: Int) -> Int? {
        guard has(size) else { return nil }
        var value: UInt64 = 0
        for index in (0..<size).reversed() { value = value << 8 | UInt64(bytes[position + index]) }
        position += size
        return Int(exactly: value)
    }

    mutating func slice(_ size: Int) -> ArraySlice<UInt8>? {
        guard has(size) else { return nil }
        defer { position += size }
        return bytes[position..<position + size]
    }

    mutating func skip(_ size: Int) -> Bool { slice(size) != nil }
}
