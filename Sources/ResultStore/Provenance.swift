import TrialContract

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
    /// Where the sweep comes from; `nil` where no file is known.
    public let sweepSource: SweepSource?

    public init(
        version: String, gitCommit: String, commandLine: String, references: String, kernelRevision: Int,
        sweepSource: SweepSource? = nil
    ) {
        self.sweepSource = sweepSource
        self.version = version
        self.gitCommit = gitCommit
        self.commandLine = commandLine
        self.references = references
        self.kernelRevision = kernelRevision
    }
}

/// The file that a sweep was read from, and what the command line changed in it.
public struct SweepSource: Sendable, Equatable {
    /// Absolute.
    public let path: String
    /// `--set` arguments in their order.
    public let overrides: [String]

    public init(path: String, overrides: [String]) {
        self.path = path
        self.overrides = overrides
    }

    /// The overrides as one text: a line for each, in which backslashes and line breaks are written as `\\\\` and `\\n`.
    var overrideText: String {
        overrides.map { text in
            text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        }.joined(separator: "\n")
    }

    init(path: String, overrideText: String) {
        let lines = overrideText.isEmpty ? [] : overrideText.split(separator: "\n", omittingEmptySubsequences: false)
        self.init(path: path, overrides: lines.map { line in
            var text = ""
            var rest = line[...]
            while let character = rest.popFirst() {
                guard character == "\\", let escaped = rest.popFirst() else {
                    text.append(character)
                    continue
                }
                text.append(escaped == "n" ? "\n" : escaped)
            }
            return text
        })
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

/// What of a sweep's grid a file is for: a shard, or each cell's first trials where cells are asked for different numbers.
public struct ShardPart: Sendable {
    /// `nil` where the part is all that is asked for.
    public let shard: Shard?
    /// The trial numbers of a cell that belong to the part.
    public let trials: @Sendable (_ cell: Int) -> Range<Int>

    public init(_ shard: Shard, trials: @escaping @Sendable (_ cell: Int) -> Range<Int>) {
        self.shard = shard
        self.trials = trials
    }

    /// The first trials of each cell, and no others: the rest of the grid is not asked for.
    ///
    /// - Parameter asked: by cell, at least 1 and at most the plan's trials.
    public init(asked: [Int]) {
        shard = nil
        trials = { 0..<asked[$0] }
    }
}
