import TrialContract

/// The decisions when a result file is opened for writing.
struct ResultOpening {
    let path: String
    let plan: any SweepPlan
    let mode: ResultWriter.Mode
    let allowDrop: Bool
    let provenance: Provenance
    let shard: ShardPart?
    var observer: (@Sendable (RawFile.Event) -> Void)?

    func open() throws -> ResultWriter {
        try OutputPlace.take(path) { try open($0) }
    }

    private func open(_ lock: LockFile) throws -> ResultWriter {
        if Paths.entry(path) == .nothing {
            try create()
        } else {
            try requireResult()
            if mode == .fresh {
                try create()
            } else {
                try requireSameSweep(ResultHeader.read(path))
            }
        }
        let header = try ResultHeader.read(path)
        try requireUndamaged(header)
        return try ResultWriter(
            header: header, file: RawFile(path: path, writable: true, observer: observer), lock: lock, shard: shard)
    }

    private func requireUndamaged(_ header: ResultHeader) throws {
        let file = try RawFile(path: path, writable: false)
        let table = TileTable(rows: try StoredRows(file: file, header: header), header: header)
        if let error = DamageReport.error(try table.damaged(), header) { throw error }
    }

    /// A file that is no result, damaged or not, is never overwritten.
    private func requireResult() throws {
        guard let reason = try ResultHeader.foreignness(path) else { return }
        throw ResultStoreError(.cannotCreate, "write", path: path, reason: reason,
                               remedy: "it is left as it is: choose another --output")
    }

    private func requireSameSweep(_ stored: ResultHeader) throws {
        guard stored.sweepFingerprint == plan.sweepFingerprint, stored.planFingerprint == plan.planFingerprint,
            stored.layout.trials == plan.trials, stored.layout.statistics.map(\.name) == plan.statistics.map(\.name)
        else {
            throw ResultStoreError(
                .cannotCreate, "write", path: path,
                reason: SweepDifference.describe(stored: stored, plan: plan, provenance: provenance),
                remedy: "choose another --output, or start over with --fresh")
        }
    }

    private func create() throws {
        let temporary = path + ".new"
        try NewFile.create(
            FileDescription(plan, provenance, shard: shard), plan: plan, at: temporary, for: path)
        try Paths.replace(path, with: temporary)
    }
}
