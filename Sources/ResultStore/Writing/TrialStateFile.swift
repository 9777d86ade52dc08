import Synchronization
import TrialContract

/// Where trials stand that a run had to leave unfinished: `BesideFile.states`, beside the result and only while there are
/// such trials.
///
/// Where trajectories are recorded, it also keeps the outcomes of trials whose cells are not whole yet.
///
/// A file of its own, put in place whole: the result file is written by raw values only, and states come and go in any
/// number. Layout, little-endian: the mark, a hash of the sweep's plan, the number of states; for each its row, its step,
/// its length and its bytes; the number of outcomes; for each its row, its length and its bytes; last the XXH64 of
/// everything before. A file that is damaged or another plan's is passed over: its trials then begin anew. One that is
/// not ours is left alone, and no run begins beside it.
final class TrialStateFile: Sendable {
    private static let mark = Array("samsweep states2".utf8)
    /// What files of all versions begin with.
    private static let anyMark = Array("samsweep states".utf8)

    private struct Contents {
        var states: [Int: TrialState] = [:]
        var outcomes: [Int: GatheredTrial] = [:]
        /// Whether what is on disk differs.
        var isChanged = false
    }

    private let path: String
    private let result: String
    private let planHash: UInt64
    private let contents: Mutex<Contents>

    /// Reads what an earlier run has left.
    ///
    /// - Throws: where that cannot be read, or something else lies there.
    init(result: String, planFingerprint: String) throws {
        self.result = result
        path = BesideFile.states(of: result)
        planHash = XXH64.hash(Array(planFingerprint.utf8))
        contents = Mutex(try Self.read(path, planHash, result) ?? Contents())
    }

    func state(row: Int) -> TrialState? { contents.withLock { $0.states[row] } }

    func keep(_ state: TrialState, row: Int) {
        contents.withLock {
            $0.states[row] = state
            $0.isChanged = true
        }
    }

    /// Outcomes of trials whose cells are not whole yet.
    var outcomes: [Int: GatheredTrial] { contents.withLock { $0.outcomes } }

    /// Keeps outcomes in place of earlier ones.
    func keep(outcomes: [Int: GatheredTrial]) {
        contents.withLock {
            $0.isChanged = $0.isChanged || $0.outcomes != outcomes
            $0.outcomes = outcomes
        }
    }

    /// The trials have ended.
    func forget(_ rows: Range<Int>) {
        contents.withLock { contents in
            guard !contents.states.isEmpty else { return }
            for row in rows where contents.states.removeValue(forKey: row) != nil { contents.isChanged = true }
        }
    }

    /// Brings the states to disk; without any, there is no file.
    func save() throws {
        try contents.withLock { contents in
            guard contents.isChanged else { return }
            if contents.states.isEmpty && contents.outcomes.isEmpty {
                try Self.remove(besides: result)
            } else {
                try write(contents)
            }
            contents.isChanged = false
        }
    }

    /// For a result that starts over.
    static func remove(besides result: String) throws {
        try BesideFile.removeOwn(BesideFile.states(of: result), marks: [anyMark], for: result)
    }

    private func encoded(_ contents: Contents) -> [UInt8] {
        var bytes = Self.mark
        bytes.appendNumber(planHash)
        bytes.appendNumber(UInt64(contents.states.count))
        for (row, state) in contents.states.sorted(by: { $0.key < $1.key }) {
            for number in [row, state.step, state.bytes.count] { bytes.appendNumber(UInt64(number)) }
            bytes += state.bytes
        }
        bytes.appendNumber(UInt64(contents.outcomes.count))
        for (row, outcome) in contents.outcomes.sorted(by: { $0.key < $1.key }) {
            let own = outcome.bytes
            for number in [row, own.count] { bytes.appendNumber(UInt64(number)) }
            bytes += own
        }
        bytes.appendNumber(XXH64.hash(bytes))
        return bytes
    }

