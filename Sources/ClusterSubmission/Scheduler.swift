/// A file of a submission, inside its folder.
public struct JobFile: Sendable, Hashable {
    public let name: String
    public let text: String
    public let isExecutable: Bool

    public init(_ name: String, executable: Bool = false, _ text: String) {
        self.name = name
        self.text = text
        isExecutable = executable
    }
}

/// The scripts that a scheduler's jobs run, and how a task learns its number.
public struct JobScripts: Sendable {
    /// Computes the shards of one task.
    public let tasks: String
    /// Merges and fits.
    public let merge: String
    /// The variable of the environment that tells a task its number.
    public let index: String
    /// What it holds in the first task.
    public let firstIndex: Int

    public init(tasks: String, merge: String, index: String, firstIndex: Int = 0) {
        self.tasks = tasks
        self.merge = merge
        self.index = index
        self.firstIndex = firstIndex
    }
}

/// A batch system. A new one is a file with a type of this kind in `Adapters` and one line in `SchedulerCatalogue`.
public protocol Scheduler: Sendable {
    /// As `--scheduler` names it.
    var name: String { get }
    var summary: String { get }
    var scripts: JobScripts { get }
    /// How many tasks an array may have where the site does not say.
    var usualArrayLimit: Int { get }

    /// Whether tasks run in containers, which have a program of their own.
    var runsContainers: Bool { get }

    /// The job scripts, among them `submit.sh`, which hands over the rest and prints the jobs' ids.
    /// Throws `SubmissionError.option` for choices that this scheduler cannot express.
    func files(for submission: Submission) throws(SubmissionError) -> [JobFile]

    /// How many tasks an array may have here, by the scheduler's own word; `nil` where it cannot be asked.
    func arrayLimit() -> Int?
}

extension Scheduler {
    public var runsContainers: Bool { false }
    public func arrayLimit() -> Int? { nil }
}
