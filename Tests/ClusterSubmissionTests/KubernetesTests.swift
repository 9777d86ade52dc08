import Foundation
import Testing

@testable import ClusterSubmission

@Test func theMergeWaitsForEveryTask() throws {
    let cluster = try FakeCluster("kubernetes")
    for task in 0..<2 { _ = try cluster.runTask(task) }
    // The script asks for files that have changed when it has found that marks are missing.
    try cluster.scratch.write("bin/find", "#!/bin/bash\n: >>waiting\nexec /usr/bin/find \"$@\"\n")
    try cluster.scratch.makeExecutable(["bin/find"])
    let outcome = try cluster.runMerge(["SAMSWEEP_POLL": "0.05"]) { merge in
        while merge.isRunning, !cluster.scratch.has("waiting") { usleep(5000) }
        #expect(!cluster.scratch.lines("calls").contains { $0.hasPrefix("merge|") })
        _ = try cluster.runTask(2)
    }
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

/// Kubernetes replaces `$(NAME)` in a command, and takes `$$` for a dollar sign; not in the path of a volume.
@Test(arguments: ["$(HOME)", "$$", "a$$(b)", "$", "$x"])
func dollarSignsInTheFolderStay(_ name: String) throws {
    let scheduler = try #require(SchedulerCatalogue.find("kubernetes"))
    var named = submission(folder: "/\(name)/run")
    named.container = .init(image: "image", volumeClaim: "claim", mountPath: "/\(name)")
    for (file, script) in [("shards.yaml", "shards.sh"), ("merge.yaml", "merge.sh")] {
        let text = try #require(try scheduler.files(for: named).first { $0.name == file }).text
        let command = try #require(text.split(separator: "\n").first { $0.contains("command:") })
        let written = try #require(command.split(separator: "\"", omittingEmptySubsequences: false).dropLast().last)
        #expect(expanded(String(written)) == "/\(name)/run/\(script)")
        #expect(text.contains("mountPath: \"/\(name)\"\n"))
    }
}

/// What Kubernetes makes of a word of a command where no variable is known (k8s.io/kubernetes/third_party/forked/golang/expansion).
private func expanded(_ text: String) -> String {
    var (result, rest) = ("", text[...])
    while let first = rest.popFirst() {
        result.append(first)
        guard first == "$", let next = rest.first else { continue }
        if next == "$" {
            rest.removeFirst()
        } else if next == "(" {
            // A variable that is not known would stay; one that is known would not.
            result += "variable"
        }
    }
    return result
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

/// The schemas that Kubernetes publishes, of the oldest release that has all the fields and of the newest one known here.
/// The newest decides in strict mode, too: a field that is misspelt is an error.
@Test(.enabled(if: ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"] != nil), arguments: [true, false])
func manifestsFollowThePublishedSchemas(full: Bool) throws {
    let scheduler = try #require(SchedulerCatalogue.find("kubernetes"))
    var chosen = fullSubmission(scheduler)
    if !full {
        chosen.packing = ShardPacking(shards: 1, mostTasks: 1)
        chosen.concurrentTasks = nil
        chosen.requeues = 0
        chosen.name = "---"
    }
    let scratch = try ScratchFolder()
    for file in try scheduler.files(for: chosen) where file.name.hasSuffix(".yaml") { try scratch.write(file.name, file.text) }
    try scratch.write("misspelt.yaml", scratch.text("shards.yaml").replacingOccurrences(of: "completions:", with: "completion:"))
    try scratch.write("check.py", """
        import sys, yaml, kubernetes_validate as schemas
        newest = schemas.latest_version()
        for name in sys.argv[1:]:
            for version in ("1.29.0", newest):
                try:
                    schemas.validate(yaml.safe_load(open(name)), version, strict=True)
                    print(name, "follows")
                except schemas.ValidationError as error:
                    print(name, error.message)
        """)
    let python = try #require(ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"])
    let names = ["shards.yaml", "merge.yaml", "misspelt.yaml"]
    let outcome = try run([python, "\(scratch.path)/check.py"] + names.map { "\(scratch.path)/\($0)" }, environment: [:])
    let said = outcome.output.split(separator: "\n").map { $0.replacingOccurrences(of: "\(scratch.path)/", with: "") }
    #expect(said.count == 6, "\(outcome.output) \(outcome.errors)")
    #expect(Array(said.prefix(4)) == ["shards.yaml follows", "shards.yaml follows", "merge.yaml follows", "merge.yaml follows"])
    #expect(said.suffix(2).allSatisfy { $0.contains("'completion' was unexpected") }, "\(said)")
}

/// What a manifest cannot hold, or a registry, an API server or a mount does not take.
@Test func namesThatKubernetesCannotHaveAreRefused() throws {
    let scheduler = try #require(SchedulerCatalogue.find("kubernetes"))
    func refusal(image: String = "registry.example:5000/a/samsweep:1@sha256:0a", claim: String = "results-1", path: String = "/data") -> String? {
        var named = submission(folder: "/data/run")
        named.container = .init(image: image, volumeClaim: claim, mountPath: path)
        do {
            _ = try scheduler.files(for: named)
            return nil
        } catch { return "\(error)" }
    }
    #expect(refusal() == nil)
    for image in ["", "a\u{7}b", "a\u{7F}", "a\u{9B}31m", "a b", "a\"b", "-a", "ä", "a\nb"] {
        let text = refusal(image: image)
        #expect(text?.contains("--image") == true, "\(image)")
        #expect(text?.unicodeScalars.contains { $0.value < 32 || (127..<160).contains($0.value) } == false)
    }
    for claim in ["", "A", "a_b", "-a", "a-", "a\u{1}"] { #expect(refusal(claim: claim)?.contains("--volume") == true, "\(claim)") }
    for path in ["data", "/da\u{1B}ta", "/a:b"] { #expect(refusal(path: path)?.contains("--volume") == true, "\(path)") }
}
