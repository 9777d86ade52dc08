/// Flux: a bulk submission of one job per task, and a job that merges and fits after all of them.
struct Flux: Scheduler {
    let name = "flux"
    let summary = "flux submit: a job per task, and a merge job that waits for them"
    let scripts = JobScripts(tasks: "shards.sh", merge: "merge.sh", index: "FLUX_JOB_CC")
    let isQueued = #"[[ $(flux jobs --no-header --format='{state}' "$1") =~ DEPEND|PRIORITY|SCHED|RUN|CLEANUP ]]"#
    let cancelling = "flux cancel"
    let usualArrayLimit = 1000

    func files(for submission: Submission) throws(SubmissionError) -> [JobFile] {
        try submission.validate()
        guard submission.container == nil else { throw .option("--image and --volume are for kubernetes, not for flux") }
        let script = ShellScript(submission: submission)
        return [
            JobFile(scripts.tasks, executable: true, "#!/bin/bash\n" + ShellScript.file([body(script)])),
            JobFile(
                scripts.merge, executable: true,
                "#!/bin/bash\n" + ShellScript.file([script.mergeAfterTasks("exec >>logs/merge.log 2>&1")])),
            JobFile("submit.sh", executable: true, submit(submission, script)),
        ]
    }

    private func body(_ script: ShellScript) -> String {
        """
        \(script.packingComment)
        \(script.setting)
        \(script.counts)
        task=$FLUX_JOB_CC
        exec >>"logs/task-$task.log" 2>&1

        \(script.runForwardingSignals())

        again() { exit 75; }

        \(script.loop())
        """
    }

    private func submit(_ submission: Submission, _ script: ShellScript) -> String {
        let resources = submission.resources
        let site = (submission.partition.map { ["--queue=\($0)"] } ?? []) + (submission.account.map { ["--bank=\($0)"] } ?? [])
        let options = ["--cores=\(resources.cores)", "--time-limit=\(resources.time.seconds)s"] + site + submission.directives
        let words = options.map(Quoting.shell).joined(separator: " ")
        return script.submit(
            isQueued: isQueued,
            shards: "shards=$(flux submit --cc=0-\(submission.packing.tasks - 1) \(words) ./shards.sh | tail -1)",
            merge: #"merge=$(flux submit --dependency=afterany:"$shards" ./merge.sh)"#)
    }
}
