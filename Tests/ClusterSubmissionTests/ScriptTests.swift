import Foundation
import Testing

@testable import ClusterSubmission

private let schedulers = SchedulerCatalogue.all.map(\.name)

/// What `submit.sh` says and hands over, for the schedulers whose commands `FakeCluster` has. A new scheduler's are two lines
/// there and here; what its tasks and its merging do is tested without them.
private let submissions: [String: (said: String, calls: [String])] = [
    "slurm": (
        "shards: job 41\nmerge:  job 42\n",
        ["--parsable|shards.sbatch|", "--parsable|--dependency=afterany:41|merge.sbatch|"]),
    "pbs": (
        "shards: job 41[].server\nmerge:  job 42[].server\n",
        ["shards.pbs|", "-W|depend=afterany:41[].server|-v|SAMSWEEP_ROUND=0|merge.pbs|"]),
    "gridengine": (
        "shards: job 41\nmerge:  job 42\n", ["-terse|shards.sge|", "-terse|-hold_jid|41|merge.sge|"]),
    "kubernetes": (
        "shards: job.batch/1\nmerge:  job.batch/2\n",
        ["create|--output=name|--filename=shards.yaml|", "create|--output=name|--filename=merge.yaml|"]),
]
/// Those whose commands are faked.
let submittable = schedulers.filter { submissions[$0] != nil }

@Test func submissionsBelongToSchedulers() { #expect(submittable.count == submissions.count) }

@Test(arguments: schedulers)
func everyShardIsComputedByExactlyOneTask(_ name: String) throws {
    let cluster = try FakeCluster(name)
    #expect(cluster.submission.packing.tasks == 3)
    for task in 0..<3 {
        let outcome = try cluster.runTask(task)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }
    #expect(cluster.shardsRun == [0, 3, 6, 1, 4, 7, 2, 5].map { "\($0)/8" })
    #expect(cluster.scratch.lines("calls").first
        == "run|sweep.yaml|--shard|0/8|--output|shards/shard-0-of-8.h5|")
    for shard in 0..<8 { #expect(cluster.scratch.has("shards/shard-\(shard)-of-8.h5")) }
}

@Test(arguments: schedulers)
func aFailingShardDoesNotKeepOthersFromRunning(_ name: String) throws {
    let cluster = try FakeCluster(name)
    try cluster.scratch.write("fate-3", "74")
    let outcome = try cluster.runTask(0)
    #expect(outcome.status == 74)
    #expect(cluster.shardsRun == ["0/8", "3/8", "6/8"])
    #expect(cluster.log(outcome, "task-0").contains("shard 3/8 failed with exit code 74"))
}

@Test(arguments: schedulers)
func aStoppedTaskStartsNoFurtherShard(_ name: String) throws {
    let cluster = try FakeCluster(name)
    try cluster.scratch.write("fate-3", "75")
    // 99 asks Grid Engine for another run.
    #expect(try cluster.runTask(0).status == (name == "gridengine" ? 99 : 75))
    #expect(cluster.shardsRun == ["0/8", "3/8"])
    #expect(!cluster.scratch.has("logs/ended-0"))
}

/// Slurm signals the program itself, which is a job step.
@Test(arguments: schedulers.filter { $0 != "slurm" })
func aSignalToTheShellReachesTheProgram(_ name: String) throws {
    let cluster = try FakeCluster(name)
    try cluster.scratch.write("slow", "")
    let outcome = try cluster.runTask(0) { process in
        for _ in 0..<400 where !cluster.scratch.has("started") { usleep(25_000) }
        if name == "gridengine" { kill(process.processIdentifier, SIGUSR1) } else { process.terminate() }
    }
    #expect(outcome.status == (name == "gridengine" ? 99 : 75))
    #expect(cluster.scratch.lines("calls").last == "stopped")
    #expect(cluster.shardsRun == ["0/8"])
}

@Test(arguments: schedulers)
func aCompleteMergeIsFitted(_ name: String) throws {
    let cluster = try FakeCluster(name)
    for task in 0..<3 { _ = try cluster.runTask(task) }
    let outcome = try cluster.runMerge()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let parts = (0..<8).map { "shards/shard-\($0)-of-8.h5|" }.joined()
    #expect(cluster.scratch.lines("calls").suffix(4) == [
        "merge|\(parts)--output|rho-scaling.h5|", "status|rho-scaling.h5|--format|json|", "fit|rho-scaling.h5|",
        "fit|rho-scaling.h5|--format|json|",
    ])
    #expect(cluster.scratch.text("fit.txt") == "fit of rho-scaling.h5\n")
    #expect(cluster.scratch.text("fit.json") == "fit of rho-scaling.h5\n")
}

@Test(arguments: schedulers)
func aMergeWithoutALawIsStillAMerge(_ name: String) throws {
    let cluster = try FakeCluster(name)
    for task in 0..<3 { _ = try cluster.runTask(task) }
    try cluster.scratch.write("no-law", "")
    let outcome = try cluster.runMerge()
    #expect(outcome.status == 0)
    #expect(cluster.log(outcome, "merge").contains("no law was fitted"))
    #expect(!cluster.scratch.has("fit.json"))
}

