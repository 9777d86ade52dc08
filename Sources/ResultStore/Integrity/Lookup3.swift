/// Bob Jenkins' lookup3 (`hashlittle`, initial value 0), the checksum of HDF5's object headers.
/// https://burtleburtle.net/bob/c/lookup3.c
enum Lookup3 {
    static func hash(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBytes(hash)
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var a = 0xDEAD_BEEF &+ UInt32(truncatingIfNeeded: bytes.count)
        var b = a, c = a
        var position = 0
        while bytes.count - position > 12 {
            a &+= word(bytes, position)
            b &+= word(bytes, position + 4)
            c &+= word(bytes, position + 8)
            mix(&a, &b, &c)
            position += 12
        }
        if position == bytes.count { return c }
        a &+= word(bytes, position)
        b &+= word(bytes, position + 4)
        c &+= word(bytes, position + 8)
        finish(&a, &b, &c)
        return c
    }

    /// Four bytes from `position` on, little-endian; those behind the end are 0.
    private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt32 {
        if position + 4 <= bytes.count {
            return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        }
        var word: UInt32 = 0
        for index in 0..<4 where position + index < bytes.count {
            word |= UInt32(bytes[position + index]) << (8 * UInt32(index))
        }
        return word
    }

    private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        a &-= c; a ^= rotate(c, 4); c &+= b
        b &-= a; b ^= rotate(a, 6); a &+= c
        c &-= b; c ^= rotate(b, 8); b &+= a
        a &-= c; a ^= rotate(c, 16); c &+= b
        b &-= a; b ^= rotate(a, 19); a &+= c
        c &-= b; c ^= rotate(b, 4); b &+= a
    }

    private static func finish(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        c ^= b; c &-= rotate(b, 14)
        a ^= c; a &-= rotate(c, 11)
        b ^= a; b &-= rotate(a, 25)
        c ^= b; c &-= rotate(b, 16)
        a ^= c; a &-= rotate(c, 4)
        b ^= a; b &-= rotate(a, 14)
        c ^= b; c &-= rotate(b, 24)
    }

    private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
        value << count | value >> (32 - count)
    }
}
