/// A Kubernetes Indexed Job on a shared volume, and a Job that waits for its results, merges and fits.
///
/// Pods that are told to stop exit with 75 and are started again, up to a cap per index; exit codes that say that
/// trying again is of no use end the index at once. Needs Kubernetes 1.29 or newer (`backoffLimitPerIndex`).
struct Kubernetes: Scheduler {
    let name = "kubernetes"
    let summary = "kubectl: an Indexed Job on a shared volume, and a Job that waits for it and merges"
    let scripts = JobScripts(tasks: "shards.sh", merge: "merge.sh", index: "JOB_COMPLETION_INDEX")
    /// The API's limit for Indexed Jobs.
    let usualArrayLimit = 100_000
    let runsContainers = true

    func files(for submission: Submission) throws(SubmissionError) -> [JobFile] {
        try submission.validate()
        let container = try container(of: submission)
        let script = ShellScript(submission: submission)
        return [
            JobFile(scripts.tasks, ShellScript.file([shardsBody(script)])),
            JobFile(scripts.merge, ShellScript.file([mergeBody(submission, script)])),
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

        \(script.loop)
        """
    }

    private func mergeBody(_ submission: Submission, _ script: ShellScript) -> String {
        """
        #!/bin/bash
        # Waits for the shards, merges them into one result file and fits its scaling laws.
        \(script.setting)
        tasks=\(submission.packing.tasks)
        # Waiting ends when no file has changed for so many minutes.
        patience=${SAMSWEEP_PATIENCE:-\(max(120, submission.resources.time.minutes))}
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

    /// Succeeds where Job `$1` exists and has neither completed nor failed.
    private static let isUnfinished = #"""
        local state
            state=$(kubectl get "$1" --output='jsonpath={.metadata.name} {.status.conditions[*].type}') &&
                [[ $state != *" "*Complete* && $state != *" "*Failed* ]]
        """#

    private func submit(_ submission: Submission, _ script: ShellScript) -> String {
        """
        #!/bin/bash
        # Creates the Job that computes the shards and the one that waits for it and merges.
        # Doing so again is safe: only what is missing is computed.
        set -euo pipefail
        cd \(Quoting.shell(submission.folder))
        \(script.alone(inQueue: Self.isUnfinished))
        rm -f logs/ended-*
        touch logs
        shards=$(kubectl create --output=name --filename=shards.yaml)
        echo "$shards" >logs/job
        echo "shards: $shards"
        echo "merge:  $(kubectl create --output=name --filename=merge.yaml)"

        """
    }
}
