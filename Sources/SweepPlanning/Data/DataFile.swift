import Glibc
import PortableMath
import TrialContract

/// Where a problem over data is smallest, as it was found earlier.
package struct KnownMinimum: Sendable {
    /// What holds it.
    package enum Place: Sendable {
        case result, cache

        /// As in "the minimiser that a result holds".
        var words: String {
            switch self {
            case .result: "that a result holds"
            case .cache: "that was found before and kept"
            }
        }
    }

    /// SHA-256 of the data file, in hexadecimal.
    package let digest: String
    package let minimum: LinearModelMinimum
    package let place: Place

    package init(digest: String, minimum: LinearModelMinimum, place: Place = .result) {
        self.place = place
        self.digest = digest
        self.minimum = minimum
    }
}

/// How the data of problems are got at.
package struct DataAccess {
    /// Reads datasets of numbers out of the bytes of an HDF5 file: the bytes, what messages call the file, names of the
    /// datasets, the most numbers in one. Errors are for people.
    package typealias NumberReading =
        (_ bytes: [UInt8], _ path: String, _ datasets: [String], _ most: Int) throws -> [(lengths: [Int], values: [Double])]

    /// `nil`: only text is read.
    let numbers: NumberReading?
    /// Files beside which relative paths are looked for, too, after the sweep file.
    let besides: [String]
    /// SHA-256 of the file that is meant; a file with another is not taken for it.
    let digest: String?
    /// Whether the sweep stands in a result. What files it names is then decided by whoever wrote the result, and nothing
    /// of their content is told.
    let isOfResult: Bool
    /// Hears what planning begins that may take long, as "finding the minimiser of 2,000 examples of 1,000 numbers".
    let announce: (String) -> Void
    /// Called where a search begins that takes some seconds, with how many are expected; what it returns is called when it has ended.
    let searching: (Double) -> () -> Void
    /// The minima that results within reach hold, with the SHA-256 of their data; asked for where finding one would take
    /// long.
    let known: () -> [KnownMinimum]
    /// Hears of a minimum that took long to find and that no one knew.
    let found: (KnownMinimum) -> Void

    /// The operations of a search, rows and columns times columns twice, from which on it is worth while to keep what it finds: about a
    /// second of a core.
    static let operationsWorthKeeping = 1e9

    package init(
        numbers: NumberReading? = nil, besides: [String] = [], digest: String? = nil, isOfResult: Bool = false,
        announce: @escaping (String) -> Void = { _ in },
        searching: @escaping (Double) -> () -> Void = { _ in {} },
        known: @escaping () -> [KnownMinimum] = { [] }, found: @escaping (KnownMinimum) -> Void = { _ in }
    ) {
        self.numbers = numbers
        self.besides = besides
        self.digest = digest
        self.isOfResult = isOfResult
        self.announce = announce
        self.searching = searching
        self.known = known
        self.found = found
    }

    /// An error over a file that a result names, without what the file holds.
    func told(_ error: DataFileError) -> DataFileError {
        isOfResult ? DataFileError("is not a file as the result was made over") : error
    }
}

/// Examples from a file: LIBSVM text, or HDF5 with the datasets `X` (examples × features) and `y` (targets).
///
/// What is hashed is what is read: the file's bytes are taken into memory once.
enum DataFile {
    static let maximumBytes = 256_000_000
    /// Numbers of all examples together, zeros included.
    static let mostNumbers = 50_000_000
    /// Features: their second moments are a matrix of 800 MB.
    static let mostColumns = 10_000

    /// Where a name leads: as it is if absolute; else the first that can be read beside one of the files, or from the
    /// working folder; beside the first file if none can. With a digest, the first that has it goes before the others.
    static func path(_ name: String, besides files: [String], digest: String? = nil) -> String {
        guard !name.hasPrefix("/") else { return name }
        let places = files.map { file in file.lastIndex(of: "/").map { String(file[...$0]) + name } ?? name } + [name]
        let readable = places.filter { access($0, R_OK) == 0 }
        let meant = digest.flatMap { digest in
            readable.count < 2 ? nil : readable.first { (try? bytesAndDigest($0))?.digest == digest }
        }
        return meant ?? readable.first ?? places[0]
    }

