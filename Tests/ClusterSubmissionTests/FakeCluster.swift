import Foundation
import Testing

@testable import ClusterSubmission

/// A submission's folder with a fake `samsweep` and fake scheduler commands that note how they were called.
struct FakeCluster: Sendable {
    let scratch: ScratchFolder
    let scheduler: any Scheduler
    var submission: Submission

    init(_ name: String, change: (inout Submission) -> Void = { _ in }) throws {
        scratch = try ScratchFolder()
        scheduler = try #require(SchedulerCatalogue.find(name))
        submission = ClusterSubmissionTests.submission(folder: scratch.path)
        if name == "kubernetes" {
            let parent = (scratch.path as NSString).deletingLastPathComponent
            submission.container = .init(image: "image", volumeClaim: "claim", mountPath: parent)
        }
        change(&submission)
        let folder = SubmissionFolder(scratch.path)
        try folder.write(sweep: "schema: 1\n", files: try scheduler.files(for: submission))
        for (name, text) in Self.programs {
            try scratch.write("bin/\(name)", "#!/bin/bash\n" + text)
        }
        try scratch.makeExecutable(Self.programs.keys.map { "bin/\($0)" } + (scratch.has("submit.sh") ? ["submit.sh"] : []))
    }

    /// `samsweep run` writes its shard's file, or exits as `fate-SHARD` says; one that collects takes `next-round` for the next round and
    /// exits as `decided` says. `status` says what `missing` says.
    private static let programs = [
        "samsweep": #"""
            printf '%s|' "$@" >>calls; echo >>calls
            case $1 in
                run)
                    if [[ " $* " == *" --collect "* ]]; then
                        [[ ! -e next-round ]] || mv next-round round.txt
                        exit "$(cat decided 2>/dev/null || echo 0)"
                    fi
                    while [[ $1 != --shard ]]; do shift; done
                    shard=$2
                    if [[ -e slow ]]; then
                        trap 'echo stopped >>calls; exit 75' TERM
                        : >started
                        for ((i = 0; i < 600; i++)); do sleep 0.05; done
                    fi
                    fate=fate-${shard%/*}
                    [[ ! -e $fate ]] || exit "$(<"$fate")"
                    while [[ $1 != --output ]]; do shift; done
                    : >"$2"
                    ;;
                status) printf '{\n  "done": 9,\n  "missing": %s,\n  "diverged": 0\n}\n' "$(cat missing 2>/dev/null || echo 0)" ;;
                fit) [[ ! -e no-law ]] || exit 65; echo "fit of $2" ;;
            esac
            """#,
        "srun": #"printf '%s|' "$SRUN_CPUS_PER_TASK" srun "$@" >>srun-calls; echo >>srun-calls; exec "$@""#,
        "scontrol": #"""
            printf '%s|' "$@" >>scontrol-calls; echo >>scontrol-calls
            # So often it is just being restarted.
            outage=$(cat outage 2>/dev/null || echo 0)
            if ((outage > 0)); then echo "$((outage - 1))" >outage; echo "Unable to contact slurm controller" >&2; exit 1; fi
            [[ ! -e strike ]] || kill -TERM "$PPID" "$$"
            [[ $2 != show ]] || echo "JobId=9 $(cat state 2>/dev/null || echo JobState=RUNNING Reason=None)"
            """#,
        "sbatch": #"printf '%s|' "$@" >>submit-calls; echo >>submit-calls; echo "$((40 + $(wc -l <submit-calls)));cluster""#,
        "qsub": #"""
            printf '%s|' "$@" >>submit-calls; echo >>submit-calls
            number=$((40 + $(wc -l <submit-calls)))
            case $* in
                *-hold_jid*) echo "$number" ;;
                -terse*) echo "$number.1-3:1" ;;
                *) echo "$number[].server" ;;
            esac
            """#,
        "kubectl": #"""
            if [[ $1 == get ]]; then
                [[ -s queue ]] || exit 1
                echo "rho-scaling-shards-x $(cat conditions 2>/dev/null)"
                exit 0
            fi
            printf '%s|' "$@" >>submit-calls; echo >>submit-calls; echo "job.batch/$(wc -l <submit-calls)"
            """#,
        // The jobs in the queue are those that the file `queue` names.
        "squeue": #"job=${*: -1}; ! grep -qx "${job#--job=}" queue 2>/dev/null || echo "$job private R""#,
        "qstat": #"grep -qxF "${*: -1}" queue 2>/dev/null"#,
    ]

    /// Runs a script from somewhere else, as schedulers do from their spool.
    func run(
        _ script: String, _ variables: [String: String] = [:], meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Outcome {
        try ClusterSubmissionTests.run(
            ["bash", "-c", "cd / && exec bash \"$0\"", "\(scratch.path)/\(script)"],
            environment: variables.merging(["PATH": "\(scratch.path)/bin:/usr/bin:/bin"]) { own, _ in own },
            meanwhile: meanwhile)
    }

    /// Runs a command line as a person types it, somewhere else.
    func type(_ line: String) throws -> Outcome {
        try ClusterSubmissionTests.run(
            ["sh", "-c", "cd / && \(line)"], environment: ["PATH": "\(scratch.path)/bin:/usr/bin:/bin"])
    }

    /// Runs task `task` with the scheduler's own index set.
    func runTask(
        _ task: Int, _ variables: [String: String] = [:], meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Outcome {
        let scripts = scheduler.scripts
        // The last three are what some schedulers say of the job.
        let own = [
            scripts.index: "\(task + scripts.firstIndex)", "SLURM_ARRAY_JOB_ID": "9", "SLURM_CPUS_PER_TASK": "2", "JOB_ID": "9",
        ]
        return try run(scripts.tasks, own.merging(variables) { _, given in given }, meanwhile: meanwhile)
    }

    func runMerge(
        _ variables: [String: String] = [:], meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Outcome {
        try run(scheduler.scripts.merge, variables, meanwhile: meanwhile)
    }

    /// The shards that `samsweep run` was asked for, in order.
    var shardsRun: [String] {
        scratch.lines("calls").filter { $0.hasPrefix("run|") }.compactMap { call in
            let words = call.split(separator: "|").map(String.init)
            return words.firstIndex(of: "--shard").map { words[$0 + 1] }
        }
    }

    /// What scripts said, wherever the scheduler puts it.
    func log(_ outcome: Outcome, _ name: String) -> String { outcome.errors + outcome.output + scratch.text("logs/\(name).log") }
}
