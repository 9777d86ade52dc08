import Glibc

/// The folder of a submission: the sweep, the job scripts, the shards' results and the logs.
package struct SubmissionFolder: Sendable {
    /// Absolute, without a trailing slash.
    package let path: String

    /// - Parameter path: need not exist; relative to the working folder.
    package init(_ path: String) {
        self.path = AbsolutePath.of(path)
    }

    /// A file that goes with the sweep.
    package struct Companion: Sendable, Hashable {
        /// Where it lies in the folder; without `..`.
        package let name: String
        /// Where it is copied from.
        package let source: String

        package init(name: String, source: String) {
            self.name = name
            self.source = source
        }
    }

    /// Takes the folder for one submission and makes the folders that are missing.
    ///
    /// Throws, before anything in the folder is changed, `SubmissionError.inUse` where jobs of the folder are in a scheduler's queue or
    /// another submission is at work in it, and `SubmissionError.folder` where it holds another sweep (its shards and these would not
    /// fit together) or files that are no submission's.
    package func hold(for sweep: String, files: [JobFile]) throws(SubmissionError) -> HeldFolder {
        // As `submit.sh` has it.
        let lock = "\(path)/logs/submit.lock"
        let taken = try FolderLock.taken(at: lock, in: path)
        try requireNoJobs()
        try look(sweep, files)
        if let taken { return HeldFolder(path, sweep, files, taken) }
        for folder in ["shards", "logs"] { try FolderAccess.makeFolder("\(path)/\(folder)") }
        let made = try FolderLock.made(at: lock, in: path)
        // Somebody may have submitted meanwhile.
        try requireNoJobs()
        try look(sweep, files)
        return HeldFolder(path, sweep, files, made)
    }

    /// Any scheduler whose scripts lie in the folder may have jobs of it.
    private func requireNoJobs() throws(SubmissionError) {
        for (name, does) in [(JobNote.shards, "computes its shards"), (JobNote.merge, "merges its shards")] {
            guard let bytes = try FolderAccess.read("\(path)/\(name)") else { continue }
            let note = String(decoding: bytes, as: UTF8.self).prefix { !$0.isNewline }
            guard !note.isEmpty else { continue }
            let job = Quoting.shell(Submission.printable(String(note)))
            for scheduler in SchedulerCatalogue.all where access("\(path)/\(scheduler.scripts.tasks)", F_OK) == 0 {
                let asking = "cd \(Quoting.shell(path))\nin_queue() { \(scheduler.isQueued); }\nin_queue \(job)"
                guard CommandOutput.of("bash -c \(Quoting.shell(asking))") != nil else { continue }
                throw .inUse(
                    "\(path) is in use: job \(job) \(does). Wait for its end, or cancel it with \(scheduler.cancelling) \(job), "
                        + "then try again; nothing was changed")
            }
        }
    }

    /// Throws where what is there is not of this submission.
    private func look(_ sweep: String, _ files: [JobFile]) throws(SubmissionError) {
        for folder in ["shards", "logs"] { _ = try FolderAccess.isFolder("\(path)/\(folder)") }
        let sweepPath = "\(path)/sweep.yaml"
        let present = try FolderAccess.read(sweepPath)
        if let present, present != Array(sweep.utf8) {
            throw .folder(
                "\(sweepPath) is another sweep than the one submitted: give a new folder with --output, or move this one away")
        }
        for file in files { try Self.requireOwn("\(path)/\(file.name)", isSubmission: present != nil) }
    }

    /// The last line of a submission's scripts and manifests.
    static let mark = "# Written by samsweep submit, which replaces this file.\n"

    /// A script of a submission lies beside its sweep and ends with the mark; any other file stays as it is.
    private static func requireOwn(_ path: String, isSubmission: Bool) throws(SubmissionError) {
        guard let bytes = try FolderAccess.read(path) else { return }
        guard isSubmission, bytes.suffix(mark.utf8.count).elementsEqual(mark.utf8) else {
            throw .folder("\(path) was not written by a submission and is left as it is: give a new folder with --output")
        }
    }

    /// Runs `submit.sh`, which prints the jobs' ids to standard output. Throws `SubmissionError.scheduler`, and
    /// `SubmissionError.inUse` where the script says so.
    package func submit() throws(SubmissionError) {
        let status = system("bash \(Quoting.shell("\(path)/submit.sh"))")
        // An exit status stands in the second byte. Another submission may have come first.
        guard status >> 8 != 74 else { throw .inUse("the jobs were not submitted, see above") }
        guard status == 0 else {
            throw .scheduler("the jobs were not submitted, see above; try by hand: \(Quoting.shell("\(path)/submit.sh"))")
        }
    }
}
