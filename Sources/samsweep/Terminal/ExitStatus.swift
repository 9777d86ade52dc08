/// What the program's exit status means; batch scripts rely on it.
enum ExitStatus: Int32 {
    case done = 0
    case unexpected = 1
    /// A claim or an audit failed.
    case checkFailed = 2
    /// Wrong use of the command line; also an instruction set this CPU lacks, or a bad `--set`.
    case usage = 64
    /// An invalid sweep or a damaged result file.
    case invalidData = 65
    case inputNotFound = 66
    /// The output cannot be created, is not a result file, or belongs to another sweep.
    case cannotCreate = 73
    /// Disk full, lock held, standard output not writable.
    case inputOutput = 74
    /// Stopped by a signal; the same command goes on.
    case interrupted = 75
}
