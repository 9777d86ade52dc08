import ArgumentParser
import KernelSelection
import SweepPlanning

/// The sweep file a command works on, with changes from the command line.
struct SweepOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("A sweep file, or - for standard input.", valueName: "sweep.yaml"))
    var sweep: String

    @Option(name: .customLong("set"), parsing: .singleValue, help: ArgumentHelp(
        "Replaces a field of the sweep, as axes.rho='[0.1, 0.2]'; the value is YAML. May be given several times.",
        valueName: "field=value"))
    var overrides: [String] = []

    /// - Parameter result: the file that it is run into, where that is said.
    ///
    /// Throws `SweepFileError`.
    func plan(result: String? = nil) throws -> PlannedSweep {
        try SweepLoading.load(sweep, overrides: overrides, known: { result.map(KnownMinima.beside) ?? KnownMinima.inFolder(ResultPath.folder) })
    }
}
