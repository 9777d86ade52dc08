import Glibc

/// A file opened for reading and writing at offsets, past libhdf5. Calls from several threads at once are fine.
final class RawFile: Sendable {
    let path: String
    let descriptor: Int32

    init(path: String, writable: Bool) throws {
        self.path = path
        descriptor = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC)
        if descriptor < 0 {
            let code = errno
            let kind: ResultStoreError.Kind = code == ENOENT ? .notFound : writable ? .cannotCreate : .inputOutput
            throw ResultStoreError(kind, "open", path: path, reason: SystemMessage.text(code),
                                   remedy: SystemMessage.remedy(code, path: path))
        }
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
                    remedy: "it was cut short; run with --fresh to start over")
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
        while fdatasync(descriptor) != 0 {
            if errno != EINTR { throw failure("write to disk", "", errno) }
        }
    }

    private func failure(_ operation: String, _ object: String, _ code: Int32) -> ResultStoreError {
        ResultStoreError(.inputOutput, operation, object: object, path: path, reason: SystemMessage.text(code),
                         remedy: SystemMessage.remedy(code, path: path))
    }
}
