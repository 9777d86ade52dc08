import Foundation

/// Other programs that open results. Those that are not installed are skipped, visibly; `scripts/test` installs them.
enum Tool {
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The interpreter with the clients' packages.
    static let python = ProcessInfo.processInfo.environment["SAMSWEEP_TEST_PYTHON"]

    static func exists(_ name: String) -> Bool { find(name) != nil }

    static func find(_ name: String) -> String? {
        if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func run(_ name: String, _ arguments: [String]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: find(name) ?? name)
        process.arguments = arguments
        let output = Pipe(), errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // Few errors are expected, so that they never fill their pipe while the output is read.
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let messages = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: messages, as: UTF8.self))
    }
}
