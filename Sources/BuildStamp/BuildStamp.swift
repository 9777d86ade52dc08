/// Which build of the program this is.
package enum BuildStamp {
    /// The commit it was built from, `-dirty` behind it where tracked files were changed; `unknown` without git.
    package static var commit: String { builtCommit }
}
