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
        case EIO: "the disk or the network file system failed: see the system's log, then run the same command again"
        case EFBIG: "files may not grow that large here (ulimit -f, or the file system's limit): choose another --output"
        case ENOENT: "check the path"
        case ENOTDIR: "a part of the path is a file: choose another --output"
        default: ""
        }
    }
}
