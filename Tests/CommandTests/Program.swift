import Foundation

/// The program as users run it, in a folder of its own that goes with it.
final class Program {
    struct Outcome {
        var status: Int32
        var output: String
        var messages: String
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "samsweep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// `SAMSWEEP_TEST_PROGRAM`, or the build that the tests belong to.
    static let executable: URL = {
        if let path = ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PROGRAM"] { return URL(filePath: path) }
        let tests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: "samsweep")
    }()

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func write(_ name: String, _ text: String) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Names of what lies in the folder and below, without folders.
    var files: [String] {
        let all = FileManager.default.subpaths(atPath: folder.path) ?? []
        return all.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path(name), isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try finish(try start(arguments, environment: environment))
    }

    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningProgram {
        try RunningProgram(Self.executable, arguments, in: folder, environment: environment)
    }

    func finish(_ program: RunningProgram) throws -> Outcome { try program.finish() }
}

/// A run that can be stopped from outside.
final class RunningProgram {
    private let process = Process()
    private let output: URL
    private let messages: URL

    init(_ executable: URL, _ arguments: [String], in folder: URL, environment: [String: String]) throws {
        // Files and not pipes: a run that prints much is then never held up.
        let scratch = FileManager.default.temporaryDirectory.appending(path: "samsweep-\(UUID().uuidString)")
        output = scratch.appendingPathExtension("out")
        messages = scratch.appendingPathExtension("err")
        try Data().write(to: output)
        try Data().write(to: messages)
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        // Nothing of a test is kept for another.
        process.environment = ProcessInfo.processInfo.environment.merging(["SAMSWEEP_CACHE": ""]) { $1 }.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: messages)
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    /// Returns when the program has used so many seconds of processor time, or has ended: on a busy machine it has then done
    /// as much as on an idle one.
    func waitForWork(seconds: Double) {
        let ticks = seconds * Double(sysconf(Int32(_SC_CLK_TCK)))
        while isRunning {
            // Behind the program's name, which may hold spaces; fields 14 and 15 are time in the program and in the system.
            let line = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
            let fields = line[(line.lastIndex(of: ")") ?? line.startIndex)...].split(separator: " ")
            if fields.count > 13, (Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0) >= ticks { return }
            usleep(2000)
        }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    func finish() throws -> Program.Outcome {
        process.waitUntilExit()
        defer {
            try? FileManager.default.removeItem(at: output)
            try? FileManager.default.removeItem(at: messages)
        }
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Program.Outcome(
            status: status, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            messages: String(decoding: try Data(contentsOf: messages), as: UTF8.self))
    }
}

enum SampleSweep {
    /// Takes a fraction of a second.
    static let small = """
        schema: 1
        name: small
        problem: {name: quadratic, eigenvalues: {logspace: {from: 0.1, to: 1.0}}}
        optimizer: [sgd, n-sam, m-sam]
        steps: 200
        trials: 20
        seed: 7
        axes:
          rho: [0, 0.01, 0.1, 1.0]
          learning_rate: [0.05]
          noise: [0.1, 1.0]
          dimension: [1, 10]
        record: [distance, suboptimality, tail_distance_squared, zero_gradients]

        """

    /// Takes some ten seconds on two cores.
    static let long = small.replacingOccurrences(of: "name: small", with: "name: long")
        .replacingOccurrences(of: "steps: 200\n", with: "steps: 200000\n")
        .replacingOccurrences(of: "trials: 20\n", with: "trials: 256\n")
        .replacingOccurrences(of: "dimension: [1, 10]", with: "dimension: [10, 40]")
}
