import TrialContract

/// Everything that a file says, apart from its trials.
struct FileDescription: Sendable {
    var layout: ResultLayout
    let title: String
    let sweepText: String
    let sweepFingerprint: String
    let planFingerprint: String
    let usesCommonRandomNumbers: Bool
    /// The program, as "samsweep 0.1.0".
    let source: String
    let gitCommit: String
    let references: String
    let kernelRevision: Int
    var history: String
    /// `nil` where the file is for the whole sweep.
    var shard: Shard?
    /// `nil` in files from before it was stored.
    let sweepSource: SweepSource?
    /// Where numbers of trials were decided in rounds: what each round decided and why, a sentence each.
    let rounds: [String]
    /// Of a new file whose rounds are decided as it grows; not read back with the rest.
    var log: RoundLog?
}

extension FileDescription {
    /// Of a new file.
    ///
    /// - Parameters:
    ///   - shard: the part that the file is for: it holds no other rows, but those that are carried over.
    ///   - earlier: the history of the files that went into this one.
    ///   - carried: the trials of a cell that come from an earlier form of the file.
    init(
        _ plan: any SweepPlan, _ provenance: Provenance, shard: ShardPart?, rounds: [String] = [], log: RoundLog? = nil, earlier: String? = nil,
        carried: (_ cell: Int) throws -> Range<Int> = { _ in 0..<0 }
    ) rethrows {
        var layout = ResultLayout(plan)
        layout.part = try shard.flatMap {
            try StoredPart(
                shard: $0, cellCount: layout.cellCount, trials: layout.trials, keepsCellsWhole: layout.curve != nil,
                carried: carried)
        }
        self.init(
            layout: layout, title: plan.title, sweepText: plan.sourceText, sweepFingerprint: plan.sweepFingerprint,
            planFingerprint: plan.planFingerprint, usesCommonRandomNumbers: plan.usesCommonRandomNumbers,
            source: "samsweep \(provenance.version)", gitCommit: provenance.gitCommit, references: provenance.references,
            kernelRevision: provenance.kernelRevision, history: History.line(provenance, earlier: earlier),
            shard: shard?.shard, sweepSource: provenance.sweepSource, rounds: rounds, log: log)
    }

    /// The whole of which the file is a part, made by merging.
    func whole(_ provenance: Provenance) -> FileDescription {
        var whole = self
        whole.layout.part = nil
        whole.history = History.line(provenance, earlier: history)
        whole.shard = nil
        return whole
    }
}
