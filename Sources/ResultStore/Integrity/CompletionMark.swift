/// Sets the attribute `complete`, in one write of the sector it lies in.
///
/// Opening the file for writing with libhdf5 for it could fail because of a reader's lock, and would be the only time
/// that anything but raw values is written to a file that holds results. It is done only where another program has
/// changed the file's structure.
enum CompletionMark {
    static func set(_ value: UInt32, in file: RawFile) throws {
        if try setInPlace(value, in: file) { return }
        // The child opens it by its name.
        guard try Paths.identity(file.path) == file.identity() else { throw Paths.replaced(file.path) }
        try ConfinedFile.write(Int32(bitPattern: value), toAttribute: "complete", ofFile: file.path)
    }

    /// What it is set to; `nil` where the file is not as this program wrote it.
    static func value(in structure: FileStructure) -> UInt32? {
        guard let message = find(structure.root) else { return nil }
        return structure.root.data(message).suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// - Returns: false where the file is not as this program wrote it, and nothing was done.
    private static func setInPlace(_ value: UInt32, in file: RawFile) throws -> Bool {
        guard let structure = try FileStructure.known(file), let message = find(structure.root) else { return false }
        var chunk = structure.root.chunks[message.chunk]
        for index in 0..<4 {
            chunk.bytes[message.data.upperBound - 4 + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index)))
        }
        let checksum = Lookup3.hash(chunk.bytes.dropLast(4))
        for index in 0..<4 {
            chunk.bytes[chunk.bytes.count - 4 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(index)))
        }
        try file.write(chunk.bytes, at: chunk.address, "complete")
        return true
    }

    /// The attribute's message (version 1 or 3: flags, three lengths, the name, a type, a dataspace, the value), a
    /// scalar 32-bit integer, whose four bytes are its last. Version 1 pads each part to a multiple of eight bytes;
    /// version 3 has the name's character set before it.
    static func find(_ header: ObjectHeader) -> ObjectHeader.Message? {
        header.messages.first { message in
            guard message.type == ObjectHeader.attributeType else { return false }
            var reader = ByteReader(header.data(message))
            guard let version = reader.number(1), version == 1 || version == 3, reader.number(1) == 0,
                let nameLength = reader.number(2), let typeLength = reader.number(2), let spaceLength = reader.number(2),
                version == 1 || reader.skip(1)
            else { return false }
            let padding = { version == 1 ? ($0 + 7) / 8 * 8 : $0 }
            guard let name = reader.slice(padding(nameLength)) else { return false }
            return name.prefix { $0 != 0 } == ArraySlice("complete".utf8)
                && reader.position + padding(typeLength) + padding(spaceLength) + 4 == message.data.count
        }
    }
}
