import Foundation
import Testing

@testable import ClusterSubmission

@Test func aSweepCanBeWrittenTwiceButNotReplaced() throws {
    let scratch = try ScratchFolder()
    let folder = SubmissionFolder("\(scratch.path)/./new//deep/")
    let files = [JobFile("submit.sh", executable: true, "true\n")]
    try folder.write(sweep: "a", files: files)
    try folder.write(sweep: "a", files: files)
    #expect(throws: SubmissionError.self) { try folder.write(sweep: "b", files: files) }
    #expect(scratch.text("new/deep/sweep.yaml") == "a")
    #expect(FileManager.default.isExecutableFile(atPath: "\(folder.path)/submit.sh"))
    #expect(scratch.has("new/deep/shards") && scratch.has("new/deep/logs"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
}

@Test func aFileIsNoFolder() throws {
    let scratch = try ScratchFolder()
    try scratch.write("file", "")
    for path in ["file", "file/inside"] {
        #expect(throws: SubmissionError.self) {
            try SubmissionFolder("\(scratch.path)/\(path)").write(sweep: "a", files: [])
        }
    }
}

@Test func aRefusedSubmissionIsAnError() throws {
    let scratch = try ScratchFolder()
    let folder = SubmissionFolder(scratch.path)
    try folder.write(sweep: "a", files: [JobFile("submit.sh", executable: true, "exit 3\n")])
    #expect(throws: SubmissionError.self) { try folder.submit() }
    try folder.write(sweep: "a", files: [JobFile("submit.sh", executable: true, "exit 0\n")])
    try folder.submit()
}

@Test func onlyCommandsThatSucceedSaySomething() {
    #expect(CommandOutput.of("printf 'a b'") == "a b")
    #expect(CommandOutput.of("echo a; exit 1") == nil)
    #expect(CommandOutput.of("no-such-program-here") == nil)
}

@Test func pathsAreMadeAbsolute() {
    let here = FileManager.default.currentDirectoryPath
    #expect(SubmissionFolder("a/./b/").path == here + "/a/b")
    #expect(SubmissionFolder(".").path == here)
    #expect(SubmissionFolder("//a///b").path == "/a/b")
    #expect(SubmissionFolder("/no-such-folder/../b").path == "/b" && SubmissionFolder("/../b").path == "/b")
}

/// A script's `cd` comes to where the system finds the path, whatever links and folders that are yet to be made are on the way.
@Test(arguments: [
    "link/..", "link/../new", "link/../new/../other", "link/./..//new/deep", "far/link/../../new", "there/deep/../new", "link/new", "none/../new",
    "../a/link/../new",
])
func pathsBehindLinksAreThoseOfTheSystem(_ path: String) throws {
    let scratch = try ScratchFolder("a")
    try FileManager.default.createDirectory(atPath: "\(scratch.path)/there/deep/deeper", withIntermediateDirectories: true)
    for (link, target) in [("link", "there/deep"), ("far", "there/deep"), ("there/deep/link", "deeper")] {
        try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/\(link)", withDestinationPath: target)
    }
    let absolute = AbsolutePath.of("\(scratch.path)/\(path)")
    #expect(!absolute.split(separator: "/").contains(".."))
    // mkdir follows each component as it comes.
    let made = try run(
        ["bash", "-c", "cd \"$0\" && mkdir -p \"$1\" && realpath -e \"$1\" && cd \"$2\" && pwd -P", scratch.path, path, absolute],
        environment: ["PATH": "/usr/bin:/bin"])
    let places = made.output.split(separator: "\n")
    #expect(made.status == 0 && places.count == 2 && places.first == places.last, "\(made)")
}

/// Without `..` a link is kept: another node may see the folder by another way.
@Test func linksAreKept() throws {
    let scratch = try ScratchFolder()
    try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/link", withDestinationPath: "/usr")
    #expect(AbsolutePath.of("\(scratch.path)/link/x") == "\(scratch.path)/link/x")
}

@Test func companionsTravelIntoTheFolderAndAreNotReplaced() throws {
    let scratch = try ScratchFolder()
    try scratch.write("there/data.svm", "+1 1:2\n")
    let folder = SubmissionFolder("\(scratch.path)/new")
    let companion = SubmissionFolder.Companion(name: "data/-x 'y.svm", source: "\(scratch.path)/there/data.svm")
    try folder.write(sweep: "a", companions: [companion], files: [])
    try folder.write(sweep: "a", companions: [companion], files: [])
    #expect(scratch.text("new/data/-x 'y.svm") == "+1 1:2\n")
    try scratch.write("there/data.svm", "+1 1:3\n")
    #expect(throws: SubmissionError.self) { try folder.write(sweep: "a", companions: [companion], files: []) }
    #expect(scratch.text("new/data/-x 'y.svm") == "+1 1:2\n")
    let lost = SubmissionFolder.Companion(name: "b", source: "\(scratch.path)/none")
    #expect(throws: SubmissionError.self) { try folder.write(sweep: "a", companions: [lost], files: []) }
}

/// A task's time is that of the largest shard it may have.
@Test func resourcesFollowTheLargestShard() {
    let packing = ShardPacking(shards: 12, mostTasks: 500)
    let even = TaskResources(for: WorkEstimate(coreSeconds: 12_000), packing: packing, cores: 1)
    let uneven = TaskResources(for: WorkEstimate(coreSeconds: 12_000, largestShare: 0.5), packing: packing, cores: 1)
    #expect(even.time.minutes == 50 && uneven.time.minutes == 300)
}

/// Files are exchanged when all of them are written: a submission that cannot write the last one leaves the first as it was.
@Test func scriptsAreExchangedTogether() throws {
    let scratch = try ScratchFolder()
    let folder = SubmissionFolder(scratch.path)
    let names = ["shards.sh", "submit.sh"]
    try folder.write(sweep: "a", files: names.map { JobFile($0, "old\n") })
    let inTheWay = "submit.sh.\(getpid()).samsweep-new"
    try FileManager.default.createDirectory(atPath: "\(scratch.path)/\(inTheWay)", withIntermediateDirectories: false)
    #expect(throws: SubmissionError.self) { try folder.write(sweep: "a", files: names.map { JobFile($0, "new\n") }) }
    for name in names { #expect(scratch.text(name).hasPrefix("old\n")) }
    try FileManager.default.removeItem(atPath: "\(scratch.path)/\(inTheWay)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == ["logs", "shards", "shards.sh", "submit.sh", "sweep.yaml"])
    try folder.write(sweep: "a", files: names.map { JobFile($0, "new\n") })
    for name in names { #expect(scratch.text(name).hasPrefix("new\n")) }
}
