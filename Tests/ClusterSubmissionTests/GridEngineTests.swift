import Testing

@testable import ClusterSubmission

@Test func tasksAreCountedFromOne() throws {
    let cluster = try FakeCluster("gridengine")
    #expect(cluster.scratch.lines("shards.sge").contains("#$ -t 1-3"))
    let single = try FakeCluster("gridengine") { $0.packing = ShardPacking(shards: 2, mostTasks: 1) }
    #expect(single.scratch.lines("shards.sge").contains("#$ -t 1-1"))
    #expect(try single.runTask(0).status == 0)
    #expect(single.shardsRun == ["0/2", "1/2"])
}

/// Another submission counts anew.
@Test func stoppedTasksAskForAnotherRunUpToACap() throws {
    let cluster = try FakeCluster("gridengine") { $0.requeues = 2 }
    try cluster.scratch.write("fate-1", "75")
    #expect(try cluster.runTask(1).status == 99)
    #expect(try cluster.runTask(1).status == 99)
    #expect(try cluster.runTask(1).status == 75)
    #expect(cluster.scratch.text("logs/task-1.log").contains("task 1 was requeued 2 times and is not finished"))
    #expect(try cluster.runTask(1, ["JOB_ID": "10"]).status == 99)
}

@Test func whatFailsAsksForNoOtherRun() throws {
    let cluster = try FakeCluster("gridengine")
    try cluster.scratch.write("fate-1", "74")
    #expect(try cluster.runTask(1).status == 74)
    #expect(try cluster.runTask(1, ["RESTARTED": "0"]).status == 74)
}

/// A second run of a task that Grid Engine started before the first had ended finds the shard's file locked, and comes back later.
@Test func aSecondRunGivesWayToTheFirst() throws {
    let cluster = try FakeCluster("gridengine") { $0.requeues = 1 }
    let again = ["RESTARTED": "1", "SAMSWEEP_POLL": "0"]
    try cluster.scratch.write("fate-1", "74")
    #expect(try cluster.runTask(1, again).status == 99)
    #expect(try cluster.runTask(1, again).status == 75)
    try cluster.scratch.write("fate-1", "65")
    #expect(try cluster.runTask(1, again).status == 65)
}

/// Seconds before the limit are told by the soft limit; a job's name begins with a letter.
@Test func limitsAndNamesAreGridEngines() throws {
    let cluster = try FakeCluster("gridengine") {
        $0.signalSeconds = 30
        $0.name = "-7x-"
    }
    #expect(cluster.scratch.text("shards.sge").contains("#$ -l h_rt=01:10:00,s_rt=4170\n"))
    #expect(cluster.scratch.text("shards.sge").contains("#$ -N s-7x-\n"))
    #expect(cluster.scratch.text("shards.sge").contains("#$ -pe smp 2\n"))
    let single = try FakeCluster("gridengine") { $0.resources.cores = 1 }
    #expect(!single.scratch.text("shards.sge").contains("-pe"))
}

@Test func theLimitOfAnArrayIsTheConfiguredOne() {
    #expect(GridEngine.arrayLimit("max_aj_instances             2000\nmax_aj_tasks                 75000\n") == 75_000)
    #expect(GridEngine.arrayLimit("max_aj_tasks 0\n") == nil)
    #expect(GridEngine.arrayLimit("error: commlib error") == nil)
}
