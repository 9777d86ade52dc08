/// Grid Engine (Sun, Son of, Open, Univa, Altair): an array job, and a job that merges and fits after it.
///
/// `s_rt` tells a task shortly before its time limit `h_rt` (USR1); exit code 99 then asks for another run of it, which
/// Grid Engine refuses by itself where the job was deleted. A node that dies gives its tasks back (`-r y`) where the
/// site has set `reschedule_unknown`. Logs are opened by the scripts themselves: paths on `#$` lines cannot be quoted.
struct GridEngine: Scheduler {
    let name = "gridengine"
    let summary = "qsub (Grid Engine): an array job that requeues itself, and a merge job that waits for it"
    let scripts = JobScripts(tasks: "shards.sge", merge: "merge.sge", index: "SGE_TASK_ID", firstIndex: 1)
    let isQueued = #"qstat -j "$1""#
    let cancelling = "qdel"
    /// `max_aj_tasks` as it is delivered.
    let usualArrayLimit = 75_000

    func arrayLimit() -> Int? { CommandOutput.of("qconf -sconf").flatMap(Self.arrayLimit) }

    /// `max_aj_tasks` of `qconf -sconf`; `nil` where the line is missing or there is no limit (0).
    static func arrayLimit(_ configuration: String) -> Int? {
        for line in configuration.split(separator: "\n") {
            let fields = line.split(whereSeparator: \.isWhitespace)
            if fields.count == 2, fields[0] == "max_aj_tasks", let limit = Int(fields[1]), limit > 0 { return limit }
        }
        return nil
    }

    func files(for submission: Submission) throws(SubmissionError) -> [JobFile] {
        try submission.validate()
        guard submission.container == nil else {
            throw .option("--image and --volume are for kubernetes, not for gridengine")
        }
        let script = ShellScript(submission: submission)
        return [
            JobFile(scripts.tasks, ShellScript.file([shardsHead(submission), shardsBody(submission, script)])),
            JobFile(scripts.merge, ShellScript.file([mergeHead(submission), script.mergeAfterTasks("exec >>logs/merge.log 2>&1")])),
            JobFile("submit.sh", executable: true, submit(script)),
        ]
    }

    private func shardsHead(_ submission: Submission) -> String {
        let time = submission.resources.time
        let limit = submission.concurrentTasks.map { ["-tc \($0)"] } ?? []
        return head(submission, job: submission.name, memory: submission.resources.memory, own: [
            "-t 1-\(submission.packing.tasks)"
        ] + limit + [
            "-l h_rt=\(time.text),s_rt=\(time.seconds - submission.leadSeconds)",
            // A task that is deleted hears of it before it is killed.
            "-notify",
            "-r y",
        ])
    }

    private func mergeHead(_ submission: Submission) -> String {
        head(submission, job: "merge-\(submission.name)", memory: submission.mergeMemory, own: ["-l h_rt=01:00:00"])
    }

    private func head(_ submission: Submission, job: String, memory: MemorySize, own: [String]) -> String {
        let cores = submission.resources.cores
        // Sites name their parallel environments as they like; `smp` is the name that is delivered.
        let place = (cores > 1 ? ["-pe smp \(cores)"] : []) + ["-l mem_free=\(memory.mebibytes)M"]
        let site = [submission.partition.map { "-q \($0)" }, submission.account.map { "-P \($0)" }]
        let all = ["-N \(Self.jobName(job))", "-S /bin/bash"] + place + own + site.compactMap { $0 }
            + ["-j y", "-o /dev/null"] + submission.directives
        return (["#!/bin/bash"] + all.map { "#$ \($0)" }).joined(separator: "\n") + "\n"
    }

    /// A job's name begins with a letter.
    private static func jobName(_ name: String) -> String {
        let first = name.first.map { $0.isLetter } ?? false
        return first ? name : "s\(name)"
    }

    private func shardsBody(_ submission: Submission, _ script: ShellScript) -> String {
        """
        # Computes the shards of the sweep in sweep.yaml. What is finished already is kept, so this may be submitted
        # again at any time, also for some tasks only: task t is qsub -t t+1 shards.sge
        \(script.packingComment)
        \(script.setting)
        \(script.counts)
        task=$((SGE_TASK_ID - 1))
        requeues=\(submission.requeues)
        exec >>"logs/task-$task.log" 2>&1

        \(script.runForwardingSignals(["TERM", "INT", "HUP", "USR1", "USR2"]))

        # Puts this task back into the queue; a deleted one stays deleted.
        again() {
            trap '' TERM INT HUP USR1 USR2
            local before
            before=$(grep -c "^job $JOB_ID: task $task goes back into the queue" "logs/task-$task.log") || true
            if ((before >= requeues)); then
                echo "task $task was requeued $requeues times and is not finished: submit again to go on" >&2
                exit 75
            fi
            echo "job $JOB_ID: task $task goes back into the queue"
            exit 99
        }

        \(script.loop(inUse: Self.waitForFirstRun))
        """
    }

    /// Grid Engine may start a task once more (`qmod -rj`, a head that was restarted) before it ends the first run, which holds the
    /// shard's file: this run then gives way, to see later what the first one has left.
    private static let waitForFirstRun = """
        if [[ $status == 74 && ${RESTARTED:-0} == 1 ]]; then
            sleep "${SAMSWEEP_POLL:-15}"
            again
        fi
        """

    private func submit(_ script: ShellScript) -> String {
        script.submit(
            isQueued: isQueued,
            shards: """
                shards=$(qsub -terse shards.sge)
                shards=${shards%%.*}
                """,
            merge: #"merge=$(qsub -terse -hold_jid "$shards" merge.sge)"#)
    }
}
