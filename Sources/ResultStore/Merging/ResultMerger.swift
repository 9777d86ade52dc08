import TrialContract

/// What a merge gave.
public struct MergeSummary: Sendable {
    /// The states of all trials of the merged file.
    public let counts: CompletionCounts
    /// The parts of the sweep of which trials are missing, if the files were parts I of N: ascending.
    public let missing: [MissingPart]
    /// What the user should know though nothing failed.
    public let warnings: [String]
}

/// A part of a sweep that a merged result still lacks.
public struct MissingPart: Sendable, Equatable {
    public let shard: Shard
    public let trials: Int
    /// The file of this part, as it was given; `nil`: there was none.
    public let path: String?
    /// Whether no file of this part was given.
    public var isAbsent: Bool { path == nil }
}

/// Merges results of parts of one sweep into one file, physically.
///
/// Trials that several files have are compared bit by bit. A foreign, damaged or contradicting file is an error that
/// names it, and nothing is written. Memory stays the same however large the files are.
public struct ResultMerger {
    private let paths: [String]
    private let output: String
    private let provenance: Provenance
    private let plan: (any SweepPlan)?
    /// How much is merged at once, see `RowMerge`.
    var stretchBytes: Int?
    /// Called whenever all headers are read and before any row is.
    var headersAreRead: () -> Void = {}
    private let cut: (Shard) throws -> ShardPart?

    /// - Parameters:
    ///   - paths: the results, at least one.
    ///   - output: where the merged result goes; an earlier result of the same sweep there is replaced.
    ///   - plan: the sweep's, from which trials of excluded cells are known that no file has; `nil` where there is none.
    ///   - cut: which trials belong to a part; `nil` where that is not known, and then missing trials are only counted.
    public init(
        paths: [String], output: String, provenance: Provenance, plan: (any SweepPlan)? = nil,
        cut: @escaping (Shard) throws -> ShardPart? = { _ in nil }
    ) {
        precondition(!paths.isEmpty)
        self.paths = paths
        self.output = output
        self.provenance = provenance
        self.plan = plan
        self.cut = cut
    }

    /// - Throws: `damaged` (exit code 65) for a foreign, damaged or contradicting file; `cannotCreate`, `inputOutput`.
    public func run() throws -> MergeSummary {
        var merger = try ResultMerger(
            paths: paths, resolved: Paths.resolved(output), provenance: provenance, plan: plan, cut: cut)
        merger.stretchBytes = stretchBytes
        merger.headersAreRead = headersAreRead
        return try merger.merge()
    }

    private init(
        paths: [String], resolved output: String, provenance: Provenance, plan: (any SweepPlan)?,
        cut: @escaping (Shard) throws -> ShardPart?
    ) {
        (self.paths, self.output, self.provenance, self.plan, self.cut) = (paths, output, provenance, plan, cut)
    }

    /// Begins anew, once, where something failed and a file was replaced meanwhile, as a run that compresses or extends a result
    /// does in the end: what failed says nothing of the file that is there now. Who reads a single result does the same.
    private func merge() throws -> MergeSummary {
        // An earlier merge is replaced by this one itself.
        let there = try Paths.identity(output), before = try paths.map { try Paths.identity($0) }
        func wasReplaced() throws -> Bool {
            try zip(paths, before).contains { path, before in try before != there && Paths.identity(path) != before }
        }
        do { return try mergeOnce() } catch {
            guard try wasReplaced() else { throw error }
            return try mergeOnce()
        }
    }

    private func mergeOnce() throws -> MergeSummary {
        let first = try ResultHeader.read(paths[0])
        // Which cells are excluded is known for the file that was there when the plan was made.
        if let plan, plan.planFingerprint != first.planFingerprint { throw Paths.replaced(paths[0]) }
        // Headers first: nothing is read at length before all are known to belong together.
        let headers = try [first] + HeaderSeries.read(Array(paths.dropFirst())) { try Self.sameSweep($0, as: first) }
        headersAreRead()
        if let whole = headers.first(where: { $0.layout.part?.rest == .notAsked }) {
            throw ResultStoreError(
                .damaged, "merge", path: whole.path, reason: "its cells have different numbers of trials, decided in rounds: it is no part of a sweep",
                remedy: "leave it out; samsweep run goes on with it")
        }
        return try OutputPlace.take(output) { place in
            try requireReplaceable(first)
            let counts = try merge(headers, at: place)
            let missing = try missingParts(given: zip(headers.map(\.shard), paths), counts)
            place.lock.release()
            return MergeSummary(counts: counts, missing: missing, warnings: [place.lock.warning].compactMap { $0 })
        }
    }

