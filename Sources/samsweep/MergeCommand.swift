import ArgumentParser
import ClusterSubmission
import JSONText
import KernelSelection
import ResultStore
import SweepExecution
import SweepPlanning

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Makes one result file of the shards of a sweep.",
        discussion: """
            Trials that several files have are compared bit by bit. A foreign, damaged or contradicting file is named \
            and nothing is written (exit code 65). Files of some shards give a valid, partial result; what is missing \
            is named with the commands that compute it. Prints the path of the result file.
            """)

    @Argument(help: ArgumentHelp("Result files of the shards.", valueName: "shard.h5"))
    var shards: [String]

    @Option(help: ArgumentHelp("The merged result file.", valueName: "result.h5"))
    var output: String

    @OptionGroup var compression: CompressionOptions

    func run() throws {
        let plan = try Self.plan(of: shards[0])
        let merger = ResultMerger(paths: shards, output: output, provenance: .current(), plan: plan) { shard in
            guard let plan else { return nil }
            let map = try ShardMap(plan: plan, count: shard.count)
            return ShardPart(shard) { map.trials(ofCell: $0, in: shard) }
        }
        let summary = try merger.run()
        summary.warnings.forEach { Console.shared.message("samsweep: warning: \($0)") }
        let counts = summary.counts
        Console.shared.message(
            "samsweep: merged \(shards.count) file\(shards.count == 1 ? "" : "s"): \(NumberText.grouped(counts.done)) of "
                + "\(NumberText.grouped(counts.total)) trial\(counts.total == 1 ? " is" : "s are") done")
        if counts.missing > 0 {
            try tellMissing(summary)
        } else if let gain = try compression.run(output, threads: AvailableCores.count()) {
            Console.shared.message("samsweep: \(gain)")
        }
        try StandardOutput.print(output)
    }

    /// The plan that the files were made by; `nil` where these kernels make another of it.
    private static func plan(of path: String) throws -> PlannedSweep? {
        let reader = try ResultReader.open(path)
        let plan = try? SweepLoading.plan(of: reader, path)
        return plan?.planFingerprint == reader.planFingerprint ? plan : nil
    }

    /// How much is missing, and command lines that compute just that.
    private func tellMissing(_ summary: MergeSummary) throws {
        let advice = try MergeAdvice(merged: output, given: shards)
        for part in summary.missing {
            let state = part.isAbsent ? "was not given" : "is not complete"
            Console.shared.message(
                "samsweep: shard \(part.shard) \(state): \(Self.missing(part.trials)); compute with: "
                    + advice.command(computing: part))
        }
        if !summary.missing.isEmpty {
            Console.shared.message("samsweep: and merge again with: \(advice.mergeCommand(with: summary.missing))")
        }
        Console.shared.message(
            "samsweep: \(Self.missing(summary.counts.missing)); all of it here: \(advice.commandForAll)")
    }

    private static func missing(_ trials: Int) -> String {
        trials == 1 ? "1 trial is missing" : "\(NumberText.grouped(trials)) trials are missing"
    }
}

/// Command lines that complete a merged result, whatever the working folder.
private struct MergeAdvice {
    private let merged: String
    private let given: [String]
    private let name: String
    /// The sweep file and what was changed in it, where that still gives the sweep; otherwise the result itself.
    private let source: [String]

    init(merged: String, given: [String]) throws {
        self.merged = AbsolutePath.of(merged)
        self.given = given.map(AbsolutePath.of)
        let reader = try ResultReader.open(merged)
        let plan = try? SweepLoading.plan(of: reader, merged)
        name = plan?.name ?? "shard"
        let stored = reader.sweepSource.flatMap { stored in
            let own = try? SweepLoading.load(stored.path, overrides: stored.overrides)
            return own?.planFingerprint == reader.planFingerprint ? stored : nil
        }
        source = stored.map { [$0.path] + $0.overrides.flatMap { ["--set", $0] } } ?? [self.merged]
    }

    func command(computing part: MissingPart) -> String {
        CommandText.samsweep(["run"] + source + ["--shard", "\(part.shard)", "--output", path(of: part)])
    }

    func mergeCommand(with missing: [MissingPart]) -> String {
        let added = missing.filter(\.isAbsent).map(path)
        return CommandText.samsweep(["merge"] + given + added + ["--output", merged])
    }

    var commandForAll: String { CommandText.samsweep(["run"] + source + ["--output", merged]) }

    /// Where a part's file is, or belongs: beside the first one and named like it, as far as its name says which it is.
    private func path(of part: MissingPart) -> String {
        if let path = part.path { return AbsolutePath.of(path) }
        let names = given[0].split(separator: "/")
        let folder = "/" + names.dropLast().map { "\($0)/" }.joined()
        let start = names.last.flatMap { ShardName.before($0, count: part.shard.count) }.map(String.init) ?? "\(name)-shard-"
        return "\(folder)\(start)\(part.shard.index)-of-\(part.shard.count).h5"
    }
}

/// What a shard's file is called.
private enum ShardName {
    /// What stands before `I-of-N.h5`; `nil` for names of another form.
    static func before(_ name: Substring, count: Int) -> Substring? {
        let end = "-of-\(count).h5"
        guard name.hasSuffix(end) else { return nil }
        let rest = name.dropLast(end.count)
        let kept = rest.prefix(rest.count - rest.reversed().prefix { $0.isASCII && $0.isNumber }.count)
        return kept.count < rest.count ? kept : nil
    }
}
