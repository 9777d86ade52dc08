import Glibc

/// That a folder is one submission's, until this goes: the lock that `submit.sh` takes, too.
package final class FolderLock {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The lock where its file is there; `nil` where it is not. Throws `SubmissionError.inUse` while another one has it.
    static func taken(at path: String, in folder: String) throws(SubmissionError) -> FolderLock? {
        let descriptor = FolderAccess.retrying { open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW) }
        if descriptor < 0 && errno == ENOENT { return nil }
        return try locked(descriptor, path, folder)
    }

    static func made(at path: String, in folder: String) throws(SubmissionError) -> FolderLock {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW
        return try locked(FolderAccess.retrying { open(path, flags, 0o666) }, path, folder)
    }

    private static func locked(_ descriptor: Int32, _ path: String, _ folder: String) throws(SubmissionError) -> FolderLock {
        guard descriptor >= 0 else { throw FolderAccess.failure("cannot be opened", path) }
        let lock = FolderLock(descriptor)
        // Where the file system has no locks, nothing is to be known.
        guard FolderAccess.retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0, errno == EWOULDBLOCK else { return lock }
        let processes = others(descriptor)
        let who = processes.isEmpty ? "" : " (\(processes.count == 1 ? "process" : "processes") \(processes.map(String.init).joined(separator: ", ")))"
        throw .inUse(
            "\(folder) is in use: another submission\(who) is at work in it. Wait for its end, then try again; nothing was changed")
    }

    /// Processes of this machine, other than this one, that have the file open, as far as they may be looked at: a lock outlives the
    /// process that took it in those that it has started.
    private static func others(_ descriptor: Int32) -> [Int32] {
        var own = stat()
        guard fstat(descriptor, &own) == 0 else { return [] }
        return names(in: "/proc").compactMap { Int32($0) }.filter { process in
            process != getpid()
                && names(in: "/proc/\(process)/fd").contains { name in
                    var info = stat()
                    return stat("/proc/\(process)/fd/\(name)", &info) == 0 && info.st_ino == own.st_ino && info.st_dev == own.st_dev
                }
        }.sorted()
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(withUnsafePointer(to: &entry.pointee.d_name) { String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) })
        }
        return names
    }
}