    private func merge(_ headers: [ResultHeader], at place: OutputPlace) throws -> CompletionCounts {
        let temporary = BesideFile.new(of: output)
        try NewFile.create(
            headers[0].description.whole(provenance), plan: nil, isFilled: false, at: temporary, for: output)
        do {
            let header = try ResultHeader.read(temporary)
            let rows = try StoredRows(file: header.openFile(writable: true), header: header)
            let sources = try MergeSource.all(headers)
            for source in sources {
                let reader = try source.reader()
                guard let curves = CurveTransfer(from: reader, to: rows, header) else { continue }
                for cell in 0..<header.layout.cellCount where reader.header.layout.storedCell(cell) != nil {
                    try curves.copy(cell, to: cell)
                }
            }
            let counts = try RowMerge(sources, into: rows, header, plan: plan, stretchBytes: stretchBytes ?? RowMerge.stretchBytes(sources: sources.count)).run()
            if counts.missing == 0 { try CompletionMark.set(1, in: rows.file) }
            try rows.file.synchronise()
            try place.fill(with: temporary)
            return counts
        } catch {
            Paths.discard(temporary)
            throw error.placed(at: output, insteadOf: temporary)
        }
    }

    /// The header, with the coordinates in memory once for all shards.
    ///
    /// - Throws: `damaged` where it is another sweep's.
    private static func sameSweep(_ header: ResultHeader, as first: ResultHeader) throws -> ResultHeader {
        guard header.sweepFingerprint == first.sweepFingerprint, header.planFingerprint == first.planFingerprint,
            header.layout.variables == first.layout.variables, header.layout.curve == first.layout.curve, header.layout.rowCount == first.layout.rowCount
        else {
            throw ResultStoreError(
                .damaged, "merge", path: header.path,
                reason: SweepDifference.describe(there: header, here: first) + " than \(first.path)",
                remedy: "leave it out")
        }
        var header = header
        header.description.layout = header.layout.sharingCoordinates(with: first.layout)
        return header
    }

    /// An earlier merge may be replaced, nothing else.
    private func requireReplaceable(_ first: ResultHeader) throws {
        guard try Paths.entry(output) != .nothing, !paths.contains(output) else { return }
        if let reason = try ResultHeader.reasonItIsNoResult(output) {
            throw ResultStoreError(.cannotCreate, "write", path: output, reason: reason,
                                   remedy: "it is left as it is: choose another --output")
        }
        guard let there = try readable(output), there.planFingerprint != first.planFingerprint else { return }
        throw ResultStoreError(.cannotCreate, "write", path: output, reason: "it is the result of another sweep",
                               remedy: "choose another --output")
    }

    /// `nil` where it is damaged.
    private func readable(_ path: String) throws -> ResultHeader? {
        do { return try ResultHeader.read(path) } catch let error as ResultStoreError where error.kind == .damaged { return nil }
    }

    private func missingParts(
        given shards: some Sequence<(Shard?, String)>, _ counts: CompletionCounts
    ) throws -> [MissingPart] {
        var given: [Shard: String] = [:]
        for (shard, path) in shards { if let shard { given[shard] = path } }
        guard counts.missing > 0, let count = given.keys.map(\.count).max() else { return [] }
        let header = try ResultHeader.read(output)
        let rows = try StoredRows(file: header.openFile(), header: header)
        return try (0..<count).compactMap { index in
            guard let shard = Shard(index: index, count: count), let part = try cut(shard) else { return nil }
            let missing = try rows.countStatus(of: part).missing
            return missing > 0 ? MissingPart(shard: shard, trials: missing, path: given[shard]) : nil
        }
    }
}
