import Testing

@testable import ClusterSubmission

@Test func theProgramIsAStepWithTheTasksCores() throws {
    let cluster = try FakeCluster("slurm")
    #expect(try cluster.runTask(2).status == 0)
    #expect(cluster.scratch.lines("srun-calls").first
        == "2|srun|samsweep|run|sweep.yaml|--shard|2/8|--output|shards/shard-2-of-8.h5|")
}

@Test func theSizeOfTheSubmittedArrayDecidesNothing() throws {
    let cluster = try FakeCluster("slurm")
    #expect(try cluster.runTask(1, ["SLURM_ARRAY_TASK_COUNT": "1", "SLURM_ARRAY_TASK_MAX": "1"]).status == 0)
    #expect(cluster.shardsRun == ["1/8", "4/8", "7/8"])
}

@Test(arguments: [
    // Told to stop before the time limit, and stopped by the limit itself.
    ("JobState=RUNNING Reason=None", true), ("JobState=COMPLETING Reason=TimeLimit", true),
    // Cancelled by its owner, and preempted, which Slurm requeues by itself.
    ("JobState=COMPLETING Reason=None", false), ("JobState=PENDING Reason=BeginTime", false),
])
func onlyATaskThatRanOutOfTimeRequeuesItself(state: String, requeues: Bool) throws {
    let cluster = try FakeCluster("slurm")
    try cluster.scratch.write("fate-1", "75")
    try cluster.scratch.write("state", state)
    #expect(try cluster.runTask(1).status == 75)
    #expect(cluster.scratch.lines("scontrol-calls").contains("requeue|9_1|") == requeues)
}

@Test func aProgramStoppedBeforeItListenedIsRequeued() throws {
    let cluster = try FakeCluster("slurm")
    try cluster.scratch.write("fate-1", "143")
    #expect(try cluster.runTask(1).status == 75)
    #expect(cluster.scratch.lines("scontrol-calls").contains("requeue|9_1|"))
}

@Test(arguments: [("", true), ("4", true), ("5", false)])
func requeueingHasACap(restarts: String, requeues: Bool) throws {
    let cluster = try FakeCluster("slurm") { $0.requeues = 5 }
    try cluster.scratch.write("fate-1", "75")
    let variables = restarts.isEmpty ? [:] : ["SLURM_RESTART_COUNT": restarts]
    let outcome = try cluster.runTask(1, variables)
    #expect(outcome.status == 75)
    #expect(cluster.scratch.lines("scontrol-calls").contains("requeue|9_1|") == requeues)
    #expect(outcome.errors.contains("requeued 5 times") == !requeues)
}

/// The controller's words and its requeueing are asked for again, also when it is away in between.
@Test(arguments: [1, 4])
func aControllerThatIsRestartedIsAskedAgain(outage: Int) throws {
    let cluster = try FakeCluster("slurm")
    try cluster.scratch.write("fate-1", "75")
    try cluster.scratch.write("outage", "\(outage)")
    #expect(try cluster.runTask(1, ["SAMSWEEP_POLL": "0"]).status == 75)
    #expect(cluster.scratch.lines("scontrol-calls")
        == Array(repeating: "--oneliner|show|job|9_1|", count: outage + 1) + ["requeue|9_1|"])
}

/// At its end the time limit signals every process of the task, so also those that are just asking the controller.
@Test func aSignalWhileTheControllerIsAskedLosesNoTask() throws {
    let cluster = try FakeCluster("slurm")
    try cluster.scratch.write("fate-1", "75")
    try cluster.scratch.write("strike", "")
    #expect(try cluster.runTask(1).status == 75)
    #expect(cluster.scratch.lines("scontrol-calls") == ["--oneliner|show|job|9_1|", "requeue|9_1|"])
}

@Test func aControllerThatNeverAnswersIsNamed() throws {
    let cluster = try FakeCluster("slurm")
    try cluster.scratch.write("fate-1", "75")
    try cluster.scratch.write("outage", "1000")
    let outcome = try cluster.runTask(1, ["SAMSWEEP_POLL": "0"])
    #expect(outcome.status == 75)
    #expect(outcome.errors.contains("controller does not answer: submit again to go on"))
}

/// Slurm 22.05 looks for patterns in the whole path of a log.
@Test(arguments: ["/a/100%", #"/a\b"#])
func foldersThatSlurmMisreadsAreRefused(_ folder: String) {
    #expect(throws: SubmissionError.self) { try Slurm().files(for: submission(folder: folder)) }
}

@Test func theArrayLimitIsTheConfiguredOne() {
    #expect(SlurmConfiguration.arrayLimit("KillWait                = 30 sec\nMaxArraySize            = 4096\n") == 4096)
    #expect(SlurmConfiguration.arrayLimit("MaxArraySize=1001") == 1001)
    #expect(SlurmConfiguration.arrayLimit("MaxArraySize            = 0\n") == nil)
    #expect(SlurmConfiguration.arrayLimit("slurm_load_ctl_conf error: Unable to contact slurm controller") == nil)
    #expect(SlurmConfiguration.arrayLimit("") == nil)
}
