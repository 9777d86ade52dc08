import TrialContract
import Wording

/// The decisions when a result file is opened for writing.
struct ResultOpening {
    let path: String
    let plan: any SweepPlan
    let mode: ResultWriter.Mode
    let allowDrop: Bool
    let provenance: Provenance
    let shard: ShardPart?
    var rounds: [String] = []
    var log: RoundLog?
    var observer: (@Sendable (RawFile.Event) -> Void)?

    func open() throws -> ResultWriter {
        try OutputPlace.take(path) { try open($0) }
    }

    private func open(_ place: OutputPlace) throws -> ResultWriter {
        let lock = place.lock
        if try Paths.entry(path) == .nothing {
            try create(at: place)
            return try writer(path, lock)
        }
        try requireResult(path)
        if mode == .fresh {
            try removeExtension()
            try TrialStateFile.remove(besides: path)
            try create(at: place)
            return try writer(path, lock)
        }
        let stored = try ResultHeader.read(path)
        try requireSamePart(stored)
        switch try SweepRelation(stored: stored, plan: plan, provenance: provenance) {
        case .same where stored.isContiguous && holdsAsked(stored): return try writer(path, lock, stored)
        // Another part than it holds, as when a shard's file is completed: on a copy that has room for it.
        case .same where stored.isContiguous: return try extended(stored, Self.sameCells(stored), lock)
        // Compressed: there is nothing to write, or it is written to an uncompressed copy.
        case .same: return try packed(stored, lock)
        case .extensible(let map): return try extended(stored, map, lock)
        case .foreign(let reason): throw foreign(reason)
        }
    }

    /// Throws what `open` would say of a file that is no result or another sweep's; nothing is changed.
    func look() throws {
        guard try Paths.entry(path) != .nothing else { return }
        try requireResult(path)
        let stored = try ResultHeader.read(path)
        try requireSamePart(stored)
        if case .foreign(let reason) = try SweepRelation(stored: stored, plan: plan, provenance: provenance) { throw foreign(reason) }
    }

    private func foreign(_ reason: String) -> ResultStoreError {
        ResultStoreError(
            .cannotCreate, "write", path: path, reason: reason, remedy: "choose another --output, or start over with --fresh")
    }

    /// Whether a file holds all rows that this run may compute.
    private func holdsAsked(_ stored: ResultHeader) -> Bool {
        guard let part = stored.layout.part else { return true }
        return shard.map { part.covers($0, cellCount: stored.layout.cellCount) } ?? false
    }

    private static func sameCells(_ stored: ResultHeader) -> CellMap {
        guard let map = CellMap(from: stored.layout, to: stored.layout) else {
            preconditionFailure("a layout has its own dimensions")
        }
        return map
    }

    private func packed(_ stored: ResultHeader, _ lock: LockFile) throws -> ResultWriter {
        let damage = try ResultDamage(stored)
        if damage.isNone && stored.isComplete { return try ResultWriter(finished: stored, lock: lock) }
        if let error = damage.error, mode != .repair { throw error }
        return try extended(stored, Self.sameCells(stored), lock, damage: damage)
    }

    private func removeExtension() throws {
        let place = ResultWriter.extensionPath(of: path)
        guard try Paths.entryItself(place) != .nothing else { return }
        guard try Paths.entryItself(place) == .file, try ResultHeader.reasonItIsNoResult(place) == nil else {
            throw BesideFile.inTheWay(place, path)
        }
        try Paths.removeFile(place)
    }

    /// Two parts in one file would be a slip of a job script.
    private func requireSamePart(_ stored: ResultHeader) throws {
        guard let there = stored.shard, let own = shard?.shard, there != own else { return }
        throw ResultStoreError(
            .cannotCreate, "write", path: path,
            reason: "it holds shard \(there), and this run computes shard \(own)",
            remedy: "give each shard an --output of its own")
    }

    /// - Parameter known: what was found at `place` and decides that it may be written to; `nil` for a file that was just made.
    private func writer(
        _ place: String, _ lock: LockFile, _ known: ResultHeader? = nil, extending: ResultExtension? = nil, remark: String? = nil
    ) throws -> ResultWriter {
        let looked = try ResultHeader.read(place)
        if let known, known.identity != looked.identity { throw Paths.replaced(place) }
        let repaired = try requireUndamaged(looked)
        // Anew: what was repaired is complete no more.
        let header = try ResultHeader.read(place)
        guard header.identity == looked.identity else { throw Paths.replaced(place) }
        return try ResultWriter(
            header: header, file: header.openFile(writable: true, observer: observer), lock: lock, shard: shard, path: path,
            extending: extending, plan: plan, warnings: [remark, repaired].compactMap { $0 })
    }

