import Glibc

/// A result that is merged. Kept open as long as the process may have so many files open; opened each time otherwise.
struct MergeSource: Sendable {
    let header: ResultHeader
    private let kept: ResultReader?

    /// Descriptors that other work needs.
    private static let reserved = 64

    /// - Parameter headers: of all results of a merge.
    static func all(_ headers: [ResultHeader]) throws -> [MergeSource] {
        let most = mostOpenFiles() - reserved
        return try headers.enumerated().map { index, header in
            MergeSource(header: header, kept: index < most ? try ResultReader(header) : nil)
        }
    }

    func reader() throws -> ResultReader { try kept ?? ResultReader(header) }

    /// The limit, raised as far as it can be.
    private static func mostOpenFiles() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
