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
        if Paths.entry(path) == .folder {
            throw ResultStoreError(.cannotCreate, "create", path: path, reason: "it is a folder",
                                   remedy: "give --output the path of a file in it")
        }
        let folders = try Paths.createFolders(Paths.folder(of: path), for: path)
        do {
            let lock = try LockFile(for: path)
            do {
                return try open(lock)
            } catch {
                lock.release()
                throw error
            }
        } catch {
            Paths.remove(folders)
            throw error
        }
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
        let layout = ResultLayout(plan)
        let temporary = path + ".new"
        Paths.removeFile(temporary)
        do {
            try requireRoom(layout)
            try HDF5Library.exclusively {
                try FileCreation(
                    layout: layout, plan: plan, provenance: provenance, shard: shard,
                    history: History.line(provenance)
                ).write(to: temporary)
            }
            try FileCompletion(path: temporary, plan: plan).run()
            try Paths.replace(path, with: temporary)
        } catch {
            Paths.removeFile(temporary)
            throw error.placed(at: path, insteadOf: temporary)
        }
    }

    /// Says so before anything is written where it cannot fit.
    private func requireRoom(_ layout: ResultLayout) throws {
        guard let free = Paths.freeBytes(at: Paths.folder(of: path)), free < layout.byteCount else { return }
        throw ResultStoreError(
            .inputOutput, "create", path: path,
            reason: "it needs \(layout.byteCount) bytes and the file system has \(free) left",
            remedy: "make room or choose another --output, then run the same command again")
    }
}

extension Error {
    /// The same error with the path that the user knows.
    func placed(at path: String, insteadOf temporary: String) -> any Error {
        guard let error = self as? ResultStoreError, error.path == temporary else { return self }
        return ResultStoreError(
            error.kind, error.operation, object: error.object, path: path, reason: error.reason, remedy: error.remedy)
    }
}
