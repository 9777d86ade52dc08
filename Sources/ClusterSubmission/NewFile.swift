import Glibc

/// A file that was written beside its place and brought to disk, and is yet to be exchanged for what is there: a running shell reads
/// its script to the end as it was. The file beside has a name that is nobody else's, and nothing that is there is followed or emptied.
struct NewFile {
    private let path: String
    private let beside: String

    init(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(SubmissionError) {
        self.path = path
        // Of another name than what another submission writes at the same time.
        beside = "\(path).\(getpid()).samsweep-new"
        try Self.removeLeft(beside)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let (beside, place) = (beside, path)
        let descriptor = FolderAccess.retrying { open(beside, flags, mode) }
        guard descriptor >= 0 else { throw FolderAccess.failure("cannot be written", place) }
        do {
            try Self.write(bytes, to: descriptor, path)
        } catch {
            close(descriptor)
            remove()
            throw error
        }
        // An interrupted close has closed.
        guard close(descriptor) == 0 || errno == EINTR else {
            let error = FolderAccess.failure("cannot be written", path)
            remove()
            throw error
        }
    }

    func exchange() throws(SubmissionError) {
        guard FolderAccess.retrying({ rename(beside, path) }) == 0 else { throw FolderAccess.failure("cannot be written", path) }
    }

    /// Gives it up.
    func remove() { unlink(beside) }

    /// Removes what a killed submission has left.
    private static func removeLeft(_ beside: String) throws(SubmissionError) {
        var info = stat()
        guard lstat(beside, &info) == 0 else {
            if errno == ENOENT { return }
            throw FolderAccess.failure("cannot be looked at", beside)
        }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw .folder("\(beside) is in the way and is left as it is: move it away, or give a new folder with --output")
        }
        guard unlink(beside) == 0 else { throw FolderAccess.failure("cannot be removed", beside) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(SubmissionError) {
        var start = 0
        while start < bytes.count {
            let count = FolderAccess.retrying { bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } }
            guard count > 0 else { throw FolderAccess.failure("cannot be written", path) }
            start += count
        }
        guard FolderAccess.retrying({ fsync(descriptor) }) == 0 || errno == EINVAL else { throw FolderAccess.failure("cannot be written", path) }
    }
}
