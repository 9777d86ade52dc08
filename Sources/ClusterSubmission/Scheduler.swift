/// A file of a submission, inside its folder.
package struct JobFile: Sendable, Hashable {
    package let name: String
    package let text: String
    package let isExecutable: Bool

    package init(_ name: String, executable: Bool = false, _ text: String) {
        self.name = name
        self.text = text
        isExecutable = executable
    }
}

/// The scripts that a scheduler's jobs run, and how a task learns its number.
package struct JobScripts: Sendable {
    /// Computes the shards of one task.
    package let tasks: String
    /// Merges and fits.
    package let merge: String
    /// The variable of the environment that tells a task its number.
    package let index: String
    /// What it holds in the first task.
    package let firstIndex: Int

    package init(tasks: String, merge: String, index: String, firstIndex: Int = 0) {
        self.tasks = tasks
        self.merge = merge
        self.index = index
        self.firstIndex = firstIndex
    }
}

/// Where `submit.sh` notes the ids of its jobs, inside the folder.
enum JobNote {
    static let shards = "logs/job"
    static let merge = "logs/merge-job"
}

/// A batch system. A new one is a file with a type of this kind in `Adapters` and one line in `SchedulerCatalogue`.
package protocol Scheduler: Sendable {
    /// As `--scheduler` names it.
    var name: String { get }
    var summary: String { get }
    var scripts: JobScripts { get }
    /// A command of bash that succeeds while job `$1` is waiting or running.
    var isQueued: String { get }
    /// What ends a job, followed by its id.
    var cancelling: String { get }
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
    package var runsContainers: Bool { false }
    package func arrayLimit() -> Int? { nil }
}