@Test(arguments: submittable)
func anIncompleteMergeSaysSo(_ name: String) throws {
    let cluster = try FakeCluster(name)
    for task in 0..<3 { _ = try cluster.runTask(task) }
    try cluster.scratch.write("missing", "17")
    let outcome = try cluster.runMerge()
    #expect(outcome.status == 75)
    let log = cluster.log(outcome, "merge")
    #expect(log.contains("17 trials are missing in \(cluster.scratch.path)/rho-scaling.h5"))
    // What it says can be typed in, wherever one is.
    let words = try #require(log.firstRange(of: "submit again with ")).upperBound
    let typed = log[words...].prefix { $0 != ";" }
    let again = try cluster.type(String(typed))
    #expect(again.status == 0 && again.output.contains("shards:"), "\(typed): \(again.errors)")
    #expect(!cluster.scratch.has("fit.txt"))
}

/// A status that says nothing is not taken for completeness.
@Test(arguments: schedulers)
func anUnknownStateIsNotComplete(_ name: String) throws {
    let cluster = try FakeCluster(name)
    for task in 0..<3 { _ = try cluster.runTask(task) }
    try cluster.scratch.write("missing", "null")
    let outcome = try cluster.runMerge()
    #expect(outcome.status == 75)
    #expect(cluster.log(outcome, "merge").contains("some trials are missing"))
}

@Test(arguments: schedulers)
func aMergeOfNothingSaysSo(_ name: String) throws {
    let cluster = try FakeCluster(name)
    // For Kubernetes: the wait is over at once.
    let outcome = try cluster.runMerge(["SAMSWEEP_PATIENCE": "0"])
    #expect(outcome.status == 75)
    #expect(cluster.log(outcome, "merge").contains("no shard was computed"))
}

@Test(arguments: submittable)
func submittingPrintsTheIds(_ name: String) throws {
    let cluster = try FakeCluster(name)
    let outcome = try cluster.run("submit.sh")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let (said, calls) = try #require(submissions[name])
    #expect(outcome.output == said)
    #expect(cluster.scratch.lines("submit-calls") == calls)
}

/// While its shards are in the queue a folder takes no other submission; afterwards it does.
@Test(arguments: submittable)
func aFolderInUseIsNotSubmittedAgain(_ name: String) throws {
    let cluster = try FakeCluster(name)
    #expect(try cluster.run("submit.sh").status == 0)
    let job = try #require(cluster.scratch.lines("logs/job").first)
    try cluster.scratch.write("queue", job + "\n")
    let refused = try cluster.run("submit.sh")
    #expect(refused.status == 74)
    #expect(refused.errors.contains("\(cluster.scratch.path) is in use: job \(job) computes its shards"), "\(refused.errors)")
    #expect(cluster.scratch.lines("submit-calls").count == 2)
    // A Job that has ended is still there.
    if name == "kubernetes" {
        for state in ["SuccessCriteriaMet Complete", "FailureTarget Failed"] {
            try cluster.scratch.write("conditions", state)
            #expect(try cluster.run("submit.sh").status == 0)
        }
    }
    try cluster.scratch.write("queue", "")
    #expect(try cluster.run("submit.sh").status == 0)
}

@Test(arguments: submittable)
func twoSubmitScriptsDoNotRunAtOnce(_ name: String) throws {
    let cluster = try FakeCluster(name)
    let other = open("\(cluster.scratch.path)/logs/submit.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    defer { close(other) }
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    let refused = try cluster.run("submit.sh")
    #expect(refused.status == 74)
    #expect(refused.errors.contains("another submit.sh is at work"), "\(refused.errors)")
    #expect(!cluster.scratch.has("submit-calls"))
    flock(other, LOCK_UN)
    #expect(try cluster.run("submit.sh").status == 0)
}

/// Where `shellcheck` is installed, it has nothing to say about any script.
@Test(arguments: schedulers, [1, 8])
func scriptsPassShellcheck(_ name: String, shards: Int) throws {
    for inRounds in [false, true] { try passShellcheck(name, shards: shards, inRounds: inRounds) }
}

private func passShellcheck(_ name: String, shards: Int, inRounds: Bool) throws {
    guard try run(["which", "shellcheck"], environment: [:]).status == 0 else { return }
    let cluster = try FakeCluster(name) {
        $0.packing = ShardPacking(shards: shards, mostTasks: 3)
        $0.fits = shards == 8
        $0.isInRounds = inRounds
    }
    let scripts = try cluster.scheduler.files(for: cluster.submission).map(\.name).filter { !$0.hasSuffix(".yaml") }
    let outcome = try run(
        // Single quotes around a dollar sign are meant.
        ["shellcheck", "--shell=bash", "--exclude=SC2016"] + scripts.map { "\(cluster.scratch.path)/\($0)" },
        environment: ["PATH": "/usr/bin:/bin"])
    #expect(outcome.status == 0, "\(outcome.output)")
}
