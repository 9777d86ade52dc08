import BuildStamp

/// What result files say about the program that wrote them.
enum Version {
    static let number = "0.1.0"

    /// The commit this program was built from, `-dirty` behind it where files were changed; `unknown` without git.
    static var gitCommit: String { BuildStamp.commit }
}
