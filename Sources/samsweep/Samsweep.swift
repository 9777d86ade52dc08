import ArgumentParser
import Glibc

@main
struct Samsweep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "samsweep",
        abstract: "Runs sweeps of stochastic SAM trials on all cores and fits their scaling laws.",
        version: "\(Version.number) (\(Version.gitCommit))",
        subcommands: [
            PlanCommand.self, RunCommand.self, StatusCommand.self, MergeCommand.self, FitCommand.self,
            BestCommand.self, ReportCommand.self,
            ExportCommand.self, AuditCommand.self, SubmitCommand.self, ListCommand.self, SchemaCommand.self,
            VerifyCommand.self, BenchCommand.self,
        ])

    /// Like the default, but with this program's exit codes and form of error messages.
    static func main() {
        // A closed pipe is seen as an error of the write and handled there.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            leave(error)
        }
    }
}
