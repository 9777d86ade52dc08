import CHDF5Shims
import Glibc

/// A file opened for reading and writing at offsets, past libhdf5. Calls from several threads at once are fine.
final class RawFile: Sendable {
    let path: String
    let descriptor: Int32
    /// Told of every write and synchronisation, in tests of what a power loss would leave.
    private let observer: (@Sendable (Event) -> Void)?

    enum Event: Sendable {
        case written([UInt8], offset: Int)
        /// Everything written before `synchronising` is on disk at `synchronised`.
        case synchronising, synchronised
    }

    init(path: String, writable: Bool, observer: (@Sendable (Event) -> Void)? = nil) throws {
        self.path = path
        self.observer = observer
        // A pipe or a device makes nobody wait.
        let mode = (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK
        descriptor = SystemMessage.retrying { Glibc.open(path, mode) }
        if descriptor < 0 {
            let code = errno
            throw ResultStoreError(code: code, "open", path: path, isOutput: writable && code != ENOENT)
        }
    }

    func identity() throws -> Paths.Identity {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw failure("look at", "", errno) }
        return Paths.Identity(info, of: descriptor)
    }

    /// Bytes of the file now.
    func size() throws -> Int {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw failure("look at", "", errno) }
        return Int(info.st_size)
    }

    deinit { close(descriptor) }

    /// Writes all bytes or throws.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ object: String) throws {
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                throw failure("write", object, count == 0 ? ENOSPC : errno)
            }
        }
        observer?(.written(Array(bytes), offset: offset))
    }

    func write<Element: BitwiseCopyable>(_ values: [Element], at offset: Int, _ object: String) throws {
        try values.withUnsafeBytes { try write($0, at: offset, object) }
    }

    /// Fills the buffer or throws; a file that ends before is damaged.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int, _ object: String) throws {
        var done = 0
        while done < bytes.count {
            let count = pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw ResultStoreError(
                    .damaged, "read", object: object, path: path, reason: "the file ends before its last value",
                    remedy: "it was cut short: restore a copy, or start over with --fresh, which loses its trials")
            } else if errno != EINTR {
                throw failure("read", object, errno)
            }
        }
    }

    func read<Element: BitwiseCopyable>(
        count: Int, zero: Element, at offset: Int, _ object: String
    ) throws -> [Element] {
        var values = [Element](repeating: zero, count: count)
        try values.withUnsafeMutableBytes { try read(into: $0, at: offset, object) }
        return values
    }

    /// Returns when everything written before is on disk.
    func synchronise() throws {
        observer?(.synchronising)
        while fdatasync(descriptor) != 0 {
            if errno != EINTR { throw failure("write to disk", "", errno) }
        }
        observer?(.synchronised)
    }

    /// Reserves room on disk for bytes that are not written yet, where the file system can: a run then does not meet a
    /// full disk half-way.
    func reserve(_ bytes: Range<Int>, _ object: String) throws {
        guard !bytes.isEmpty else { return }
        let code = chdf5_reserve(descriptor, Int64(bytes.lowerBound), Int64(bytes.count))
        if [ENOSPC, EDQUOT, EFBIG, EIO].contains(code) { throw failure("reserve room for", object, code) }
    }

    /// Whether the path still leads to this file and the file is not shorter than `length`.
    ///
    /// What is written to a file that was removed is lost, and one that was cut short reads 0 where it is written past
    /// its end: better to stop.
    func requireInPlace(length: Int) throws {
        var opened = stat(), named = stat()
        guard fstat(descriptor, &opened) == 0 else { throw failure("look at", "", errno) }
        let remedy = "run the same command again"
        if stat(path, &named) != 0, errno != ENOENT, errno != ENOTDIR { throw failure("look at", "", errno) }
        if named.st_ino != opened.st_ino || named.st_dev != opened.st_dev {
            throw ResultStoreError(
                .inputOutput, "write", path: path,
                reason: "it was removed or replaced by another file while it was being written", remedy: remedy)
        }
        if Int(opened.st_size) < length {
            throw ResultStoreError(
                .inputOutput, "write", path: path,
                reason: "it was cut short to \(opened.st_size) bytes while it was being written",
                remedy: "start over with --fresh, or restore a copy")
        }
    }

    private func failure(_ operation: String, _ object: String, _ code: Int32) -> ResultStoreError {
        ResultStoreError(code: code, operation, object: object, path: path, isOutput: false)
    }
}