    /// Bytes with the mark, the plan's hash and the checksum that make them a file of that plan.
    static func sealed(_ bytes: [UInt8], planFingerprint: String) -> [UInt8] {
        var sealed = mark
        sealed.appendNumber(XXH64.hash(Array(planFingerprint.utf8)))
        sealed += bytes.dropFirst(sealed.count).dropLast(8)
        sealed.appendNumber(XXH64.hash(sealed))
        return sealed
    }

    private func write(_ contents: Contents) throws {
        let bytes = encoded(contents)
        let temporary = BesideFile.new(of: path)
        try BesideFile.removeOwn(temporary, marks: [Self.anyMark], for: result)
        try BesideFile.requireFileOrNothing(path, for: result)
        try BesideFile.create(temporary, for: result)
        do {
            let file = try RawFile(path: temporary, writable: true)
            try bytes.withUnsafeBytes { try file.write($0, at: 0, "states") }
            try file.synchronise()
            try Paths.replace(path, with: temporary)
        } catch {
            Paths.discard(temporary)
            throw error
        }
    }

    /// `nil` where there is no file, or none that can be trusted.
    private static func read(_ path: String, _ planHash: UInt64, _ result: String) throws -> Contents? {
        try BesideFile.requireFileOrNothing(path, for: result)
        try BesideFile.adopt(".states", of: result, as: path) { earlier in
            let file = try RawFile(path: earlier, writable: false)
            guard try file.size() >= mark.count, try file.read(count: mark.count, zero: UInt8(0), at: 0, "states") == mark
            else { return false }
            return try trusted(file.read(count: file.size(), zero: UInt8(0), at: 0, "states"), planHash) != nil
        }
        guard try Paths.entryItself(path) == .file else { return nil }
        let file = try RawFile(path: path, writable: false)
        let bytes = try file.read(count: file.size(), zero: UInt8(0), at: 0, "states")
        guard bytes.isEmpty || bytes.starts(with: anyMark) else { throw BesideFile.inTheWay(path, result) }
        return trusted(bytes, planHash)
    }

    /// `nil` where the checksum is wrong, or the bytes are another plan's.
    private static func trusted(_ bytes: [UInt8], _ planHash: UInt64) -> Contents? {
        guard bytes.count >= mark.count + 24 else { return nil }
        let body = Array(bytes.dropLast(8))
        guard bytes.suffix(8).elementsEqual(XXH64.hash(body).littleEndianBytes), body.starts(with: mark) else { return nil }
        return decoded(body, planHash)
    }

    /// The same, for hostile inputs: the states by row, and for how many rows there are outcomes.
    static func trusted(_ bytes: [UInt8], planFingerprint: String) -> (states: [Int: TrialState], outcomes: Int)? {
        trusted(bytes, XXH64.hash(Array(planFingerprint.utf8))).map { ($0.states, $0.outcomes.count) }
    }

    private static func decoded(_ body: [UInt8], _ planHash: UInt64) -> Contents? {
        var reader = ByteReader(body)
        guard reader.skip(mark.count), let hash = reader.slice(8), hash.elementsEqual(planHash.littleEndianBytes),
            let count = reader.number(8)
        else { return nil }
        var contents = Contents()
        for _ in 0..<count {
            guard let row = reader.number(8), let step = reader.number(8), let length = reader.number(8),
                let bytes = reader.slice(length)
            else { return nil }
            contents.states[row] = TrialState(step: step, bytes: Array(bytes))
        }
        guard let outcomes = reader.number(8) else { return nil }
        for _ in 0..<outcomes {
            guard let row = reader.number(8), let length = reader.number(8), let bytes = reader.slice(length),
                let outcome = GatheredTrial(Array(bytes))
            else { return nil }
            contents.outcomes[row] = outcome
        }
        return contents
    }
}

extension UInt64 {
    fileprivate var littleEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (8 * UInt64($0))) } }
}

extension [UInt8] {
    fileprivate mutating func appendNumber(_ number: UInt64) { append(contentsOf: number.littleEndianBytes) }
}