    /// A file with the sweep's grid beside the result, with everything that can be reused; it takes the result's place
    /// when the run ends. One that an earlier run has left is continued.
    private func extended(
        _ stored: ResultHeader, _ map: CellMap, _ lock: LockFile, damage: ResultDamage? = nil
    ) throws -> ResultWriter {
        let reader = try ResultReader(stored)
        let layout = ResultLayout(plan)
        try requireNothingLost(reader, layout)
        let damage = try damage ?? (mode == .repair ? ResultDamage(stored) : nil)
        let growth = ResultExtension(old: reader, map: map, layout: layout, plan: plan, lost: damage?.rows ?? [])
        let remark = damage?.error.map { _ in
            Self.repairRemark(stored.path, trials: growth.lost.reduce(0) { $0 + $1.count })
        }
        let place = ResultWriter.extensionPath(of: path)
        if let left = try leftExtension(place) {
            if case .same = left.relation, holdsAsked(left.reader.header), try growth.fits(into: left.reader.header.layout) {
                return try writer(place, lock, left.reader.header, extending: growth, remark: remark)
            }
            try requireNothingLost(left.reader, layout)
        }
        try createExtension(growth, from: stored, at: place)
        return try writer(place, lock, extending: growth, remark: remark)
    }

    private func createExtension(_ growth: ResultExtension, from stored: ResultHeader, at place: String) throws {
        let temporary = BesideFile.new(of: path)
        let left = try leftExtension(place).flatMap { left -> ResultExtension? in
            switch left.relation {
            case .extensible(let map): ResultExtension(old: left.reader, map: map, layout: growth.layout, plan: plan, lost: [])
            case .same: ResultExtension(
                old: left.reader, map: Self.sameCells(left.reader.header), layout: growth.layout, plan: plan, lost: [])
            case .foreign: nil
            }
        }
        let description = try FileDescription(plan, provenance, shard: shard, rounds: rounds, log: log, earlier: stored.history) { cell in
            let (older, newer) = (try growth.carriedTrials(of: cell), try left?.carriedTrials(of: cell) ?? 0..<0)
            guard !older.isEmpty, !newer.isEmpty else { return older.isEmpty ? newer : older }
            return min(older.lowerBound, newer.lowerBound)..<max(older.upperBound, newer.upperBound)
        }
        try NewFile.create(description, plan: plan, at: temporary, for: path)
        do {
            let header = try ResultHeader.read(temporary)
            let rows = try StoredRows(file: header.openFile(writable: true), header: header)
            _ = try growth.copy(to: rows, header)
            // What an unfinished extension to yet another grid has computed is not lost either.
            _ = try left?.copy(to: rows, header)
            _ = try FileSealing.seal(rows, header)
            try Paths.replace(place, with: temporary)
        } catch {
            Paths.discard(temporary)
            throw error.placed(at: path, insteadOf: temporary)
        }
    }

    /// An extension that was not finished, and how it stands to the sweep; `nil` where there is none to go on with.
    private func leftExtension(_ place: String) throws -> (reader: ResultReader, relation: SweepRelation)? {
        try BesideFile.requireFileOrNothing(place, for: path)
        try BesideFile.adopt(".extended", of: path, as: place) { earlier in
            guard try ResultHeader.reasonItIsNoResult(earlier) == nil, let header = try? ResultHeader.read(earlier),
                case .same = try SweepRelation(stored: header, plan: plan, provenance: provenance)
            else { return false }
            return true
        }
        guard try Paths.entry(place) != .nothing else { return nil }
        guard try ResultHeader.reasonItIsNoResult(place) == nil else { throw BesideFile.inTheWay(place, path) }
        let header = try ResultHeader.read(place)
        let relation = try SweepRelation(stored: header, plan: plan, provenance: provenance)
        if case .foreign = relation { return nil }
        return (try ResultReader(header), relation)
    }

    private func requireNothingLost(_ stored: ResultReader, _ layout: ResultLayout) throws {
        guard !allowDrop, let lost = try DroppedResults(stored, plan: plan, layout: layout) else { return }
        throw ResultStoreError(
            .cannotCreate, "write", path: path,
            reason: "the sweep no longer asks for \(lost.text) that \(stored.path) holds",
            remedy: "choose another --output, or let them go with --drop")
    }

    /// - Returns: what was repaired.
    private func requireUndamaged(_ header: ResultHeader) throws -> String? {
        let damage = try ResultDamage(header)
        let file = try header.openFile(writable: true)
        let repair = try DamageRepair(file: file, header: header, plan: plan)
        // A kill while states are written leaves cells without the trajectories of all their trials.
        if damage.isNone { try repair.reset(rows: repair.brokenCells()) }
        guard let error = damage.error else { return nil }
        guard mode == .repair else { throw error }
        let missing = try repair.reset(rows: damage.rows)
        try repair.reset(rows: repair.brokenCells())
        return Self.repairRemark(header.path, trials: missing)
    }

    private static func repairRemark(_ path: String, trials: Int) -> String {
        "\(path) was damaged: \(counted(trials, "trial is", "trials are")) computed again"
    }

    /// A file that is no result, damaged or not, is never overwritten.
    private func requireResult(_ path: String) throws {
        guard let reason = try ResultHeader.reasonItIsNoResult(path) else { return }
        throw ResultStoreError(.cannotCreate, "write", path: path, reason: reason,
                               remedy: "it is left as it is: choose another --output")
    }

    private func create(at place: OutputPlace) throws {
        let temporary = BesideFile.new(of: path)
        try NewFile.create(
            FileDescription(plan, provenance, shard: shard, rounds: rounds, log: log), plan: plan, at: temporary, for: path)
        do { try place.fill(with: temporary) } catch {
            Paths.discard(temporary)
            throw error
        }
    }
}
