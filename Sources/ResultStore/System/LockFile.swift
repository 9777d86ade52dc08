import Glibc

/// A lock beside the result, `RESULT.lock`, held by the run that writes it; it ends with the process, however that ends.
///
/// The result itself is never locked: a program that reads it must not make the writer fail, nor the other way round.
final class LockFile: Sendable {
    /// What to tell the user where the file system has no locks; `nil` where the lock is held.
    let warning: String?
    private let path: String
    private let descriptor: Int32

    /// - Parameter flock: the system's call, which tests replace; 0 or the error's number.
    /// - Throws: `inputOutput` where another run holds it, `cannotCreate` where the file cannot be made.
    init(for result: String, flock: (Int32) -> Int32 = LockFile.lock) throws {
        let path = result + ".lock"
        self.path = path
        while true {
            let descriptor = try Self.openFile(path, for: result)
            let code = Self.isSwitchedOff ? 0 : flock(descriptor)
            if code != 0 && !Self.meansUnsupported.contains(code) {
                let holder = Self.contents(descriptor)
                close(descriptor)
                throw Self.held(result, holder: holder, code: code)
            }
            // Whoever held it before may have removed the file after it was opened here.
            if !Self.isSame(descriptor, path) {
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
    func release() {
        if Self.isSame(descriptor, path) { unlink(path) }
    }

    deinit {
        release()
        close(descriptor)
    }

    /// ENOLCK, ENOSYS, EOPNOTSUPP and the kernel's ENOTSUPP, which has no name here: NFS and Lustre without locks.
    private static let meansUnsupported: Set<Int32> = [ENOLCK, ENOSYS, EOPNOTSUPP, 524]

    /// HDF5's own switch for file systems without locks counts here, too.
    private static var isSwitchedOff: Bool {
        guard let value = getenv("HDF5_USE_FILE_LOCKING") else { return false }
        return ["FALSE", "0"].contains(String(cString: value))
    }

    private static func openFile(_ path: String, for result: String) throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        if descriptor < 0 {
            let code = errno
            throw ResultStoreError(.cannotCreate, "create", path: result, reason: "\(path): \(SystemMessage.text(code))",
                                   remedy: SystemMessage.remedy(code, path: result))
        }
        return descriptor
    }

    /// 0, or the error number.
    static func lock(_ descriptor: Int32) -> Int32 {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
    }

    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var opened = stat(), named = stat()
        return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0
            && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    /// Says who holds it, for those who find it held.
    private static func sign(_ descriptor: Int32) {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let text = Array("process \(getpid()) on \(host)\n".utf8)
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    private static func contents(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 300)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)).prefix { $0 != 10 }, as: UTF8.self)
    }

    private static func held(_ result: String, holder: String, code: Int32) -> ResultStoreError {
        let isHeld = code == EWOULDBLOCK || code == EACCES
        let reason = isHeld
            ? "another run is writing it" + (holder.isEmpty ? "" : " (\(holder))")
            : "\(result).lock: \(SystemMessage.text(code)) (errno \(code))"
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
