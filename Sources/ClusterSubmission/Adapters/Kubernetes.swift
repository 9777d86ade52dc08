/// A Kubernetes Indexed Job on a shared volume, and a Job that waits for its results, merges and fits.
///
/// Pods that are told to stop exit with 75 and are started again, up to a cap per index; exit codes that say that
/// trying again is of no use end the index at once. Needs Kubernetes 1.29 or newer (`backoffLimitPerIndex`).
struct Kubernetes: Scheduler {
    let name = "kubernetes"
    let summary = "kubectl: an Indexed Job on a shared volume, and a Job that waits for it and merges"
    let scripts = JobScripts(tasks: "shards.sh", merge: "merge.sh", index: "JOB_COMPLETION_INDEX")
    /// Where the Job exists and has neither completed nor failed.
    let isQueued = #"""
        local state
            state=$(kubectl get "$1" --output='jsonpath={.metadata.name} {.status.conditions[*].type}') &&
                [[ $state != *" "*Complete* && $state != *" "*Failed* ]]
        """#
    let cancelling = "kubectl delete"
    /// The API's limit for Indexed Jobs.
    let usualArrayLimit = 100_000
    let runsContainers = true

    func files(for submission: Submission) throws(SubmissionError) -> [JobFile] {
        try submission.validate()
        let container = try container(of: submission)
        let script = ShellScript(submission: submission)
        return [
            JobFile(scripts.tasks, ShellScript.file([
                submission.isInRounds ? roundsBody(submission, script) : shardsBody(script)
            ])),
            JobFile(scripts.merge, ShellScript.file([
                submission.isInRounds ? collectBody(submission, script) : mergeBody(submission, script)
            ])),
            JobFile("shards.yaml", shardsManifest(submission, container)),
            JobFile("merge.yaml", mergeManifest(submission, container)),
            JobFile("submit.sh", executable: true, submit(submission, script)),
        ]
    }

    private func container(of submission: Submission) throws(SubmissionError) -> Submission.Container {
        guard let container = submission.container else {
            throw .option("kubernetes needs --image IMAGE with samsweep and bash, and --volume CLAIM:PATH with --output inside PATH")
        }
        let unusable: [(String?, String)] = [
            (submission.partition, "--partition"), (submission.account, "--account"),
            (submission.directives.first, "--directive"), (submission.signalSeconds.map { "\($0)" }, "--signal"),
        ]
        for (value, option) in unusable where value != nil {
            throw .option("\(option) is not for kubernetes: edit the manifests instead")
        }
        let image = container.image
        guard image.first.map(Self.isAlphanumeric) ?? false, image.allSatisfy({ Self.isAlphanumeric($0) || "._-/:@".contains($0) })
        else {
            throw .option(
                "--image '\(Submission.printable(image))' is no name of an image: letters, digits and . _ - / : @, "
                    + "as registry.example/samsweep:1")
        }
        let claim = container.volumeClaim
        guard (1...253).contains(claim.utf8.count), claim.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber) || "-.".contains($0) }),
            [claim.first, claim.last].allSatisfy({ $0.map(Self.isAlphanumeric) ?? false })
        else {
            throw .option(
                "--volume '\(Submission.printable(claim))' is no name of a volume claim: small letters, digits, - and ., as results")
        }
        let path = container.mountPath
        guard path.hasPrefix("/"), !path.contains(":"), !path.unicodeScalars.contains(where: Submission.isUnprintable) else {
            throw .option("--volume mounts at '\(Submission.printable(path))', which is no absolute path without : in it")
        }
        guard (submission.folder + "/").hasPrefix(container.mountPath + "/") else {
            throw .option(
                "--output \(submission.folder) is not inside the volume mounted at \(container.mountPath): give a folder there")
        }
        return container
    }

    private static func isAlphanumeric(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber)
    }

    private func shardsBody(_ script: ShellScript) -> String {
        """
        #!/bin/bash
        # Computes the shards of the sweep in sweep.yaml. What is finished already is kept.
        \(script.packingComment)
        \(script.setting)
        \(script.counts)
        task=$JOB_COMPLETION_INDEX

        \(script.runForwardingSignals())

        # The Job starts a new pod for this index.
        again() { exit 75; }

        # The merge job waits for this mark. A task that was stopped will go on and leaves none.
        rm -f "logs/ended-$task"
        trap '[[ $? == 75 ]] || : >"logs/ended-$task"' EXIT

