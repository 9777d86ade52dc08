import ArgumentParser
import ClusterSubmission
import JSONText
import KernelSelection
import ResultStore
import SweepExecution
import SweepPlanning
import Wording

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
        let merger = ResultMerger(paths: shards, output: output, provenance: .current(), plan: plan?.stored) { shard in
            try plan.map { try ShardPart(shard, of: $0) }
        }
        let summary = try merger.run()
        summary.warnings.forEach { Console.shared.message("samsweep: warning: \($0)") }
        let counts = summary.counts, noun = try ResultReader.open(output).rowNoun
        Console.shared.message(
            "samsweep: merged \(counted(shards.count, "file")): \(NumberText.grouped(counts.done)) of "
                + "\(counted(counts.total, "\(noun) is", "\(noun)s are")) done")
        if counts.missing > 0 {
            try tellMissing(summary, noun)
        } else if let gain = try compression.run(output, threads: AvailableCores.count()) {
            Console.shared.message("samsweep: \(gain)")
        }
        try StandardOutput.print(output)
    }

    /// The plan that the files were made by; `nil` where these kernels make another of it.
    private static func plan(of path: String) throws -> PlannedSweep? {
        let reader = try ResultReader.open(path)
        if reader.shard != nil, let round = reader.rounds.last {
            throw CommandError.invalidData(
                "\(path) is part of a round (\(round)), and other rounds have the other trials: 'run --collect' takes what it has into the "
                    + "result")
        }
        let plan = try? SweepLoading.plan(of: reader, path)
        return plan?.planFingerprint == reader.planFingerprint ? plan : nil
    }

    /// How much is missing, and command lines that compute just that.
    private func tellMissing(_ summary: MergeSummary, _ noun: String) throws {
        let advice = try MergeAdvice(merged: output, given: shards)
        let (alone, together) = advice.split(summary.missing)
        for part in alone {
            let state = part.isAbsent ? "was not given" : "is not complete"
            Console.shared.message(
                "samsweep: shard \(part.shard) \(state): \(Self.missing(part.trials, noun)); compute with: "
                    + advice.command(computing: part))
        }
        if !together.isEmpty {
            let list = IntegerRuns.text(together.map(\.shard.index))
            let trials = together.reduce(0) { $0 + $1.trials }
            Console.shared.message(
                "samsweep: \(NumberText.grouped(together.count)) of \(counted(together[0].shard.count, "shard")) were not given or "
                    + "are not complete (\(list)): \(Self.missing(trials, noun)); compute with: \(advice.command(computing: together))")
        }
        if !summary.missing.isEmpty {
            Console.shared.message("samsweep: and merge again with: \(advice.mergeCommand(with: summary.missing))")
        }
        Console.shared.message(
            "samsweep: \(Self.missing(summary.counts.missing, noun)); all of it here: \(advice.commandForAll)")
    }

    private static func missing(_ rows: Int, _ noun: String) -> String {
        counted(rows, "\(noun) is missing", "\(noun)s are missing")
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
            let own = try? SweepLoading.load(
                stored.path, overrides: stored.overrides, known: { KnownMinima.of(reader) })
            return own?.planFingerprint == reader.planFingerprint ? stored : nil
        }
        source = stored.map { [$0.path] + $0.overrides.flatMap { ["--set", $0] } } ?? [self.merged]
    }

    func command(computing part: MissingPart) -> String {
        CommandText.samsweep(["run"] + source + ["--shard", "\(part.shard)", "--output", path(of: part)])
    }

    /// Commands for more parts than these are one loop over those whose files are named alike.
    private static let mostCommands = 8

    func split(_ missing: [MissingPart]) -> (alone: [MissingPart], together: [MissingPart]) {
        guard missing.count > Self.mostCommands else { return (missing, []) }
        let alike = missing.filter { path(of: $0) == standardPath(of: $0) }
        guard alike.count > 1 else { return (missing, []) }
        return (missing.filter { path(of: $0) != standardPath(of: $0) }, alike)
    }

    /// A loop over parts whose files are named alike; in the shell that every system has, whatever it is typed into.
    func command(computing parts: [MissingPart]) -> String {
        let (before, after) = name(of: parts[0].shard.count)
        let run = CommandText.samsweep(["run"] + source) + " --shard $i/\(parts[0].shard.count) --output "
            + [before].shellQuoted + "$i" + [after].shellQuoted
        return ["sh", "-c", "for i in \(IntegerRuns.words(parts.map(\.shard.index))); do \(run) || exit; done"].shellQuoted
    }

    func mergeCommand(with missing: [MissingPart]) -> String {
        let added = missing.filter(\.isAbsent).map(path)
        if let count = missing.first?.shard.count, added.count > Self.mostCommands {
            let (before, after) = name(of: count)
            let known = Set((0..<count).map { "\(before)\($0)\(after)" })
            if given.allSatisfy(known.contains), !known.contains(merged) {
                let merge = CommandText.samsweep(["merge"]) + " " + [before].shellQuoted + "[0-9]*" + [after].shellQuoted
                return ["sh", "-c", merge + " --output " + [merged].shellQuoted].shellQuoted
            }
        }
        return CommandText.samsweep(["merge"] + given + added + ["--output", merged])
    }

    var commandForAll: String { CommandText.samsweep(["run"] + source + ["--output", merged]) }

    /// Where a part's file is, or belongs: beside the first one and named like it, as far as its name says which it is.
    private func path(of part: MissingPart) -> String {
        part.path.map(AbsolutePath.of) ?? standardPath(of: part)
    }

    private func standardPath(of part: MissingPart) -> String {
        let (before, after) = name(of: part.shard.count)
        return "\(before)\(part.shard.index)\(after)"
    }

    /// What stands before and after the part's number in the paths of such parts.
    private func name(of count: Int) -> (before: String, after: String) {
        let names = given[0].split(separator: "/")
        let folder = "/" + names.dropLast().map { "\($0)/" }.joined()
        let start = names.last.flatMap { ShardName.before($0, count: count) }.map(String.init) ?? "\(name)-shard-"
        return (folder + start, "-of-\(count).h5")
    }
}

/// Ascending numbers, in short.
private enum IntegerRuns {
    /// As people read them: `0-3, 7, 9`.
    static func text(_ numbers: [Int]) -> String {
        runs(numbers).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ", ")
    }

    /// As a shell reads them: `$(seq 0 3) 7 9`.
    static func words(_ numbers: [Int]) -> String {
        runs(numbers).map { run in
            run.count < 3 ? run.map(String.init).joined(separator: " ") : "$(seq \(run.lowerBound) \(run.upperBound - 1))"
        }.joined(separator: " ")
    }

    private static func runs(_ numbers: [Int]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound == number {
                runs[runs.count - 1] = last.lowerBound..<number + 1
            } else {
                runs.append(number..<number + 1)
            }
        }
        return runs
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
