import TrialContract

/// Everything that a new file says, apart from its trials.
struct FileDescription {
    let layout: ResultLayout
    let title: String
    let sweepText: String
    let sweepFingerprint: String
    let planFingerprint: String
    let usesCommonRandomNumbers: Bool
    let source: String
    let gitCommit: String
    let references: String
    let kernelRevision: Int
    let history: String
    let shard: Shard?
    let sweepSource: SweepSource?
    /// Where numbers of trials were decided in rounds: what each round decided and why, a sentence each.
    let rounds: [String]

    /// - Parameters:
    ///   - shard: the part that the file is for: it holds no other rows, but those that are carried over.
    ///   - earlier: the history of the files that went into this one.
    ///   - carried: the trials of a cell that come from an earlier form of the file.
    init(
        _ plan: any SweepPlan, _ provenance: Provenance, shard: ShardPart?, rounds: [String] = [], earlier: String? = nil,
        carried: (_ cell: Int) throws -> Range<Int> = { _ in 0..<0 }
    ) rethrows {
        var layout = ResultLayout(plan)
        layout.part = try shard.flatMap {
            try StoredPart(
                shard: $0, cellCount: layout.cellCount, trials: layout.trials, keepsCellsWhole: layout.curve != nil,
                carried: carried)
        }
        self.layout = layout
        title = plan.title
        sweepText = plan.sourceText
        sweepFingerprint = plan.sweepFingerprint
        planFingerprint = plan.planFingerprint
        usesCommonRandomNumbers = plan.usesCommonRandomNumbers
        source = "samsweep \(provenance.version)"
        gitCommit = provenance.gitCommit
        references = provenance.references
        kernelRevision = provenance.kernelRevision
        history = History.line(provenance, earlier: earlier)
        self.shard = shard?.shard
        sweepSource = provenance.sweepSource
        self.rounds = rounds
    }

    /// The whole of which `header` is a part.
    init(wholeOf header: ResultHeader, _ provenance: Provenance) {
        self.init(header, history: History.line(provenance, earlier: header.history), shard: nil, part: nil)
    }

    init(copyOf header: ResultHeader) {
        self.init(header, history: header.history, shard: header.shard, part: header.layout.part)
    }

    private init(_ header: ResultHeader, history: String, shard: Shard?, part: StoredPart?) {
        var layout = header.layout
        layout.part = part
        self.layout = layout
        title = header.title
        sweepText = header.sweepText
        sweepFingerprint = header.sweepFingerprint
        planFingerprint = header.planFingerprint
        usesCommonRandomNumbers = header.usesCommonRandomNumbers
        source = header.source
        gitCommit = header.gitCommit
        references = header.references
        kernelRevision = header.kernelRevision
        self.history = history
        self.shard = shard
        sweepSource = header.sweepSource
        rounds = header.rounds
    }
}
