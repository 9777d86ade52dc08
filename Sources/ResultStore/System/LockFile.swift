import Glibc

/// A lock beside the result, `BesideFile.lock`, held by the run that writes it; it ends with the process, however that
/// ends.
///
/// The result itself is never locked: a program that reads it must not make the writer fail, nor the other way round.
final class LockFile: Sendable {
    /// What to tell the user where the file system has no locks; `nil` where the lock is held.
    let warning: String?
    private let path: String
    private let descriptor: Int32

    /// - Parameter flock: the system's call, which tests replace; 0 or the error's number.
    /// - Throws: `inputOutput` where another run holds it, `cannotCreate` where the file cannot be made, or is another's.
    init(for result: String, flock: (Int32) -> Int32 = LockFile.lock) throws {
        let path = BesideFile.lock(of: result)
        self.path = path
        while true {
            let descriptor = try Self.openFile(path, for: result)
            let code = Self.isSwitchedOff ? 0 : flock(descriptor)
            if code != 0 && !Self.meansUnsupported.contains(code) {
                let holder = Self.holder(descriptor)
                close(descriptor)
                throw Self.held(result, path, holder: holder, code: code)
            }
            // Whoever held it before may have removed the file after it was opened here.
            let isSame: Bool
            do { isSame = try Self.isSame(descriptor, path) } catch {
                close(descriptor)
                throw error
            }
            if !isSame {
                close(descriptor)
                continue
            }
            self.descriptor = descriptor
            warning = code == 0 ? nil : Self.hint(result, code)
            break
        }
        Self.sign(descriptor)
    }

    /// Removes the file; the lock ends with this object.
    ///
    /// A call that fails is tried again: it may have failed for that moment alone, and nobody else removes the file. One
    /// that stays is in nobody's way, since the lock is not the file.
    func release() {
        for _ in 0..<Self.attempts {
            guard let isSame = try? Self.isSame(descriptor, path) else { continue }
            if !isSame || unlink(path) == 0 { return }
        }
    }

    private static let attempts = 3

    deinit {
        release()
        close(descriptor)
    }

    /// ENOLCK, ENOSYS, EOPNOTSUPP and the kernel's ENOTSUPP, which has no name here: NFS and Lustre without locks.
    private static let meansUnsupported: Set<Int32> = [ENOLCK, ENOSYS, EOPNOTSUPP, 524]

    /// What the file begins with.
    private static let mark = "samsweep: "

    /// HDF5's own switch for file systems without locks counts here, too.
    private static var isSwitchedOff: Bool {
        guard let value = getenv("HDF5_USE_FILE_LOCKING") else { return false }
        return ["FALSE", "0"].contains(String(cString: value))
    }

    private static func openFile(_ path: String, for result: String) throws -> Int32 {
        let mode = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let descriptor = SystemMessage.retrying { open(path, mode, 0o666) }
        if descriptor < 0 {
            let code = errno
            if [ELOOP, EISDIR, ENXIO].contains(code) { throw BesideFile.inTheWay(path, result) }
            throw ResultStoreError(code: code, "create", path: result, detail: path, isOutput: true)
        }
        do {
            guard try isOurs(descriptor, path) else { throw BesideFile.inTheWay(path, result) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Whether a file was made here: it is empty, or a run has signed it.
    private static func isOurs(_ descriptor: Int32, _ path: String) throws -> Bool {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw ResultStoreError(code: errno, "look at", path: path, isOutput: true) }
        guard info.st_mode & S_IFMT == S_IFREG else { return false }
        return try info.st_size == 0 || info.st_size < 4096 && contents(descriptor, path).hasPrefix(mark)
    }

    /// 0, or the error number.
    static func lock(_ descriptor: Int32) -> Int32 {
        SystemMessage.retrying { flock(descriptor, LOCK_EX | LOCK_NB) } == 0 ? 0 : errno
    }

    private static func isSame(_ descriptor: Int32, _ path: String) throws -> Bool {
        var opened = stat(), named = stat()
        guard fstat(descriptor, &opened) == 0 else {
            throw ResultStoreError(code: errno, "look at", path: path, isOutput: true)
        }
        guard lstat(path, &named) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return false }
            throw ResultStoreError(code: errno, "look at", path: path, isOutput: true)
        }
        return opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    /// Says who holds it, for those who find it held. What cannot be written is not missed: the lock holds without.
    private static func sign(_ descriptor: Int32) {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let text = Array("\(mark)process \(getpid()) on \(host)\n".utf8)
        let written = SystemMessage.retrying { pwrite(descriptor, text, text.count, 0) }
        // Not in part: it would not be known for ours again.
        _ = SystemMessage.retrying { ftruncate(descriptor, written == text.count ? off_t(written) : 0) }
    }

    private static func contents(_ descriptor: Int32, _ path: String) throws -> String {
        var bytes = [UInt8](repeating: 0, count: 300)
        let count = SystemMessage.retrying { pread(descriptor, &bytes, bytes.count, 0) }
        if count < 0 { throw ResultStoreError(code: errno, "read", path: path, isOutput: true) }
        return String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self)
    }

    private static func holder(_ descriptor: Int32) -> String {
        let text = (try? contents(descriptor, "")) ?? ""
        return text.hasPrefix(mark) ? String(text.dropFirst(mark.count)) : ""
    }

    private static func held(_ result: String, _ path: String, holder: String, code: Int32) -> ResultStoreError {
        let isHeld = code == EWOULDBLOCK || code == EACCES
        let reason = isHeld
            ? "another run is writing it" + (holder.isEmpty ? "" : " (\(holder))")
            : "\(path): \(SystemMessage.text(code)) (errno \(code))"
        return ResultStoreError(
            .inputOutput, "lock", path: result, reason: reason,
            remedy: isHeld ? "wait for it to end, or choose another --output" : hintText)
    }

    static let hintText =
        "if no other run writes this file, set HDF5_USE_FILE_LOCKING=FALSE, or choose an --output on a local disk"

    private static func hint(_ result: String, _ code: Int32) -> String {
        "cannot lock \(result): \(SystemMessage.text(code)) (errno \(code)); going on without a lock: do not start "
            + "another run on this file. \(hintText)"
    }
}
