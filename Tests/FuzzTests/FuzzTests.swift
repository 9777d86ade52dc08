import Foundation
import Testing

/// Hostile inputs for some seconds; scripts/fuzz gives many more.
struct FuzzTests {
    private static let executable = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "fuzz")
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "FuzzCorpus")

    private func run(_ arguments: [String]) throws -> (status: Int32, isSignal: Bool, output: String) {
        let process = Process(), pipe = Pipe()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, process.terminationReason == .uncaughtSignal, output)
    }

    @Test(arguments: [("sweep", 2000), ("expression", 2000), ("override", 2000), ("data", 5000), ("hdf5", 100), ("definition", 1500),
                      ("result", 40), ("states", 300)])
    func hostileInputsAreReadOrRefused(target: String, count: Int) throws {
        let current = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: current) }
        let outcome = try run([target, Self.corpus.appending(path: target).path, "0", "\(count)", "1", current.path])
        #expect(outcome.status == 0 && !outcome.isSignal, "the input is kept in \(current.path): \(outcome)")
        #expect(outcome.output.hasPrefix("\(target): \(count) inputs"), "\(outcome.output)")
        print(outcome.output)
    }

    /// What once crashed is kept in the corpus and read again as it stands.
    @Test(arguments: ["sweep", "expression", "override", "data", "hdf5", "definition", "result", "states"])
    func whatIsKeptIsReadOrRefused(target: String) throws {
        let folder = Self.corpus.appending(path: target)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.isEmpty)
        for name in names {
            let outcome = try run([target, folder.appending(path: name).path])
            #expect(outcome.status == 0 && !outcome.isSignal, "\(name): \(outcome)")
        }
    }
}
