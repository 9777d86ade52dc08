import Testing

@testable import ClusterSubmission

@Test func whatWasStoppedIsSubmittedAgain() throws {
    let cluster = try FakeCluster("pbs") { $0.requeues = 2 }
    try cluster.scratch.write("fate-3", "75")
    try cluster.scratch.write("missing", "5")
    for task in 0..<3 { _ = try cluster.runTask(task) }
    _ = try cluster.runMerge(["SAMSWEEP_ROUND": "1"])
    #expect(cluster.scratch.lines("submit-calls").last?.contains("|SAMSWEEP_ROUND=2|") == true)
    #expect(!cluster.scratch.has("logs/again"))
}

@Test func roundsHaveACap() throws {
    let cluster = try FakeCluster("pbs") { $0.requeues = 2 }
    try cluster.scratch.write("fate-3", "75")
    try cluster.scratch.write("missing", "5")
    for task in 0..<3 { _ = try cluster.runTask(task) }
    let outcome = try cluster.runMerge(["SAMSWEEP_ROUND": "2"])
    #expect(outcome.status == 75)
    #expect(!cluster.scratch.has("submit-calls"))
    #expect(cluster.scratch.text("logs/merge.log").contains("submit again with '"))
    #expect(cluster.scratch.text("logs/merge.log").contains("/submit.sh'; what is finished is kept"))
}

@Test func whatFailedIsNotSubmittedAgain() throws {
    let cluster = try FakeCluster("pbs")
    try cluster.scratch.write("fate-3", "65")
    try cluster.scratch.write("missing", "5")
    for task in 0..<3 { _ = try cluster.runTask(task) }
    _ = try cluster.runMerge()
    #expect(!cluster.scratch.has("submit-calls"))
}

@Test func aSingleTaskIsNoArray() throws {
    let cluster = try FakeCluster("pbs") { $0.packing = ShardPacking(shards: 2, mostTasks: 1) }
    #expect(!cluster.scratch.text("shards.pbs").contains("#PBS -J"))
    let outcome = try cluster.run("shards.pbs")
    #expect(outcome.status == 0)
    #expect(cluster.shardsRun == ["0/2", "1/2"])
}
