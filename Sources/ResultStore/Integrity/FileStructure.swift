/// What lies where in a result file, found without libhdf5: a damaged file can crash the library, and this reader
/// trusts no byte.
///
/// It knows the part of the format that this program writes (superblock 0, compact groups, contiguous datasets; of chunked
/// ones nothing but their headers) and checks every object header's checksum on its way.
struct FileStructure {
    /// Bytes of the datasets by path, as "distance" or "samsweep/checksums".
    private(set) var datasets: [String: Range<Int>] = [:]
    /// The lengths of the datasets' dimensions.
    private(set) var lengths: [String: [Int]] = [:]
    let root: ObjectHeader
    let size: Int
    /// Bytes of the headers, the root's first, chunk by chunk.
    private(set) var headers: [Range<Int>] = []
    /// How many were come by, and their bytes: links may go in circles.
    private var objects = 0, headerBytes = 0

    /// `nil` where the file is damaged or not as this program writes it.
    ///
    /// - Throws: `inputOutput` where it cannot be read.
    static func known(_ file: RawFile) throws -> FileStructure? {
        do { return try FileStructure(file) } catch is ObjectHeader.Failure { return nil }
    }

    init(_ file: RawFile) throws {
        size = try file.size()
        root = try ObjectHeader(at: Self.rootAddress(file, size: size), in: file, size: size)
        try walk(root, "", file)
    }

    /// From the superblock: version 0, addresses of 8 bytes, the end of the file where it is.
    private static func rootAddress(_ file: RawFile, size: Int) throws -> Int {
        guard size >= 96 else { throw ObjectHeader.Failure.damaged("it is shorter than a superblock") }
        var reader = ByteReader(try file.read(count: 96, zero: UInt8(0), at: 0, "the superblock"))
        reader.position = 8
        guard reader.slice(5) == [0, 0, 0, 0, 0], reader.slice(2) == [8, 8] else {
            throw ObjectHeader.Failure.unknown("its superblock has another form")
        }
        reader.position = 40
        guard let end = reader.number(8), end <= size else {
            throw ObjectHeader.Failure.damaged("it was cut short")
        }
        reader.position = 64
        guard let address = reader.number(8) else { throw ObjectHeader.Failure.damaged("it has no root group") }
        return address
    }

    private mutating func walk(_ header: ObjectHeader, _ path: String, _ file: RawFile) throws {
        headers += header.chunks.map(\.extent)
        headerBytes += header.chunks.reduce(0) { $0 + $1.bytes.count }
        guard headerBytes <= size else { throw ObjectHeader.Failure.unknown("its groups go in circles") }
        for message in header.messages {
            if message.type == ObjectHeader.linkType {
                let (name, address) = try ObjectHeader.hardLink(header.data(message))
                objects += 1
                guard path.utf8.count(where: { $0 == UInt8(ascii: "/") }) < 4, objects < 20_000 else {
                    throw ObjectHeader.Failure.unknown("its groups are nested deeply")
                }
                let child = try ObjectHeader(at: address, in: file, size: size)
                try walk(child, path.isEmpty ? name : "\(path)/\(name)", file)
            } else if message.type == ObjectHeader.layoutType {
                try noteLayout(header.data(message), path)
            } else if message.type == ObjectHeader.dataspaceType {
                lengths[path] = try Self.lengths(header.data(message))
            }
        }
    }

    private mutating func noteLayout(_ data: [UInt8], _ path: String) throws {
        // Version 4, class 3: mapped from datasets of this file; it has no bytes of its own.
        if data.starts(with: [4, 3]) { return }
        var reader = ByteReader(data)
        guard reader.number(1) == 3, let form = reader.number(1), form == 1 || form == 2 else {
            throw ObjectHeader.Failure.unknown("\(path) is stored in another form")
        }
        // Chunks are found through libhdf5's own trees.
        if form == 2 { return }
        guard let address = reader.number(8), let length = reader.number(8) else {
            // The undefined address: nothing allocated.
            return
        }
        guard address >= 96, length <= size, address <= size - length else {
            throw ObjectHeader.Failure.damaged("\(path) lies outside the file")
        }
        datasets[path] = address..<address + length
    }

    /// A dataspace message, version 1 or 2.
    private static func lengths(_ data: [UInt8]) throws -> [Int] {
        var reader = ByteReader(data)
        guard let version = reader.number(1), version == 1 || version == 2, let rank = reader.number(1),
            reader.skip(version == 1 ? 6 : 2)
        else { throw ObjectHeader.Failure.unknown("a dataspace has another form") }
        return try (0..<rank).map { _ in
            guard let length = reader.number(8) else { throw ObjectHeader.Failure.damaged("a dataspace is too short") }
            return length
        }
    }
}
