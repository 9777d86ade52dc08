import Glibc
import TrialContract

/// What a result file says of itself, read whole when it is opened; everything but the trials.
@dynamicMemberLookup
struct ResultHeader: Sendable {
    let path: String
    /// The file that it was read from; another one may have its name by now.
    let identity: Paths.Identity
    var description: FileDescription
    /// Where each variable's stored rows begin; a variable that does not lie in one piece is missing here.
    let offsets: [String: Int]
    /// The same for the variables of trajectories.
    let curveOffsets: [String: Int]
    /// Where the trial numbers begin.
    let trialOffset: Int?
    let checksumOffsets: ChecksumOffsets
    /// Where the bytes of the rounds' log lie; `nil` without one that lies in one piece.
    let roundLog: Range<Int>?
    let isComplete: Bool
    /// Whether texts that only describe the file, as its title, are others than were written.
    var hasEditedTexts = false

    /// Asked for at every row.
    var layout: ResultLayout { description.layout }
    subscript<Value>(dynamicMember part: KeyPath<FileDescription, Value>) -> Value { description[keyPath: part] }
}

/// Where a file's own checksums lie.
struct ChecksumOffsets: Sendable {
    /// Of the tiles: by variable, then by tile. `nil` where another program has packed them.
    let tiles: Int?
    /// The same, read when the file was opened, where they are packed.
    let packedTiles: [UInt64]
    let fixedBytes: Int
    let content: Int
    /// Over what decides the trials. `nil` in files of version 0.1.
    let core: Int?
    /// Of the trajectories: by cell. `nil` without any.
    let curves: Int?
}

extension ResultHeader {
    /// - Throws: `notFound`, or `damaged` where it is not a result file or does not hold together.
    ///
    /// - Parameter series: of files that are read one after the other, which is faster.
    static func read(_ path: String, in series: HeaderSeries? = nil) throws -> ResultHeader {
        try Paths.reading(path) {
            try requireResult(path)
            let raw = try RawFile(path: path, writable: false)
            return try series.map { try $0.read(raw) } ?? read(FileCheck.open(raw), raw)
        }
    }

    /// - Throws: `damaged` where its checksums are wrong, too.
    static func read(_ file: ConfinedFile, _ raw: RawFile) throws -> ResultHeader {
        let path = raw.path
        var header = try read(file)
        guard try header.identity == raw.identity() else { throw Paths.replaced(path) }
        func stored(_ offset: Int, _ path: String) throws -> UInt64 {
            UInt64(littleEndian: try raw.read(count: 1, zero: UInt64(0), at: offset, path)[0])
        }
        let offsets = header.checksumOffsets
        let isCoreRight = try offsets.core.map { try stored($0, ResultLayout.coreChecksumPath) == ContentChecksum.ofCore(header) }
        // The first does not know of what kind dimensions are.
        if try stored(offsets.content, ResultLayout.contentChecksumPath) == ContentChecksum.of(header), isCoreRight != false {
            return header
        }
        // Texts that only describe it, as the title, may have been edited with other programs.
        guard isCoreRight == true else {
            throw ResultStoreError(
                .damaged, "read", path: path, reason: "the checksum over its coordinates and texts is wrong",
                remedy: ResultStoreError.remedyOfDamage)
        }
        header.hasEditedTexts = true
        return header
    }

    /// Whether it says of all that has no checksum what a look at the file says, made without libhdf5: where things lie, and
    /// whether the result is complete.
    func agrees(with structure: FileStructure) -> Bool {
        func lies(_ path: String, at offset: Int?, bytes: Int? = nil) -> Bool {
            let place = structure.datasets[path]
            return place?.lowerBound == offset && (bytes == nil || place?.count == bytes)
        }
        let checksums = checksumOffsets, curves = layout.curve?.variables ?? []
        return isContiguous && CompletionMark.value(in: structure) == (isComplete ? 1 : 0)
            && layout.variables.allSatisfy { variable in
                let bytes = layout.storedLengths(of: variable).reduce(variable.element.size, *)
                return lies(layout.storedPath(variable.name), at: offsets[variable.name], bytes: bytes)
            }
            && curves.allSatisfy { lies(layout.storedPath($0.name), at: curveOffsets[$0.name]) }
            && lies(layout.rowName, at: trialOffset) && lies(ResultLayout.tileChecksumPath, at: checksums.tiles)
            && lies(ResultLayout.roundLogPath, at: roundLog?.lowerBound, bytes: roundLog?.count)
            && lies(ResultLayout.fixedChecksumPath, at: checksums.fixedBytes)
            && lies(ResultLayout.contentChecksumPath, at: checksums.content)
            && lies(ResultLayout.coreChecksumPath, at: checksums.core) && lies(CurveLayout.checksumPath, at: checksums.curves)
    }

