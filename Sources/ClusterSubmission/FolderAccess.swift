import Glibc

/// How files and folders of a submission are read and made, with errors in the submission's words.
enum FolderAccess {
    /// Like `mkdir -p`.
    static func makeFolder(_ path: String) throws(SubmissionError) {
        if try isFolder(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeFolder(String(path[..<slash])) }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure("cannot be created", path) }
    }

    /// Whether a folder is there. Throws where something else is.
    static func isFolder(_ path: String) throws(SubmissionError) -> Bool {
        var info = stat()
        guard stat(path, &info) == 0 else { return false }
        guard info.st_mode & S_IFMT == S_IFDIR else { throw .folder("\(path) is a file: give a folder with --output") }
        return true
    }

    /// The bytes of a file; `nil` where there is none.
    static func read(_ path: String) throws(SubmissionError) -> [UInt8]? {
        let descriptor = retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        if descriptor < 0 && errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw failure("cannot be read", path) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw failure("cannot be read", path) }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw .folder("\(path) is not a file: give a new folder with --output")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = retrying { Glibc.read(descriptor, &buffer, buffer.count) }
            guard count >= 0 else { throw failure("cannot be read", path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Calls again while a signal interrupts.
    static func retrying<Number: SignedInteger>(_ call: () -> Number) -> Number {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    static func failure(_ what: String, _ path: String) -> SubmissionError {
        let code = errno
        let text = "\(path) \(what): \(String(cString: strerror(code)))"
        let passing: Set = [EIO, ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE, ENOMEM]
        return passing.contains(code)
            ? .inputOutput(text + "; run the same command again when that is mended")
            : .folder(text + "; give a folder with --output that can be written")
    }
}
