/// The parts that job scripts of all schedulers have in common.
///
/// All scripts are for bash 4 and newer. They work from the submission's folder, whoever starts them from where.
struct ShellScript {
    let submission: Submission

    /// The folder, the program and the numbers that the rest of a script refers to.
    var setting: String {
        """
        set -euo pipefail
        cd \(Quoting.shell(submission.folder))
        samsweep=\(Quoting.shell(submission.program))
        """
    }

    var counts: String {
        """
        shards=\(submission.packing.shards)
        tasks=\(submission.packing.tasks)
        """
    }

    /// What a task does, in a comment.
    var packingComment: String {
        let packing = submission.packing
        guard packing.tasks < packing.shards else { return "# Task t computes shard t of \(packing.shards)." }
        return """
            # Task t of \(packing.tasks) computes the shards t, t + \(packing.tasks), t + \(2 * packing.tasks) … \
            below \(packing.shards).
            """
    }

    /// The command that computes shard `$1`; `launcher` goes in front, `suffix` behind.
    func run(launcher: String = "", suffix: String = "") -> String {
        let first = launcher.isEmpty ? "" : launcher + " "
        let output = "shards/shard-$1-of-$shards.h5"
        let round = submission.isInRounds ? " --round \(Submission.roundName)" : ""
        return "    \(first)\"$samsweep\" run sweep.yaml --shard \"$1/$shards\"\(round) --output \"\(output)\"\(suffix)"
    }

    /// Starts the program and hands it the signals that schedulers send to this shell alone.
    ///
    /// - Parameter signals: what the scheduler may send.
    func runForwardingSignals(_ signals: [String] = ["TERM", "INT", "HUP"]) -> String {
        """
        # A scheduler may signal only this shell: the program hears of it, leaves its file in order and exits with 75.
        stopped=
        trap 'stopped=yes; kill -TERM $(jobs -p) 2>/dev/null || true' \(signals.joined(separator: " "))
        run_shard() {
            [[ -z $stopped ]] || return 75
        \(run(suffix: " &"))
            local child=$! status
            while true; do
                status=0
                wait "$child" || status=$?
                # A signal ends the wait, but not yet the program.
                kill -0 "$child" 2>/dev/null || return "$status"
            done
        }
        """
    }

    /// Ends `submit.sh` with 74 while another submission of the folder is at work: two would wait for the same files.
    /// Of its jobs the shards' counts: a merging job submits the next round itself.
    ///
    /// - Parameter isQueued: a command that succeeds while job `$1` is waiting or running.
    func alone(isQueued: String) -> String {
        """
        in_use() {
            echo "$PWD is in use: $1. Wait for its end or cancel it, then try again" >&2
            exit 74
        }
        # Where there is no flock, or the file system has no locks, nothing is to be known.
        exec 9>>logs/submit.lock
        flock --nonblock --conflict-exit-code 74 9 || [[ $? != 74 ]] || in_use "another submit.sh is at work in it"
        in_queue() { \(isQueued); } >/dev/null 2>&1
        if [[ -s \(JobNote.shards) ]] && in_queue "$(<\(JobNote.shards))"; then
            in_use "job $(<\(JobNote.shards)) computes its shards"
        fi
        """
    }

    /// Computes the shards of task `$task`, one after the other, and ends. `again` is called when the program was stopped.
    ///
    /// - Parameter inUse: lines for a shard whose file another run is writing, before it counts as failed.
    func loop(inUse: String? = nil) -> String {
        """
        \(shards(inUse: inUse))
        exit "$failure"
        """
    }

    /// The same without the end: what went wrong is in `$failure`.
    var shards: String { shards(inUse: nil) }

    private func shards(inUse: String?) -> String {
        let busy = inUse.map { "\n" + Self.indented($0, by: 3) } ?? ""
        return """
            failure=0
            for ((shard = task; shard < shards; shard += tasks)); do
                status=0
                run_shard "$shard" || status=$?
                case $status in
                    0) ;;
                    # Stopped, also before the program listened to signals (128 + TERM).
                    75 | 143) again ;;
                    *)\(busy)
                        echo "shard $shard/$shards failed with exit code $status" >&2
                        failure=$status
                        ;;
                esac
            done
            """
    }

    /// Merges what there is into `$result` and counts what is missing into `$missing`, which is empty when that is not
    /// known.
    var merge: String {
        """
        \(parts)
        "$samsweep" merge "${parts[@]}" --output "$result"
        missing=$("$samsweep" status "$result" --format json | sed -n 's/.*"missing": *\\([0-9]*\\).*/\\1/p')
        """
    }

    /// The files of the shards, where the result lies and what submits again.
    private var parts: String {
        """
        shopt -s nullglob
        parts=(shards/*.h5)
        if ((${#parts[@]} == 0)); then
            echo "no shard was computed: see logs" >&2
            exit 75
        fi
        result=\(Quoting.shell(submission.resultPath))
        resubmit=\(Quoting.shell(Quoting.shell("\(submission.folder)/submit.sh")))
        """
    }

