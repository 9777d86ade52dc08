import Glibc

/// The system's words for its error numbers, and what a user can do about them.
enum SystemMessage {
    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    static func remedy(_ code: Int32, path: String) -> String {
        switch code {
        case ENOSPC: "make room or choose another --output, then run the same command again"
        case EDQUOT: "the quota is used up: make room or choose another --output, then run the same command again"
        case EROFS: "the file system is mounted read-only: choose another --output"
        case EACCES, EPERM: "ask for the rights to it or choose another --output"
        case EMFILE, ENFILE: "too many files are open: raise the limit (ulimit -n) or close some, then run the same command again"
        case ENOMEM: "free some memory, then run the same command again"
        case EIO: "the disk or the network file system failed: see the system's log, then run the same command again"
        case EFBIG: "files may not grow that large here (ulimit -f, or the file system's limit): choose another --output"
        case ENOENT: "check the path"
        case ENOTDIR: "a part of the path is a file: choose another --output"
        default: ""
        }
    }

    /// Calls `call` until no signal has interrupted it.
    ///
    /// - Returns: its result; negative where it failed, and `errno` says why.
    static func retrying<Number: SignedInteger>(_ call: () -> Number) -> Number {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}

extension ResultStoreError {
    /// Of a system call that failed with a number. What wears off or has to do with the disk is an error of input and
    /// output; else it is the place that will not do.
    ///
    /// - Parameter isOutput: whether the file was to be made or written.
    init(code: Int32, _ operation: String, object: String = "", path: String, detail: String = "", isOutput: Bool) {
        let passing: Set = [
            EIO, ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE, ENOMEM, EINTR, EAGAIN, EBADF, ESTALE, ETIMEDOUT, EBUSY, ENODEV,
        ]
        let kind: Kind = passing.contains(code) ? .inputOutput
            : isOutput ? .cannotCreate : code == ENOENT ? .notFound : .inputOutput
        self.init(
            kind, operation, object: object, path: path,
            reason: (detail.isEmpty ? "" : "\(detail): ") + SystemMessage.text(code),
            remedy: SystemMessage.remedy(code, path: path))
    }
}
