import Foundation
import Testing

@testable import ClusterSubmission

@Test(arguments: [
    ("30", 30), ("0:30", 1), ("10:01", 11), ("2:00:00", 120), ("1-0", 1440), ("1-2", 1560), ("1-2:3", 1563),
    ("1-2:3:59", 1564), ("366-0", 527_040),
])
func timesAreReadAsSlurmReadsThem(_ text: String, _ minutes: Int) {
    #expect(TimeLimit(text)?.minutes == minutes)
}

@Test(arguments: ["", "0", "-5", "1:2:3:4", "1-", "-1:00", "1h", "٣", "1:", ":1", "367-0", "99999999999999999999", "1 2"])
func otherTimesAreRefused(_ text: String) {
    #expect(TimeLimit(text) == nil)
}

@Test func timesAreWrittenInHours() {
    #expect(TimeLimit(minutes: 1)?.text == "00:01:00")
    #expect(TimeLimit(minutes: 26 * 60 + 5)?.text == "26:05:00")
}

@Test(arguments: [("512", 512), ("512M", 512), ("1g", 1024), ("2T", 2_097_152), ("1025K", 2), ("1K", 1)])
func memoryIsReadAsSlurmReadsIt(_ text: String, _ mebibytes: Int) {
    #expect(MemorySize(text)?.mebibytes == mebibytes)
}

@Test(arguments: ["", "0", "0G", "-1", "1.5G", "G", "1GB", "1e3", "9999999999999", "999999999999T"])
func otherMemoryIsRefused(_ text: String) {
    #expect(MemorySize(text) == nil)
}

@Test func packingCoversEveryShardOnceWithinTheLimit() {
    for shards in [1, 2, 7, 8, 500, 501, 1000, 1001, 4097] {
        for limit in [1, 2, 3, 7, 500, 999, 1001, 5000] {
            let packing = ShardPacking(shards: shards, mostTasks: limit)
            #expect(packing.tasks <= limit)
            let all = (0..<packing.tasks).flatMap { packing.shards(ofTask: $0) }
            #expect(all.sorted() == Array(0..<shards))
            let sizes = (0..<packing.tasks).map { packing.shards(ofTask: $0).count }
            #expect(sizes.max() == packing.shardsPerTask && (sizes.min() ?? 0) >= 1)
            #expect(packing.shardsPerTask == (shards + min(limit, shards) - 1) / min(limit, shards))
        }
    }
}

@Test func resourcesFollowTheEstimate() {
    let packing = ShardPacking(shards: 1000, mostTasks: 500)
    func resources(_ work: WorkEstimate) -> TaskResources { TaskResources(for: work, packing: packing, cores: 4) }
    let known = resources(WorkEstimate(coreSeconds: 2e6, memoryBytes: 0x1p30))
    // 2e6 s / 1000 shards * 2 of them / 4 cores = 1000 s; three times that is 50 minutes.
    #expect(known.time.minutes == 50 && known.memory.mebibytes == 1536)
    let nothing = resources(WorkEstimate())
    #expect(nothing.time.minutes == 60 && nothing.memory.mebibytes == 1024)
    let tiny = resources(WorkEstimate(coreSeconds: 0, memoryBytes: 0))
    #expect(tiny.time.minutes == 10 && tiny.memory.mebibytes == 256)
    let huge = resources(WorkEstimate(coreSeconds: .infinity, memoryBytes: 1e300))
    #expect(huge.time.minutes == 1440)
}

/// Shells that people type commands into, as far as they are installed.
private let shells = ["sh", "bash", "dash", "zsh", "fish"].filter { shell in
    ["/bin", "/usr/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(shell)") }
}

@Test(
    arguments: [
        "plain", "", "two words", "it's", "''", #"a"b\c$d`e!f"#, "#~*?[x]{1,2}", "~home", "ρ", "-n", "$(exit 1)", "%a",
        #"a\\b\"#, #"\'\''"#, "%self", "=ls", "a\nb", "^x", "!!", "a,b:c@d+e", "{a,b}",
    ], shells)
func shellsReadBackWhatWasQuoted(_ text: String, shell: String) throws {
    let home = NSTemporaryDirectory()
    let outcome = try run(
        [shell, "-c", "printf '%s|' -- \(Quoting.shell(text))"],
        environment: ["PATH": "/usr/bin:/bin", "HOME": home, "LC_ALL": "C.UTF-8"])
    #expect(outcome.output.hasSuffix("\(text)|") && outcome.output.count - text.count <= 4, "\(outcome.output) \(outcome.errors)")
}

@Test(arguments: ["a\nb", "", "a\u{7}", "a\u{7F}", "a\u{85}", "a\u{2028}b", "\u{FFFE}"])
func whatNoScriptCanHoldIsRefused(_ text: String) {
    for scheduler in SchedulerCatalogue.all {
        var bad = fullSubmission(scheduler)
        bad.program = text
        #expect(throws: SubmissionError.self) { try scheduler.files(for: bad) }
        bad = fullSubmission(scheduler)
        bad.partition = "a b"
        #expect(throws: SubmissionError.self) { try scheduler.files(for: bad) }
    }
}

@Test func theSignalComesBeforeTheLimit() throws {
    var timed = submission(folder: "/x")
    timed.resources.time = try #require(TimeLimit(minutes: 1))
    #expect(timed.leadSeconds == 6)
    timed.resources.time = try #require(TimeLimit(minutes: 600))
    #expect(timed.leadSeconds == 120)
    timed.signalSeconds = 36_000
    #expect(throws: SubmissionError.self) { try Slurm().files(for: timed) }
}