    /// Collects what the shards have of their round, and decides. Goes on where no other round follows; ends the script where trials
    /// of the round are missing, or with what `next` does.
    ///
    /// - Parameters:
    ///   - next: lines that have the next round computed.
    ///   - incomplete: lines for a round that is not complete, before the script ends with 75.
    func collect(next: String, incomplete: String? = nil) -> String {
        let again = """
            echo "trials of the round are missing: submit again with $resubmit; what is finished is kept" >&2
            """
        return """
            \(parts)
            status=0
            "$samsweep" run sweep.yaml --output "$result" --round \(Submission.roundName) --collect "${parts[@]}" || status=$?
            if [[ $status == 75 ]]; then
                # logs/round is the round that was submitted. This may have been ended before after it had decided.
                if cmp --quiet \(Submission.roundName) logs/round; then
            \(Self.indented(incomplete ?? again, by: 2))
                    exit 75
                fi
            \(Self.indented(next, by: 1))
            fi
            [[ $status == 0 ]] || exit "$status"
            """
    }

    static func indented(_ text: String, by steps: Int) -> String {
        let space = String(repeating: "    ", count: steps)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : space + $0 }.joined(separator: "\n")
    }

    /// Submits the next round, in the merging job. A folder takes it when the tasks of the last one have left the queue.
    static let submitNext = """
        for ((tries = 0; tries < 30; tries++)); do
            status=0
            ./submit.sh || status=$?
            [[ $status == 74 ]] || break
            sleep "${SAMSWEEP_POLL:-2}"
        done
        exit "$status"
        """

    /// The round that is computed, noted for the merging.
    var noteRound: String { submission.isInRounds ? "cp \(Submission.roundName) logs/round" : "" }

    /// The job that runs after the shards' tasks. It never submits anything itself, unless the sweep is computed in rounds.
    ///
    /// - Parameters:
    ///   - opening: lines that come before the merging, as of its log.
    ///   - forgetting: lines that come before the next round is submitted.
    func mergeAfterTasks(_ opening: String..., forgetting: String? = nil) -> String {
        guard !submission.isInRounds else {
            return """
                # Collects what the shards have of their round in one result file and decides whether another round follows, which it
                # submits; when none does, it fits the result's scaling laws. It runs after any end of the shards' tasks. Submitting
                # it again is safe: what is decided is a function of the stored values alone.
                \(([setting] + opening).joined(separator: "\n"))

                \(collect(next: [forgetting, Self.submitNext].compactMap(\.self).joined(separator: "\n")))
                \(fit)
                """
        }
        return """
        # Merges the shards into one result file and, when nothing is missing, fits its scaling laws.
        # It runs after any end of the shards' tasks. Submitting it again is safe.
        \(([setting] + opening).joined(separator: "\n"))

        \(merge)
        \(checkCompleteness)
        \(fit)
        """
    }

    /// `submit.sh`: hands over an array job for the shards and a job that waits for it.
    ///
    /// - Parameters:
    ///   - isQueued: a command that succeeds while job `$1` is waiting or running.
    ///   - shards: lines that submit the array job and leave its id in `$shards`.
    ///   - merge: a line that submits the merging and leaves that job's id in `$merge`.
    ///   - mergeID: how the id is shown.
    func submit(isQueued: String, shards: String, merge: String, mergeID: String = "$merge") -> String {
        """
        #!/bin/bash
        # Submits the shards as an array job, and a job that merges and fits when all its tasks have ended.
        # Doing so again is safe: only what is missing is computed.
        set -euo pipefail
        cd \(Quoting.shell(submission.folder))
        \(alone(isQueued: isQueued))
        \(shards)
        echo "$shards" >\(JobNote.shards)
        \(([merge, "echo \"\(mergeID)\" >\(JobNote.merge)", noteRound].filter { !$0.isEmpty }).joined(separator: "\n"))
        echo "shards: job $shards"
        echo "merge:  job \(mergeID)"

        """
    }

    /// Ends the script when something is missing.
    var checkCompleteness: String {
        """
        if [[ $missing != 0 ]]; then
            echo "${missing:-some} trials are missing in $PWD/$result: submit again with $resubmit; what is finished is kept" >&2
            exit 75
        fi
        """
    }

    /// Fits the complete `$result`; a failure is no failure of the merge.
    var fit: String {
        guard submission.fits else { return "echo \"complete: $PWD/$result\"" }
        return """
            echo "complete: $PWD/$result"
            if "$samsweep" fit "$result" >fit.txt; then
                cat fit.txt
                "$samsweep" fit "$result" --format json >fit.json
            else
                echo "no law was fitted: see above" >&2
                rm -f fit.txt fit.json
            fi
            """
    }

    /// The text of a file, from its parts.
    static func file(_ parts: [String]) -> String {
        parts.joined(separator: "\n") + "\n"
    }
}