        \(script.loop())
        """
    }

    /// Minutes without a change in the folder after which nobody waits any more.
    private func patience(_ submission: Submission) -> String {
        """
        # Waiting ends when no file has changed for so many minutes.
        patience=${SAMSWEEP_PATIENCE:-\(max(120, submission.resources.time.minutes))}
        """
    }

    /// Pods cannot create Jobs: those of an index stay, and compute round after round.
    private func roundsBody(_ submission: Submission, _ script: ShellScript) -> String {
        """
        #!/bin/bash
        # Computes the shards of the round in \(Submission.roundName), and of those that follow it, until the merge job says that there are
        # no more. What is finished already is kept.
        \(script.packingComment)
        \(script.setting)
        \(script.counts)
        task=$JOB_COMPLETION_INDEX
        \(patience(submission))

        \(script.runForwardingSignals())

        # The Job starts a new pod for this index.
        again() { exit 75; }

        # The merge job waits for this mark, which says of which round it is. A task that was stopped will go on and leaves none.
        round=
        ended() { echo "$round" >"logs/new-$task" && mv "logs/new-$task" "logs/ended-$task"; }
        trap '[[ $? == 75 ]] || ended' EXIT

        while [[ ! -e logs/finished ]]; do
            now=$(cksum <\(Submission.roundName))
            if [[ $now == "$round" ]]; then
                [[ -z $stopped ]] || exit 75
                [[ -n $(find shards logs \(Submission.roundName) -mmin "-$patience" -print -quit) ]] || break
                sleep "${SAMSWEEP_POLL:-30}" &
                wait $! || true
                continue
            fi
            round=$now
        \(ShellScript.indented(script.shards, by: 1))
            [[ $failure == 0 ]] || exit "$failure"
            ended
        done
        """
    }

    private func collectBody(_ submission: Submission, _ script: ShellScript) -> String {
        let incomplete = """
            : >logs/finished
            echo "trials of the round are missing: submit again with $resubmit; what is finished is kept" >&2
            """
        return """
            #!/bin/bash
            # Waits for the shards of a round, collects what they have in one result file and decides whether another round follows, for
            # which the shards' pods wait; when none does, it fits the result's scaling laws.
            \(script.setting)
            tasks=\(submission.packing.tasks)
            \(patience(submission))
            trap 'exit 75' TERM INT HUP

            # The marks of tasks that have ended with round `$round`.
            marks() { grep -lxF -- "$round" /dev/null logs/ended-* 2>/dev/null | wc -l; }

            while true; do
                round=$(cksum <\(Submission.roundName))
                while (($(marks) < tasks)); do
                    [[ -n $(find shards logs -mmin "-$patience" -print -quit) ]] || break
                    sleep "${SAMSWEEP_POLL:-30}" &
                    wait $!
                done
                cp \(Submission.roundName) logs/round

            \(ShellScript.indented(script.collect(next: "continue", incomplete: incomplete), by: 1))
                break
            done
            : >logs/finished
            rm -f logs/ended-*
            \(script.fit)
            """
    }

    private func mergeBody(_ submission: Submission, _ script: ShellScript) -> String {
        """
        #!/bin/bash
        # Waits for the shards, merges them into one result file and fits its scaling laws.
        \(script.setting)
        tasks=\(submission.packing.tasks)
        \(patience(submission))
        trap 'exit 75' TERM INT HUP

        shopt -s nullglob
        marks=(logs/ended-*)
        while ((${#marks[@]} < tasks)); do
            [[ -n $(find shards logs -mmin "-$patience" -print -quit) ]] || break
            sleep "${SAMSWEEP_POLL:-30}" &
            wait $!
            marks=(logs/ended-*)
        done

        \(script.merge)
        \(script.checkCompleteness)
        rm -f logs/ended-*
        \(script.fit)
        """
    }

    private func submit(_ submission: Submission, _ script: ShellScript) -> String {
        """
        #!/bin/bash
        # Creates the Job that computes the shards and the one that waits for it and merges.
        # Doing so again is safe: only what is missing is computed.
        set -euo pipefail
        cd \(Quoting.shell(submission.folder))
        \(script.alone(isQueued: isQueued))
        rm -f logs/ended-*\(submission.isInRounds ? " logs/finished" : "")
        touch logs
        shards=$(kubectl create --output=name --filename=shards.yaml)
        echo "$shards" >\(JobNote.shards)
        merge=$(kubectl create --output=name --filename=merge.yaml)
        echo "$merge" >\(JobNote.merge)
        echo "shards: $shards"
        echo "merge:  $merge"

        """
    }
}
