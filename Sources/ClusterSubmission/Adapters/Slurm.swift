/// Slurm: an array job, and a job that merges and fits after it, whatever became of its tasks.
///
/// A shard's identity is written into the script: `SLURM_ARRAY_TASK_COUNT` is the size of one submission and changes
/// when only some tasks are submitted again. Tasks that are told to stop exit with 75 and put themselves back into the
/// queue; the time limit's own signal reaches job steps only, so the program is a step (`srun`).
struct Slurm: Scheduler {
    let name = "slurm"
    let summary = "sbatch: an array job that requeues itself, and a dependent merge job"
    let scripts = JobScripts(tasks: "shards.sbatch", merge: "merge.sbatch", index: "SLURM_ARRAY_TASK_ID")
    let isQueued = #"[[ -n $(squeue --noheader --job="$1") ]]"#
    let cancelling = "scancel"
    /// Sites have 500, 1001 (Slurm's own default) or more.
    let usualArrayLimit = 500

    func arrayLimit() -> Int? { CommandOutput.of("scontrol show config").flatMap(SlurmConfiguration.arrayLimit) }

    func files(for submission: Submission) throws(SubmissionError) -> [JobFile] {
        try submission.validate()
        guard submission.container == nil else {
            throw .option("--image and --volume are for kubernetes, not for slurm")
        }
        guard !submission.folder.contains(where: { "%\\".contains($0) }) else {
            throw .option(
                "Slurm takes % and \\ in the name of a log's folder for a pattern; rename \(submission.folder) or give another --output")
        }
        let script = ShellScript(submission: submission)
        return [
            JobFile(scripts.tasks, ShellScript.file([shardsHead(submission), shardsBody(submission, script)])),
            JobFile(scripts.merge, ShellScript.file([mergeHead(submission), script.mergeAfterTasks(forgetting: Self.forgetting)])),
            JobFile("submit.sh", executable: true, submit(script)),
        ]
    }

    /// What Slurm says of this job is nothing for the next one, as how often it was restarted.
    private static let forgetting = """
        for name in "${!SLURM_@}"; do [[ $name == SLURM_CONF ]] || unset "$name"; done
        """

    private func shardsHead(_ submission: Submission) -> String {
        let last = submission.packing.tasks - 1
        let limit = submission.concurrentTasks.map { "%\($0)" } ?? ""
        return head(submission, job: submission.name, log: "task-%a", own: [
            "--array=0-\(last)\(limit)",
            "--time=\(submission.resources.time.text)",
            "--cpus-per-task=\(submission.resources.cores)",
            "--mem=\(submission.resources.memory.mebibytes)M",
            "--signal=TERM@\(submission.leadSeconds)",
            "--requeue",
        ])
    }

    private func mergeHead(_ submission: Submission) -> String {
        head(submission, job: "\(submission.name)-merge", log: "merge", own: [
            "--time=01:00:00",
            "--cpus-per-task=\(submission.resources.cores)",
            "--mem=\(submission.mergeMemory.mebibytes)M",
        ])
    }

    private func head(_ submission: Submission, job: String, log: String, own: [String]) -> String {
        let common = [
            "--job-name=\(job)", "--chdir=\(Quoting.directive(submission.folder))", "--output=logs/\(log).log",
            "--open-mode=append", "--ntasks=1",
        ]
        let site = [submission.partition.map { "--partition=\($0)" }, submission.account.map { "--account=\($0)" }]
        let all = common + own + site.compactMap { $0 } + submission.directives
        return (["#!/bin/bash"] + all.map { "#SBATCH \($0)" }).joined(separator: "\n") + "\n"
    }

    private func shardsBody(_ submission: Submission, _ script: ShellScript) -> String {
        """
        # Computes the shards of the sweep in sweep.yaml. What is finished already is kept, so this may be submitted
        # again at any time, also for some tasks only: sbatch --array=3,5 shards.sbatch
        \(script.packingComment)
        \(script.setting)
        \(script.counts)
        task=$SLURM_ARRAY_TASK_ID
        requeues=\(submission.requeues)

        # srun no longer takes this over from sbatch by itself.
        export SRUN_CPUS_PER_TASK=${SLURM_CPUS_PER_TASK:-\(submission.resources.cores)}
        # The time limit's signal goes to the program, which exits with 75; this shell stays to requeue the task.
        trap : TERM

        run_shard() {
        \(script.run(launcher: "srun"))
        }

        # Asks the controller, again where it is just being restarted.
        controller() {
            local tries
            for ((tries = 0; tries < 30; tries++)); do
                ! scontrol "$@" || return 0
                sleep "${SAMSWEEP_POLL:-2}"
            done
            return 1
        }

        # Puts this task back into the queue. One that was cancelled stays cancelled; a preempted one is put back by Slurm.
        again() {
            # The time limit's second signal comes to all processes, also to those that ask here.
            trap '' TERM
            local job="${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" state
            state=$(controller --oneliner show job "$job") || state="no answer"
            case $state in
                *JobState=RUNNING* | *Reason=TimeLimit*) ;;
                "no answer")
                    echo "task $task was stopped and Slurm's controller does not answer: submit again to go on" >&2
                    exit 75
                    ;;
                *)
                    echo "task $task was stopped from outside and is not requeued" >&2
                    exit 75
                    ;;
            esac
            if ((${SLURM_RESTART_COUNT:-0} >= requeues)); then
                echo "task $task was requeued $requeues times and is not finished: submit again to go on" >&2
                exit 75
            fi
            controller requeue "$job"
            exit 75
        }

        \(script.loop())
        """
    }

    private func submit(_ script: ShellScript) -> String {
        script.submit(
            isQueued: isQueued,
            shards: """
                shards=$(sbatch --parsable shards.sbatch)
                shards=${shards%%;*}
                """,
            merge: #"merge=$(sbatch --parsable --dependency="afterany:$shards" merge.sbatch)"#, mergeID: "${merge%%;*}")
    }
}
