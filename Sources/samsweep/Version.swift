import Glibc

/// What result files say about the program that wrote them.
enum Version {
    static let number = "0.1.0"

    /// The commit this program was built from, told by whoever starts it (SwiftPM embeds none).
    static var gitCommit: String {
        getenv("SAMSWEEP_GIT_COMMIT").map { String(cString: $0) } ?? "unknown"
    }
}
