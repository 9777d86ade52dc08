import ArgumentParser
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
            is named with the command that computes it. Prints the path of the result file.
            """)

    @Argument(help: ArgumentHelp("Result files of the shards.", valueName: "shard.h5"))
    var shards: [String]

    @Option(help: ArgumentHelp("The merged result file.", valueName: "result.h5"))
    var output: String

    @OptionGroup var compression: CompressionOptions

    func run() throws {
        let plan = try Self.plan(of: shards[0])
        let merger = ResultMerger(paths: shards, output: output, provenance: .current) { identity in
            guard let plan, let shard = Shard(index: identity.index, count: identity.count) else { return nil }
            let map = try ShardMap(plan: plan, count: shard.count)
            return ShardPart(index: shard.index, count: shard.count) { map.trials(ofCell: $0, in: shard) }
        }
        let summary = try merger.run()
        summary.warnings.forEach { Console.shared.message("samsweep: warning: \($0)") }
        let counts = summary.counts
        Console.shared.message(
            "samsweep: merged \(shards.count) file\(shards.count == 1 ? "" : "s"): \(NumberText.grouped(counts.done)) of "
                + "\(NumberText.grouped(counts.total)) trial\(counts.total == 1 ? " is" : "s are") done")
        if counts.missing > 0 {
            tellMissing(summary, sweep: SweepLoading.sweepFile(of: try ResultReader.open(output)) ?? "SWEEP.yaml")
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

    private func tellMissing(_ summary: MergeSummary, sweep: String) {
        for part in summary.missing {
            let state = part.isAbsent ? "was not given" : "is not complete"
            Console.shared.message(
                "samsweep: shard \(part.shard) \(state): \(NumberText.grouped(part.trials)) trials are missing; compute "
                    + "them with: samsweep run \(sweep) --shard \(part.shard)")
        }
        Console.shared.message(
            "samsweep: \(NumberText.grouped(summary.counts.missing)) trials are missing; all of them here: "
                + "samsweep run \(sweep) --output \([output].shellQuoted)")
    }
}
