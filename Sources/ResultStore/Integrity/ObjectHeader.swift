/// An object header of HDF5 ("OHDR", version 2; HDF5 File Format Specification 3.0, IV.A.1.b): the messages that make
/// up a group or a dataset, in chunks with a checksum each.
struct ObjectHeader {
    struct Chunk {
        /// Address in the file.
        let address: Int
        /// The whole chunk with signature and checksum.
        var bytes: [UInt8]
        /// Where its messages lie in `bytes`.
        let messages: Range<Int>

        var extent: Range<Int> { address..<address + bytes.count }
    }

    struct Message {
        let type: Int
        let chunk: Int
        /// Where the message's data lie in the chunk's bytes.
        let data: Range<Int>
    }

    enum Failure: Error {
        /// A checksum is wrong, or something lies outside the file.
        case damaged(String)
        /// Valid HDF5 perhaps, but not as this program writes it.
        case unknown(String)
    }

    static let dataspaceType = 1, linkType = 6, layoutType = 8, attributeType = 12, continuationType = 16

    private(set) var chunks: [Chunk] = []
    private(set) var messages: [Message] = []

    init(at address: Int, in file: RawFile, size: Int) throws {
        var next = [(address, try Self.firstChunkSize(at: address, in: file, size: size))]
        var tracksOrder = false, total = 0
        while let (address, length) = next.popLast() {
            guard chunks.count < 1000, total <= size else { throw Failure.damaged("an object header goes in circles") }
            let chunk = try Self.readChunk(at: address, length: length, isFirst: chunks.isEmpty, in: file, size: size)
            if chunks.isEmpty { tracksOrder = chunk.bytes[5] & 0x04 != 0 }
            total += chunk.bytes.count
            chunks.append(chunk)
            try collect(chunk, tracksOrder: tracksOrder) { next.append($0) }
        }
    }

    func data(_ message: Message) -> [UInt8] { Array(chunks[message.chunk].bytes[message.data]) }

    /// The length of the first chunk, from its first bytes.
    private static func firstChunkSize(at address: Int, in file: RawFile, size: Int) throws -> Int {
        guard address > 0, address <= size - 16 else { throw Failure.damaged("an object header lies outside the file") }
        let head = try file.read(count: min(64, size - address), zero: UInt8(0), at: address, "an object header")
        guard head.starts(with: Array("OHDR".utf8)), head[4] == 2 else {
            throw Failure.unknown("an object header has another form")
        }
        var reader = ByteReader(head)
        reader.position = headLength(flags: head[5]) - (1 << (Int(head[5]) & 3))
        guard let length = reader.number(1 << (Int(head[5]) & 3)), length <= size else {
            throw Failure.damaged("an object header ends early")
        }
        return headLength(flags: head[5]) + length + 4
    }

    /// Bytes before the messages: signature, version, flags, times, limits and the chunk's size.
    private static func headLength(flags: UInt8) -> Int {
        6 + (flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0) + (1 << (Int(flags) & 3))
    }

    private static func readChunk(at address: Int, length: Int, isFirst: Bool, in file: RawFile, size: Int) throws -> Chunk {
        guard address > 0, length >= 16, length <= min(1 << 24, size), address <= size - length else {
            throw Failure.damaged("an object header lies outside the file")
        }
        let bytes = try file.read(count: length, zero: UInt8(0), at: address, "an object header")
        var tail = ByteReader(Array(bytes.suffix(4)))
        guard tail.number(4) == Int(Lookup3.hash(bytes.dropLast(4))) else {
            throw Failure.damaged("an object header at byte \(address) has a wrong checksum")
        }
        if !isFirst, !bytes.starts(with: Array("OCHK".utf8)) { throw Failure.unknown("a header goes on in another form") }
        let first = isFirst ? headLength(flags: bytes[5]) : 4
        guard first <= length - 4 else { throw Failure.damaged("an object header ends early") }
        return Chunk(address: address, bytes: bytes, messages: first..<length - 4)
    }

    private mutating func collect(_ chunk: Chunk, tracksOrder: Bool, _ follow: ((Int, Int)) -> Void) throws {
        let headLength = tracksOrder ? 6 : 4
        var reader = ByteReader(chunk.bytes)
        reader.position = chunk.messages.lowerBound
        // What is left behind the last message is a gap.
        while reader.position + headLength <= chunk.messages.upperBound {
            guard let type = reader.number(1), let length = reader.number(2), reader.skip(headLength - 3),
                reader.position + length <= chunk.messages.upperBound
            else { throw Failure.damaged("a message of an object header is too long") }
            let message = Message(
                type: type, chunk: chunks.count - 1, data: reader.position..<reader.position + length)
            messages.append(message)
            if type == Self.continuationType {
                var target = ByteReader(data(message))
                guard let address = target.number(8), let size = target.number(8) else {
                    throw Failure.damaged("a header's continuation is too short")
                }
                follow((address, size))
            }
            _ = reader.skip(length)
        }
    }

    /// A link of a compact group: its name and the address of what it points to.
    static func hardLink(_ data: [UInt8]) throws -> (name: String, address: Int) {
        var reader = ByteReader(data)
        guard reader.number(1) == 1, let flags = reader.number(1),
            flags & 8 == 0 || reader.number(1) == 0,
            flags & 4 == 0 || reader.skip(8),
            flags & 16 == 0 || reader.skip(1),
            let length = reader.number(1 << (flags & 3)), let name = reader.slice(length),
            let address = reader.number(8)
        else { throw Failure.unknown("a link has another form") }
        return (String(decoding: name, as: UTF8.self), address)
    }
}
