import Foundation
import Testing

@testable import ClusterSubmission

@Test func theMergeWaitsForEveryTask() throws {
    let cluster = try FakeCluster("kubernetes")
    for task in 0..<2 { _ = try cluster.runTask(task) }
    let last = Thread {
        usleep(600_000)
        _ = try? cluster.runTask(2)
    }
    last.start()
    let outcome = try cluster.runMerge(["SAMSWEEP_POLL": "0.1"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let calls = cluster.scratch.lines("calls").map { $0.prefix { $0 != "|" } }
    #expect(calls == Array(repeating: "run", count: 8) + ["merge", "status", "fit", "fit"])
    #expect(!cluster.scratch.has("logs/ended-0"))
}

@Test func theFolderLiesInsideTheVolume() throws {
    let scheduler = try #require(SchedulerCatalogue.find("kubernetes"))
    var outside = submission(folder: "/data-2/run")
    outside.container = .init(image: "image", volumeClaim: "claim", mountPath: "/data")
    #expect(throws: SubmissionError.self) { try scheduler.files(for: outside) }
    outside.folder = "/data/run"
    #expect(try scheduler.files(for: outside).count == 5)
    outside.container = nil
    #expect(throws: SubmissionError.self) { try scheduler.files(for: outside) }
}

@Test(arguments: ["rho-scaling", "-a-", "0", String(repeating: "x", count: 35) + "-tail", "---"])
func jobNamesAreNamesOfHosts(_ name: String) throws {
    let scheduler = try #require(SchedulerCatalogue.find("kubernetes"))
    var named = submission(folder: "/data/run")
    named.name = name
    named.container = .init(image: "image", volumeClaim: "claim", mountPath: "/data")
    let manifest = try #require(try scheduler.files(for: named).first { $0.name == "shards.yaml" })
    let line = try #require(manifest.text.split(separator: "\n").first { $0.contains("generateName:") })
    let prefix = line.drop { $0 != ":" }.dropFirst(2)
    // Kubernetes adds five characters, a hyphen and up to five digits of the index.
    #expect(prefix.count + 11 <= 63)
    #expect(prefix.first?.isLetter == true || prefix.first?.isNumber == true)
}
