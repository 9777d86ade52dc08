import Glibc
import TrialContract

/// What a result file says of itself, read whole when it is opened; everything but the trials.
struct ResultHeader: Sendable {
    let path: String
    let layout: ResultLayout
    /// Where each variable's rows begin; a variable that does not lie in one piece is missing here.
    let offsets: [String: Int]
    /// The same for the variables of trajectories.
    let curveOffsets: [String: Int]
    /// Where the trial numbers begin.
    let trialOffset: Int?
    let checksumOffsets: ChecksumOffsets
    let isComplete: Bool
    let sweepFingerprint: String
    let planFingerprint: String
    let sweepText: String
    let title: String
    let source: String
    let history: String
    let gitCommit: String
    let references: String
    let kernelRevision: Int
    let usesCommonRandomNumbers: Bool
    let shard: ShardIdentity?
    /// `nil` in files from before it was stored.
    let sweepSource: SweepSource?
}

/// Where a file's own checksums lie.
struct ChecksumOffsets: Sendable {
    /// Of the tiles: by variable, then by tile.
    let tiles: Int
    let fixedBytes: Int
    let content: Int
    /// Of the trajectories: by cell. `nil` without any.
    let curves: Int?
}

/// Which of N parts a file holds.
public struct ShardIdentity: Sendable, Hashable, CustomStringConvertible {
    public let index: Int
    public let count: Int
    public var description: String { "\(index)/\(count)" }

    public init(index: Int, count: Int) {
        self.index = index
        self.count = count
    }
}

extension ResultHeader {
    /// - Throws: `notFound`, or `damaged` where it is not a result file or does not hold together.
    static func read(_ path: String) throws -> ResultHeader {
        try requireResult(path)
        let raw = try RawFile(path: path, writable: false)
        try FileCheck.requireReadable(raw)
        let header = try readWithLibrary(path)
        let stored = try raw.read(
            count: 1, zero: UInt64(0), at: header.checksumOffsets.content, ResultLayout.contentChecksumPath)
        guard UInt64(littleEndian: stored[0]) == ContentChecksum.of(header) else {
            throw ResultStoreError(
                .damaged, "read", path: path, reason: "the checksum over its coordinates and texts is wrong",
                remedy: FileCheck.remedy)
        }
        return header
    }

    /// Without a look at the checksums.
    static func readWithLibrary(_ path: String) throws -> ResultHeader {
        try HDF5Library.exclusively {
            let file = try HDF5File.open(path: path)
            guard let format = try file.readInteger("samsweep_format") else {
                throw ResultStoreError(.damaged, "read", path: path, reason: "it has no samsweep_format")
            }
            guard format == ResultLayout.format else {
                throw ResultStoreError(
                    .damaged, "read", path: path,
                    reason: "it has format \(format), and this program reads format \(ResultLayout.format)",
                    remedy: "use the version of samsweep that wrote it")
            }
            return try HeaderReader(file: file).read()
        }
    }

    /// Why a file is no result of this program, going by its first bytes; `nil` where it is one, damaged or not.
    static func foreignness(_ path: String) throws -> String? {
        let file = try RawFile(path: path, writable: false)
        var info = stat()
        guard fstat(file.descriptor, &info) == 0 else { return SystemMessage.text(errno) }
        let length = min(Int(info.st_size), 1 << 16)
        let head = try file.read(count: length, zero: UInt8(0), at: 0, "its beginning")
        guard head.starts(with: signature) else { return length == 0 ? "it is empty" : "it is not an HDF5 file" }
        let name = Array("samsweep_format".utf8)
        let isOurs = head.indices.contains { index in
            head[index] == name[0] && head[index...].starts(with: name)
        }
        return isOurs ? nil : "it is an HDF5 file, but not a result of samsweep"
    }

    private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    private static func requireResult(_ path: String) throws {
        switch Paths.entry(path) {
        case .nothing: throw ResultStoreError(.notFound, "open", path: path, reason: SystemMessage.text(ENOENT))
        case .folder: throw ResultStoreError(.damaged, "open", path: path, reason: "it is a folder")
        case .file, .other: break
        }
        if let reason = try foreignness(path) {
            throw ResultStoreError(.damaged, "open", path: path, reason: reason)
        }
    }

    /// Whether the trials' rows lie in one piece each.
    var isContiguous: Bool { layout.variables.allSatisfy { offsets[$0.name] != nil } }
}
