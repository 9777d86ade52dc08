/// OpenPBS and PBS Professional: an array job, and a job that merges and fits after it.
///
/// A job may not requeue itself here. A task that is told to stop leaves a mark in the log folder, and the merge job
/// submits the next round while there is one, up to a cap. Logs are opened by the scripts themselves: paths on `#PBS`
/// lines cannot be quoted.
struct PBS: Scheduler {
    let name = "pbs"
    let summary = "qsub (OpenPBS, PBS Professional): an array job, and a dependent merge job that submits what is missing"
    let scripts = JobScripts(tasks: "shards.pbs", merge: "merge.pbs", index: "PBS_ARRAY_INDEX")
    let isQueued = #"qstat "$1""#
    let cancelling = "qdel"
    /// The server's own default.
    let usualArrayLimit = 10_000

    func files(for submission: Submission) throws(SubmissionError) -> [JobFile] {
        try submission.validate()
        guard submission.container == nil else { throw .option("--image and --volume are for kubernetes, not for pbs") }
        guard submission.signalSeconds == nil else {
            throw .option("--signal is for slurm: PBS sends TERM at the time limit and KILL some seconds later")
        }
        let script = ShellScript(submission: submission)
        return [
            JobFile(scripts.tasks, ShellScript.file([shardsHead(submission), shardsBody(submission, script)])),
            JobFile(scripts.merge, ShellScript.file([mergeHead(submission), mergeBody(submission, script)])),
            JobFile("submit.sh", executable: true, submit(script)),
        ]
    }

    private func shardsHead(_ submission: Submission) -> String {
        let limit = submission.concurrentTasks.map { "%\($0)" } ?? ""
        let last = submission.packing.tasks - 1
        // An array of one is an error.
        let array = last > 0 ? ["-J 0-\(last)\(limit)"] : []
        return head(submission, job: submission.name, memory: submission.resources.memory, own: array + [
            "-l walltime=\(submission.resources.time.text)",
            "-r y",
        ])
    }

    private func mergeHead(_ submission: Submission) -> String {
        head(submission, job: "m-\(submission.name)", memory: submission.mergeMemory, own: ["-l walltime=01:00:00"])
    }

    private func head(_ submission: Submission, job: String, memory: MemorySize, own: [String]) -> String {
        let place = "-l select=1:ncpus=\(submission.resources.cores):mem=\(memory.mebibytes)mb"
        let site = [submission.partition.map { "-q \($0)" }, submission.account.map { "-A \($0)" }]
        let all = ["-N \(Self.jobName(job))", place] + own + site.compactMap { $0 } + ["-j oe", "-o /dev/null"]
            + submission.directives
        return (["#!/bin/bash"] + all.map { "#PBS \($0)" }).joined(separator: "\n") + "\n"
    }

    /// Old servers take 15 characters, the first of them a letter.
    private static func jobName(_ name: String) -> String {
        let first = name.first.map { $0.isLetter } ?? false
        return String((first ? name : "s\(name)").prefix(15))
    }

    private func shardsBody(_ submission: Submission, _ script: ShellScript) -> String {
        """
        # Computes the shards of the sweep in sweep.yaml. What is finished already is kept, so this may be submitted
        # again at any time.
        \(script.packingComment)
        \(script.setting)
        \(script.counts)
        task=${PBS_ARRAY_INDEX:-0}
        exec >>"logs/task-$task.log" 2>&1

        \(script.runForwardingSignals())

        # The merge job submits the next round.
        again() {
            : >logs/again
            exit 75
        }

        \(script.loop())
        """
    }

    private func mergeBody(_ submission: Submission, _ script: ShellScript) -> String {
        submission.isInRounds ? collectBody(submission, script) : wholeBody(submission, script)
    }

    private func collectBody(_ submission: Submission, _ script: ShellScript) -> String {
        let incomplete = """
            echo "trials of the round are missing" >&2
            if [[ $again == yes ]] && ((round < rounds)); then
                SAMSWEEP_ROUND=$((round + 1)) ./submit.sh
            else
                echo "submit again with $resubmit; what is finished is kept" >&2
            fi
            """
        return """
            # Collects what the shards have of their round in one result file and decides whether another round follows, which it
            # submits; when none does, it fits the result's scaling laws. When tasks were stopped before they had finished, it submits
            # what is missing of the round once more.
            \(opening(submission, script))

            \(script.collect(next: "export SAMSWEEP_ROUND=0\n" + ShellScript.submitNext, incomplete: incomplete))
            \(script.fit)
            """
    }

    private func opening(_ submission: Submission, _ script: ShellScript) -> String {
        """
        \(script.setting)
        round=${SAMSWEEP_ROUND:-0}
        rounds=\(submission.requeues)
        exec >>logs/merge.log 2>&1

        again=no
        [[ ! -e logs/again ]] || again=yes
        rm -f logs/again
        """
    }

    private func wholeBody(_ submission: Submission, _ script: ShellScript) -> String {
        """
        # Merges the shards into one result file and, when nothing is missing, fits its scaling laws. When tasks were
        # stopped before they had finished, it submits what is missing once more.
        \(opening(submission, script))

        \(script.merge)
        if [[ $missing != 0 ]]; then
            echo "${missing:-some} trials are missing in $PWD/$result" >&2
            if [[ $again == yes ]] && ((round < rounds)); then
                SAMSWEEP_ROUND=$((round + 1)) ./submit.sh
            else
                echo "submit again with $resubmit; what is finished is kept" >&2
            fi
            exit 75
        fi
        \(script.fit)
        """
    }

    private func submit(_ script: ShellScript) -> String {
        script.submit(
            isQueued: isQueued,
            shards: """
                rm -f logs/again
                shards=$(qsub shards.pbs)
                """,
            merge: #"merge=$(qsub -W "depend=afterany:$shards" -v "SAMSWEEP_ROUND=${SAMSWEEP_ROUND:-0}" merge.pbs)"#)
    }
}
