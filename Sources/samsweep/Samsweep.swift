import ArgumentParser
import Glibc
import KernelSelection

@main
struct Samsweep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "samsweep",
        abstract: "Runs sweeps of stochastic SAM trials on all cores and fits their scaling laws.",
        version: "\(Version.number) (\(Version.gitCommit))",
        subcommands: [
            PlanCommand.self, RunCommand.self, StatusCommand.self, MergeCommand.self, FitCommand.self,
            BestCommand.self, CompareCommand.self, ReportCommand.self,
            ExportCommand.self, AuditCommand.self, SubmitCommand.self, ListCommand.self, SchemaCommand.self,
            VerifyCommand.self, CheckCommand.self, BenchCommand.self,
        ])

    /// Like the default, but with this program's exit codes and form of error messages.
    static func main() {
        StandardDescriptors.open()
        CrashSignals.endWhenSent()
        // A closed pipe and a file that may not grow are seen as errors of the write and handled there.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        do {
            try requireUTF8()
            // Before anything asks kernels that this processor does not run what they compute.
            _ = try KernelSelection.kernel()
            try refuseFileNames(CommandLine.arguments.dropFirst())
            var command = try parseAsRoot()
            try command.run()
        } catch {
            leave(error)
        }
    }

    /// Swift repairs arguments that are not UTF-8, and a repaired path names another file.
    private static func requireUTF8() throws {
        for place in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[place] else { continue }
            guard String(validatingCString: argument) == nil else { continue }
            let bytes = UnsafeBufferPointer(start: argument, count: strlen(argument)).map { UInt8(bitPattern: $0) }
            let shown = bytes.prefix(200).map { byte in
                byte < 0x80 ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16)
            }.joined()
            throw CommandError.usage("argument \(place) is not UTF-8: '\(shown)'; rename the file, or write the text in UTF-8")
        }
    }

    /// A file whose name begins with a dash is no cluster of short options, though an `h` in it asks for help. The only
    /// short option is `-h`.
    private static func refuseFileNames(_ arguments: ArraySlice<String>) throws {
        for argument in arguments.prefix(while: { $0 != "--" })
        where argument.hasPrefix("-") && !argument.hasPrefix("--") && !["-", "-h"].contains(argument) {
            throw CommandError.usage(
                "'\(argument)' is no option; write ./\(argument) for a file of that name, or --OPTION=\(argument) for a value")
        }
    }
}
