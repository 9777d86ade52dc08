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

    /// - Parameters:
    ///   - result: the file that it is run into, where that is said.
    ///   - goalFollows: whether it is looked at for the goal that the command line adds.
    ///
    /// Throws `SweepFileError`.
    func plan(result: String? = nil, goalFollows: Bool = false) throws -> PlannedSweep {
        try SweepLoading.load(sweep, overrides: overrides, goalFollows: goalFollows, known: { result.map(KnownMinima.beside) ?? KnownMinima.inFolder(ResultPath.folder) })
    }

    /// The sweep, with a goal of the command line in the place of its own, and its `--set` arguments.
    ///
    /// Throws `SweepFileError`.
    func planned(until: String?, result: String? = nil) throws -> (plan: PlannedSweep, overrides: [String]) {
        let plan = try plan(result: result, goalFollows: until != nil)
        guard let until else { return (plan, overrides) }
        let all = overrides + GoalOverride.arguments(until, plan: plan)
        return (try SweepLoading.load(sweep, overrides: all, known: KnownMinima.of(plan)), all)
    }
}