    /// - Parameters:
    ///   - numbers: reads HDF5; `nil` where that is not to be had.
    ///   - isZeroBased: the indices of a text begin at 0.
    ///   - meant: SHA-256 of the file that it must be.
    /// - Throws: `DataFileError`.
    static func read(
        _ path: String, numbers: DataAccess.NumberReading?, isZeroBased: Bool = false, meant: String? = nil
    ) throws -> (dataset: Dataset, digest: String) {
        let (bytes, digest) = try bytesAndDigest(path)
        if let meant, meant != digest {
            throw DataFileError(
                "is another file than the one the result was made over (SHA-256 \(digest.prefix(12))… instead of "
                    + "\(meant.prefix(12))…)", remedy: "put the original file there: \(path) was looked at")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard isHDF5(bytes) else {
            if let kind = foreignKind(bytes) { throw DataFileError(kind) }
            return (try LIBSVMText.dataset(bytes, name: name, firstIndex: isZeroBased ? 0 : 1), digest)
        }
        guard !isZeroBased else { throw DataFileError("is an HDF5 file, which has no indices to begin at 0: leave zero_based out") }
        guard let numbers else { throw DataFileError("is an HDF5 file, which cannot be read here") }
        let parts: [(lengths: [Int], values: [Double])]
        do { parts = try numbers(bytes, path, ["X", "y"], mostNumbers) } catch { throw DataFileError("\(error)") }
        return (try dataset(parts, name: name), digest)
    }

    /// HDF5's signature stands at the beginning or, behind a user block, at 512, 1024, 2048 … bytes.
    private static func isHDF5(_ bytes: [UInt8]) -> Bool {
        let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        var offset = 0
        while offset + signature.count <= bytes.count {
            if bytes[offset...].starts(with: signature) { return true }
            offset = offset == 0 ? 512 : 2 * offset
        }
        return false
    }

    /// What a file is that is often taken for one of ours.
    private static func foreignKind(_ bytes: [UInt8]) -> String? {
        let kinds: [([UInt8], String)] = [
            ([0x1F, 0x8B], "is packed with gzip: unpack it"), ([0x42, 0x5A, 0x68], "is packed with bzip2: unpack it"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "is packed with xz: unpack it"),
            ([0x50, 0x4B, 0x03, 0x04], "is a zip file, as NumPy's .npz: write X and y to HDF5 or LIBSVM text"),
            ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "is a file of NumPy: write X and y to HDF5 or LIBSVM text"),
            ([0x43, 0x44, 0x46, 0x01], "is a netCDF-3 file: convert it with nccopy -k nc4"),
            ([0x43, 0x44, 0x46, 0x02], "is a netCDF-3 file: convert it with nccopy -k nc4"),
            ([0x43, 0x44, 0x46, 0x05], "is a netCDF-3 file: convert it with nccopy -k nc4"),
        ]
        if let kind = kinds.first(where: { bytes.starts(with: $0.0) }) { return kind.1 }
        // Text has no NUL bytes, wherever they stand.
        guard let zero = bytes.firstIndex(of: 0) else { return nil }
        let line = bytes[..<zero].count { $0 == UInt8(ascii: "\n") } + 1
        return "is neither HDF5 nor undamaged text: a NUL byte stands in line \(line)"
    }

    /// - Parameter parts: `X` and `y`, the latter a vector or a matrix of one column.
    static func dataset(_ parts: [(lengths: [Int], values: [Double])], name: String) throws -> Dataset {
        guard parts.count == 2, parts[0].lengths.count == 2, parts[0].lengths[1] > 0,
            parts[1].lengths.count == 1 || parts[1].lengths.count == 2 && parts[1].lengths[1] == 1,
            parts[0].lengths[0] == parts[1].lengths[0], !parts[1].values.isEmpty
        else {
            let shapes = parts.map { "\($0.lengths)" }.joined(separator: " and ")
            throw DataFileError("needs datasets X (examples × features) and y (examples), not of shapes \(shapes)")
        }
        for (name, part) in zip(["X", "y"], parts) {
            if let bad = part.values.firstIndex(where: { !$0.isFinite }) {
                throw DataFileError("\(name) has a value that is no number, at position \(bad)")
            }
        }
        guard parts[0].lengths[1] <= mostColumns else {
            throw DataFileError(
                "X has \(parts[0].lengths[1]) columns: more than \(mostColumns), whose curvature would not fit into memory")
        }
        return Dataset(name: name, columns: parts[0].lengths[1], features: parts[0].values, targets: parts[1].values)
    }

    static func dataset(_ text: String, name: String, isZeroBased: Bool = false) throws -> Dataset {
        try LIBSVMText.dataset(Array(text.utf8), name: name, firstIndex: isZeroBased ? 0 : 1)
    }

    /// A file with its SHA-256 in hexadecimal.
    static func bytesAndDigest(_ path: String) throws -> (bytes: [UInt8], digest: String) {
        let bytes = try bytes(path)
        return (bytes, PortableMath.sha256(bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    /// A regular file's bytes; its size is looked at before anything is read.
    private static func bytes(_ path: String) throws -> [UInt8] {
        func failure(_ code: Int32) -> DataFileError { DataFileError("cannot be read: \(String(cString: strerror(code)))") }
        // Without waiting for the other end of a fifo.
        var descriptor: Int32 = -1
        repeat { descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw failure(errno) }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw DataFileError(
                info.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is no regular file but a \(kind(info.st_mode))")
        }
        let tooLarge = DataFileError("has more than \(maximumBytes) bytes")
        guard Int(info.st_size) <= maximumBytes else { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(info.st_size))
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw failure(errno) }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= maximumBytes else { throw tooLarge }
        }
        guard !bytes.isEmpty else { throw DataFileError("is empty") }
        return bytes
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFIFO: "fifo"
        case S_IFSOCK: "socket"
        default: "device"
        }
    }
}