    /// The file that it was read from, for its rows.
    ///
    /// - Throws: `inputOutput` where another file has taken its place.
    func openFile(writable: Bool = false, observer: (@Sendable (RawFile.Event) -> Void)? = nil) throws -> RawFile {
        let file = try RawFile(path: path, writable: writable, observer: observer)
        guard try file.identity() == identity else { throw Paths.replaced(path) }
        return file
    }

    /// - Throws: `inputOutput` where its name now leads to another file.
    func requireInPlace() throws {
        guard try Paths.identity(path) == identity else { throw Paths.replaced(path) }
    }

    /// Of a file of this program's own making, without a look at its checksums.
    static func ofOwnFile(_ path: String) throws -> ResultHeader { try read(ConfinedFile(path, .quick)) }

    /// Without a look at the checksums.
    static func read(_ file: ConfinedFile) throws -> ResultHeader {
        guard let format = try file.readInteger("samsweep_format") else {
            throw ResultStoreError(.damaged, "read", path: file.path, reason: "it has no samsweep_format")
        }
        guard format == ResultLayout.format else {
            throw ResultStoreError(
                .damaged, "read", path: file.path,
                reason: "it has format \(format), and this program reads format \(ResultLayout.format)",
                remedy: "use the version of samsweep that wrote it")
        }
        return try HeaderReader(file: file).read()
    }

    /// Why a file is no result of this program, going by its first bytes; `nil` where it is one, damaged or not.
    static func reasonItIsNoResult(_ path: String) throws -> String? {
        let file = try RawFile(path: path, writable: false)
        let length = min(try file.size(), 1 << 16)
        let head = try file.read(count: length, zero: UInt8(0), at: 0, "its beginning")
        guard head.starts(with: BesideFile.hdf5) else { return length == 0 ? "it is empty" : "it is not an HDF5 file" }
        let name = Array("samsweep_format".utf8)
        let isOurs = head.indices.contains { index in
            head[index] == name[0] && head[index...].starts(with: name)
        }
        return isOurs ? nil : "it is an HDF5 file, but not a result of samsweep"
    }

    private static func requireResult(_ path: String) throws {
        switch try Paths.entry(path) {
        case .nothing: throw ResultStoreError(.notFound, "open", path: path, reason: SystemMessage.text(ENOENT))
        case .folder: throw ResultStoreError(.damaged, "open", path: path, reason: "it is a folder")
        case .other: throw ResultStoreError(.damaged, "open", path: path, reason: "it is a pipe or a device and not a file")
        case .file: break
        }
        if let reason = try reasonItIsNoResult(path) {
            throw ResultStoreError(.damaged, "open", path: path, reason: reason)
        }
    }

    /// How long a text the log of rounds holds; `nil` where there is no place for one.
    var mostRoundLog: Int? { roundLog.map { RoundLog.mostText(in: $0.count) } }

    /// Whether the trials' rows lie in one piece each.
    var isContiguous: Bool { checksumOffsets.tiles != nil && layout.variables.allSatisfy { offsets[$0.name] != nil } }

    /// The checksums of some tiles of a variable, as the file has them now.
    func tileChecksums(_ variable: Int, _ tiles: Range<Int>, in file: RawFile) throws -> [UInt64] {
        let first = variable * layout.tileCount + tiles.lowerBound
        guard let offset = checksumOffsets.tiles else {
            return Array(checksumOffsets.packedTiles[first..<first + tiles.count])
        }
        return try file.read(
            count: tiles.count, zero: UInt64(0), at: offset + first * 8, ResultLayout.tileChecksumPath
        ).map(UInt64.init(littleEndian:))
    }
}
