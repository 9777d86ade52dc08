/// Which build of the program this is.
public enum BuildStamp {
    /// The commit it was built from, `-dirty` behind it where tracked files were changed; `unknown` without git.
    public static var commit: String { builtCommit }
}
