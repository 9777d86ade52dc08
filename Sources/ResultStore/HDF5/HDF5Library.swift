import CHDF5
import CHDF5Shims
import Glibc

/// The only door to libhdf5: every call is made inside `exclusively`.
///
/// Why one owner: the library has a single lock even where it is built thread-safe, and none where it is not; its
/// high-level part, which attaches dimension scales, is never thread-safe; and an error's message belongs to the last
/// call of the thread. So calls of several threads are put in a row here, and nothing is lost by it: results are not
/// written through the library but with `pwrite` at the offsets it reports.
enum HDF5Library {
    private static let door: RecursiveLock = {
        chdf5_prepare()
        return RecursiveLock()
    }()
    /// Whether closing an object failed since this was last asked; looked at and set inside the door only.
    nonisolated(unsafe) private static var hasFailedToClose = false

    static func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
        door.lock()
        defer { door.unlock() }
        chdf5_silence()
        return try body()
    }

    /// The innermost message of the last failed call.
    static func lastError() -> String {
        var text = [CChar](repeating: 0, count: 1024)
        chdf5_last_error(&text, text.count)
        chdf5_clear_errors()
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? "libhdf5 gives no reason" : String(decoding: bytes, as: UTF8.self)
    }

    /// An object could not be closed: whoever writes the file hears of it when the file is closed.
    static func noteFailedClose() { hasFailedToClose = true }

    static func takeFailedClose() -> Bool {
        defer { hasFailedToClose = false }
        return hasFailedToClose
    }
}

/// A lock that its holder may take again.
final class RecursiveLock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() {
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
        pthread_mutex_init(mutex, &attributes)
        pthread_mutexattr_destroy(&attributes)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
}
