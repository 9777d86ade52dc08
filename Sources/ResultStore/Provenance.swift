/// Who writes a result and how; goes into the file's attributes.
public struct Provenance: Sendable {
    /// The program's version, as "0.1.0".
    public let version: String
    public let gitCommit: String
    /// The command line, for `history`.
    public let commandLine: String
    /// What to cite.
    public let references: String
    /// The revision of the kernels' values; tells files apart whose sweep is the same.
    public let kernelRevision: Int

    public init(
        version: String, gitCommit: String, commandLine: String, references: String, kernelRevision: Int
    ) {
        self.version = version
        self.gitCommit = gitCommit
        self.commandLine = commandLine
        self.references = references
        self.kernelRevision = kernelRevision
    }
}

/// How many trials are in which state.
public struct CompletionCounts: Sendable, Equatable {
    public var missing = 0
    public var finished = 0
    public var diverged = 0
    /// Trials of cells that `where` drops.
    public var excluded = 0

    public init(missing: Int = 0, finished: Int = 0, diverged: Int = 0, excluded: Int = 0) {
        self.missing = missing
        self.finished = finished
        self.diverged = diverged
        self.excluded = excluded
    }

    mutating func add(_ other: CompletionCounts) {
        missing += other.missing
        finished += other.finished
        diverged += other.diverged
        excluded += other.excluded
    }

    /// Trials with an outcome, diverged ones included.
    public var done: Int { finished + diverged }
    /// Trials that have or will have an outcome.
    public var total: Int { done + missing }
}

/// One of N parts of a sweep that has a file of its own.
public struct ShardPart: Sendable {
    /// 0 ..< count.
    public let index: Int
    public let count: Int
    /// The trial numbers of a cell that belong to the part.
    public let trials: @Sendable (_ cell: Int) -> Range<Int>

    public init(index: Int, count: Int, trials: @escaping @Sendable (_ cell: Int) -> Range<Int>) {
        self.index = index
        self.count = count
        self.trials = trials
    }
}
