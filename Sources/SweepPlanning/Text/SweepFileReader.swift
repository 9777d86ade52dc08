import Glibc

/// Reads a sweep file's text, at most a megabyte of it; `-` is standard input.
enum SweepFileReader {
    static let maximumBytes = 1_000_000

    /// What messages call a file.
    static func name(_ path: String) -> String { path == "-" ? "standard input" : path }

    /// Throws where there is no such file, it cannot be read, is too long or is not UTF-8.
    static func read(_ path: String) throws -> String {
        let diagnostics = Diagnostics(file: name(path))
        var descriptor: Int32
        repeat {
            descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw unreadable(diagnostics, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw unreadable(diagnostics, errno)
        }
        if status.st_mode & S_IFMT == S_IFDIR { throw unreadable(diagnostics, EISDIR) }
        if status.st_mode & S_IFMT == S_IFREG, status.st_size > maximumBytes {
            throw tooLong(diagnostics, bytes: "\(status.st_size) bytes")
        }
        return try text(bytes(descriptor, diagnostics), diagnostics)
    }

    private static func bytes(_ descriptor: Int32, _ diagnostics: Diagnostics) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(diagnostics, errno)
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            // A pipe or device has no size to be checked beforehand.
            if bytes.count > maximumBytes { throw tooLong(diagnostics, bytes: "more") }
        }
    }

    private static func text(_ bytes: [UInt8], _ diagnostics: Diagnostics) throws -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) {
            diagnostics.report(
                .whole, "", "is an HDF5 file and not a sweep file",
                remedy: "the sweep in a result is read where its path is given")
            throw diagnostics.error(.invalid)
        }
        let valid = validPrefix(bytes)
        let line = bytes[..<valid].count { $0 == UInt8(ascii: "\n") } + 1
        let start = bytes[..<valid].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        diagnostics.report(
            .file(line: line, column: String(decoding: bytes[start..<valid], as: UTF8.self).unicodeScalars.count + 1),
            "", "is not UTF-8 text", value: "byte 0x" + String(bytes[valid], radix: 16),
            remedy: "save the file as UTF-8")
        throw diagnostics.error(.invalid)
    }

    /// The number of bytes before the first that is not UTF-8.
    private static func validPrefix(_ bytes: [UInt8]) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var count = 0
        while case .valid(let scalar) = parser.parseScalar(from: &rest) { count += scalar.count }
        return min(count, bytes.count - 1)
    }

    /// The path may be wrong, or the system fails.
    private static func unreadable(_ diagnostics: Diagnostics, _ code: Int32) -> SweepFileError {
        let isPath = [ENOENT, ENOTDIR, EISDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, EINVAL, ENXIO, EBADF].contains(code)
        let reason = code == EISDIR ? "it is a folder" : String(cString: strerror(code))
        diagnostics.report(
            .whole, "", "cannot be read: \(reason)",
            remedy: isPath ? "check the path of the sweep file" : "see to the disk or the system's limits and try again")
        return diagnostics.error(isPath ? .notFound : .inputOutput)
    }

    private static func tooLong(_ diagnostics: Diagnostics, bytes: String) -> SweepFileError {
        diagnostics.report(
            .whole, "", "a sweep file has at most \(maximumBytes) bytes", value: bytes,
            remedy: "give ranges instead of long lists; results do not belong here")
        return diagnostics.error(.invalid)
    }
}
