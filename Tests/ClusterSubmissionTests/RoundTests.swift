import Foundation
import Testing

@testable import ClusterSubmission

/// Pods cannot create Jobs, so that Kubernetes has scripts of its own; they are run with the real program in `CommandTests`.
private let schedulers = submittable.filter { $0 != "kubernetes" }

/// A cluster whose sweep is computed in rounds, the first of which was submitted and computed.
private func cluster(_ name: String) throws -> FakeCluster {
    let cluster = try FakeCluster(name) { $0.isInRounds = true }
    try cluster.scratch.write("round.txt", "first\n")
    #expect(try cluster.run("submit.sh").status == 0)
    for task in 0..<3 { #expect(try cluster.runTask(task).status == 0) }
    return cluster
}

@Test(arguments: schedulers)
func aShardIsComputedOfItsRound(_ name: String) throws {
    let cluster = try cluster(name)
    #expect(cluster.scratch.lines("calls").first
        == "run|sweep.yaml|--shard|0/8|--round|round.txt|--output|shards/shard-0-of-8.h5|")
    #expect(cluster.scratch.text("logs/round") == "first\n")
}

/// One round after the other, until there is none; only then a law is fitted.
@Test(arguments: schedulers)
func theMergeSubmitsTheNextRound(_ name: String) throws {
    let cluster = try cluster(name)
    let first = cluster.scratch.lines("submit-calls")
    try cluster.scratch.write("decided", "75")
    try cluster.scratch.write("next-round", "second\n")
    let outcome = try cluster.runMerge(["SLURM_RESTART_COUNT": "7", "SAMSWEEP_ROUND": "3"])
    #expect(outcome.status == 0, "\(cluster.log(outcome, "merge"))")
    let calls = cluster.scratch.lines("submit-calls")
    #expect(calls.count == 4 && calls[2] == first[0], "\(calls)")
    #expect(cluster.scratch.text("logs/round") == "second\n")
    #expect(!cluster.scratch.has("fit.txt"))
    if name == "pbs" { #expect(calls[3].contains("SAMSWEEP_ROUND=0"), "what was stopped in the last round does not count in this one") }

    try cluster.scratch.write("decided", "0")
    let last = try cluster.runMerge()
    #expect(last.status == 0 && cluster.scratch.lines("submit-calls").count == 4)
    #expect(cluster.scratch.text("fit.txt") == "fit of rho-scaling.h5\n")
}

/// A round that lacks trials is not submitted by itself, again and again: what failed once may fail always.
@Test(arguments: schedulers)
func anIncompleteRoundSaysSo(_ name: String) throws {
    let cluster = try cluster(name)
    try cluster.scratch.write("decided", "75")
    let outcome = try cluster.runMerge()
    #expect(outcome.status == 75)
    #expect(cluster.scratch.lines("submit-calls").count == 2)
    let log = cluster.log(outcome, "merge")
    #expect(log.contains("trials of the round are missing"), "\(log)")
    #expect(!cluster.scratch.has("fit.txt"))
}

/// Where the merge is ended after it has decided and before it has submitted, the same job started again submits.
@Test(arguments: schedulers)
func aDecisionThatWasNotSubmittedIsSubmittedByTheNextMerge(_ name: String) throws {
    let cluster = try cluster(name)
    try cluster.scratch.write("round.txt", "second\n")
    try cluster.scratch.write("decided", "75")
    #expect(try cluster.runMerge().status == 0)
    #expect(cluster.scratch.lines("submit-calls").count == 4)
}

/// Tasks may still be on their way out of the queue when the merge begins.
@Test(arguments: schedulers)
func theNextRoundWaitsForTheLastOnesTasks(_ name: String) throws {
    let cluster = try cluster(name)
    let job = try #require(cluster.scratch.lines("logs/job").first)
    try cluster.scratch.write("queue", job + "\n")
    try cluster.scratch.write("decided", "75")
    try cluster.scratch.write("next-round", "second\n")
    let outcome = try cluster.runMerge(["SAMSWEEP_POLL": "0.3"]) { _ in
        usleep(1_000_000)
        try cluster.scratch.write("queue", "")
    }
    #expect(outcome.status == 0, "\(cluster.log(outcome, "merge"))")
    #expect(cluster.log(outcome, "merge").contains("computes its shards"))
    #expect(cluster.scratch.lines("submit-calls").count == 4)
}

@Test(arguments: schedulers)
func whatFailsWhenARoundIsCollectedEndsTheMerge(_ name: String) throws {
    let cluster = try cluster(name)
    try cluster.scratch.write("decided", "65")
    #expect(try cluster.runMerge().status == 65)
    #expect(cluster.scratch.lines("submit-calls").count == 2 && !cluster.scratch.has("fit.txt"))
}

/// Where tasks were stopped, the job that cannot be requeued by itself is submitted again, for this round.
@Test func aStoppedRoundIsSubmittedAgainByPBS() throws {
    let cluster = try cluster("pbs")
    try cluster.scratch.write("decided", "75")
    try cluster.scratch.write("logs/again", "")
    #expect(try cluster.runMerge(["SAMSWEEP_ROUND": "2"]).status == 75)
    let calls = cluster.scratch.lines("submit-calls")
    #expect(calls.count == 4 && calls[3].contains("SAMSWEEP_ROUND=3"), "\(calls)")
}
