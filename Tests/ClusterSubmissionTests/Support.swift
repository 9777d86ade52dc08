import Foundation
import Testing

@testable import ClusterSubmission

/// A submission of eight shards in three tasks.
func submission(folder: String, shards: Int = 8, mostTasks: Int = 3) -> Submission {
    let packing = ShardPacking(shards: shards, mostTasks: mostTasks)
    return Submission(
        name: "rho-scaling", folder: folder, program: "samsweep", packing: packing,
        resources: TaskResources(for: WorkEstimate(coreSeconds: 7200, memoryBytes: 0x1p29), packing: packing, cores: 2))
}

/// The same with every choice made that the scheduler has.
func fullSubmission(_ scheduler: any Scheduler) -> Submission {
    var full = submission(folder: #"/scratch/it's "mine" $HOME/`x` #1/ρ"#)
    full.program = "/opt/sam sweep/samsweep"
    full.requeues = 5
    full.concurrentTasks = 2
    if scheduler.name == "kubernetes" {
        full.container = .init(image: "registry/samsweep:1", volumeClaim: "results", mountPath: #"/scratch"#)
        full.folder = "/scratch/it's/run"
    } else {
        full.partition = "long"
        full.account = "project-7"
        full.directives = [scheduler.name == "slurm" ? "--qos=high" : "-m e"]
    }
    return full
}

extension SubmissionFolder {
    /// As one submission writes it, from beginning to end.
    func write(sweep: String, companions: [Companion] = [], files: [JobFile]) throws {
        let held = try hold(for: sweep, files: files)
        try withExtendedLifetime(held) { try held.write(companions) }
    }
}

/// A folder that goes away with the value.
final class ScratchFolder: Sendable {
    let path: String

    /// - Parameter name: the folder's own name, inside one that nobody else has.
    init(_ name: String = "a folder's \"name\" $HOME `x` #") throws {
        let parent = FileManager.default.temporaryDirectory.appendingPathComponent("submission-\(UUID().uuidString)")
        path = parent.appendingPathComponent(name).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }

    func text(_ name: String) -> String {
        (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)) ?? ""
    }

    func lines(_ name: String) -> [String] { text(name).split(separator: "\n").map(String.init) }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    func write(_ name: String, _ text: String, executable: Bool = false) throws {
        let place = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: place, atomically: true, encoding: .utf8)
        if executable { try makeExecutable([name]) }
    }

    /// Lets a process of its own write the files again, executable.
    ///
    /// Processes that other tests start at the same time inherit this process's descriptors until they have started:
    /// a file that was written through one of these may be busy (ETXTBSY) when a script wants to run it.
    func makeExecutable(_ names: [String]) throws {
        let copy = #"for file; do install -m 755 "$file" "$file.copy" && mv "$file.copy" "$file" || exit; done"#
        let outcome = try run(["sh", "-c", "cd \"$0\" && \(copy)", path] + names, environment: [:])
        guard outcome.status == 0 else { throw CocoaError(.fileWriteUnknown, userInfo: ["reason": outcome.errors]) }
    }
}

struct Outcome {
    let status: Int32
    let output: String
    let errors: String
}

/// Runs a program and waits for it.
///
/// - Parameter meanwhile: called with the process as soon as it runs.
func run(
    _ arguments: [String], environment: [String: String], meanwhile: (Process) throws -> Void = { _ in }
) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try withAllSignals { try process.run() }
    try meanwhile(process)
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complained = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
        status: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
        errors: String(decoding: complained, as: UTF8.self))
}

/// Children inherit the mask of the thread that starts them, and those of thread pools block every signal.
private func withAllSignals<T>(_ body: () throws -> T) rethrows -> T {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_UNBLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
}
