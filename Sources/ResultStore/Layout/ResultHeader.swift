import Glibc
import TrialContract

/// What a result file says of itself, read whole when it is opened; everything but the trials.
struct ResultHeader: Sendable {
    let path: String
    let layout: ResultLayout
    /// Where each variable's rows begin; a variable that does not lie in one piece is missing here.
    let offsets: [String: Int]
    /// Where the trial numbers begin.
    let trialOffset: Int?
    let isComplete: Bool
    let sweepFingerprint: String
    let planFingerprint: String
    let sweepText: String
    let title: String
    let source: String
    let history: String
    let gitCommit: String
    let kernelRevision: Int
    let usesCommonRandomNumbers: Bool
    let shard: ShardIdentity?
}

/// Which of N parts a file holds.
public struct ShardIdentity: Sendable, Hashable, CustomStringConvertible {
    public let index: Int
    public let count: Int
    public var description: String { "\(index)/\(count)" }
}

extension ResultHeader {
    /// - Throws: `notFound`, or `damaged` where it is not a result file or does not hold together.
    static func read(_ path: String) throws -> ResultHeader {
        try requireSignature(path)
        return try HDF5Library.exclusively {
            let file = try HDF5File.open(path: path)
            guard let format = try file.readInteger("samsweep_format") else { throw foreign(path, "it has no samsweep_format") }
            guard format == ResultLayout.format else {
                throw ResultStoreError(
                    .damaged, "read", path: path,
                    reason: "it has format \(format), and this program reads format \(ResultLayout.format)",
                    remedy: "use the version of samsweep that wrote it")
            }
            return try HeaderReader(file: file).read()
        }
    }

    /// Whether the file begins as HDF5 files do.
    static func hasSignature(_ path: String) throws -> Bool {
        let file = try RawFile(path: path, writable: false)
        var info = stat()
        guard fstat(file.descriptor, &info) == 0, info.st_size >= signature.count else { return false }
        return try file.read(count: signature.count, zero: UInt8(0), at: 0, "signature") == signature
    }

    private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    private static func requireSignature(_ path: String) throws {
        switch Paths.entry(path) {
        case .nothing: throw ResultStoreError(.notFound, "open", path: path, reason: SystemMessage.text(ENOENT))
        case .folder: throw ResultStoreError(.damaged, "open", path: path, reason: "it is a folder")
        case .file, .other: break
        }
        if try !hasSignature(path) { throw foreign(path, "it is not an HDF5 file") }
    }

    private static func foreign(_ path: String, _ reason: String) -> ResultStoreError {
        ResultStoreError(.damaged, "read", path: path, reason: "it is not a result of samsweep: \(reason)")
    }
}
