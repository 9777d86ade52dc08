import ClusterSubmission
import Glibc
import KernelSelection
import ResultStore
import Wording

/// What is likely to be a mistake in a submission, though nothing forbids it.
enum SubmissionDoubts {
    /// Below this, starting a task costs more than what it computes.
    private static let shortTask = 10.0

    /// In words, none or several.
    static func all(_ submission: Submission, _ work: WorkEstimate, _ sizes: ShardSizes) -> [String] {
        [
            shortTasks(submission, work), temporaryProgram(submission), temporaryFolder(submission),
            littleRoom(submission, sizes), fewKernels(submission),
        ].compactMap(\.self)
    }

    /// Nodes may have other processors than this machine.
    private static func fewKernels(_ submission: Submission) -> String? {
        guard submission.container == nil, submission.program == SubmitCommand.ownProgram, !KernelSelection.held.contains(.baseline)
        else { return nil }
        let sets = KernelSelection.held.map(\.rawValue).joined(separator: " and ")
        return "the program \(submission.program) holds the \(sets) kernels alone, as scripts/run builds it, and refuses to run on "
            + "nodes whose processors lack that: `swift build -c release` makes .build/release/samsweep, which has all"
    }

    private static func littleRoom(_ submission: Submission, _ sizes: ShardSizes) -> String? {
        let needed = sizes.all + sizes.merged
        guard let free = FileSystemRoom.free(at: submission.folder), Double(free) < needed else { return nil }
        return "the shards and the merged result take \(NumberText.bytes(needed)), and the file system of "
            + "\(submission.folder) has \(NumberText.bytes(Double(free))) left: give an --output with more room"
    }

    private static func shortTasks(_ submission: Submission, _ work: WorkEstimate) -> String? {
        let (packing, cores) = (submission.packing, submission.resources.cores)
        guard packing.tasks > 1, let seconds = work.taskSeconds(packing: packing, cores: cores), seconds < shortTask,
            let whole = work.coreSeconds
        else { return nil }
        let enough = max(1, min(packing.tasks, Int(whole / Double(cores) / 600)))
        return "the longest of \(counted(packing.tasks, "task")) computes for \(NumberText.duration(seconds)), and a "
            + "scheduler takes longer to start one; the whole sweep takes \(NumberText.duration(whole / Double(cores))): "
            + "--shards \(enough) is enough"
    }

    private static func temporaryProgram(_ submission: Submission) -> String? {
        guard submission.container == nil, submission.program.contains("/"), isTemporary(submission.program) else { return nil }
        return "the program \(submission.program) lies in a folder for temporary files, which nodes do not share and which is "
            + "emptied: put it where the nodes see it, or name theirs with --program"
    }

    private static func temporaryFolder(_ submission: Submission) -> String? {
        guard submission.container == nil, isTemporary(submission.folder) else { return nil }
        return "\(submission.folder) lies in a folder for temporary files, which nodes do not share and which is emptied: give "
            + "another --output"
    }

    private static func isTemporary(_ path: String) -> Bool {
        let own = getenv("TMPDIR").map { AbsolutePath.of(String(cString: $0)) }
        let roots = ["/tmp", "/var/tmp", "/dev/shm", "/run"] + [own].compactMap(\.self)
        return roots.contains { $0 != "/" && (path + "/").hasPrefix($0 + "/") }
    }
}
