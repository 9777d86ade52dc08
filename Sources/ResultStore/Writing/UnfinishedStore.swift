/// The state of trials that are longer than a run: whatever a kernel needs to go on with them.
public struct UnfinishedTrials: Sendable, Equatable {
    /// Positions of the cells in the plan.
    public let cellIndices: [Int]
    public let trials: Range<Int>
    /// The kernel's own form.
    public let state: [UInt8]

    public init(cellIndices: [Int], trials: Range<Int>, state: [UInt8]) {
        self.cellIndices = cellIndices
        self.trials = trials
        self.state = state
    }
}

/// Keeps states of unfinished trials in room that the file has for them since its creation.
///
/// There are two copies, written in turn: whatever happens during a write, the other one is whole. A copy is
/// generation, length and XXH64 of all that, eight bytes each, and the states.
struct UnfinishedStore {
    private static let headLength = 24
    let file: RawFile
    let room: Range<Int>
    private var length: Int { room.count / 2 }

    /// - Returns: false where they do not fit.
    func save(_ trials: [UnfinishedTrials]) throws -> Bool {
        let payload = Self.encode(trials)
        guard Self.headLength + payload.count <= length else { return false }
        let copies = try (0..<2).map(read)
        let newest = (copies[0]?.generation ?? 0) >= (copies[1]?.generation ?? 0) ? 0 : 1
        let generation = (copies[newest]?.generation ?? 0) + 1
        let target = copies[newest] == nil ? newest : 1 - newest
        let head = [UInt64(generation), UInt64(payload.count)]
        let words = head + [Self.checksum(head, payload)]
        let bytes = words.map(\.littleEndian).withUnsafeBytes { Array($0) } + payload
        try file.write(bytes, at: room.lowerBound + target * length, ResultLayout.unfinishedPath)
        try file.synchronise()
        return true
    }

    func load() throws -> [UnfinishedTrials] {
        let newest = try (0..<2).compactMap(read).max { $0.generation < $1.generation }
        return newest.flatMap { Self.decode($0.payload) } ?? []
    }

    /// `nil` where a copy is not whole.
    private func read(_ copy: Int) throws -> (generation: Int, payload: [UInt8])? {
        guard length >= Self.headLength else { return nil }
        let place = room.lowerBound + copy * length
        let words = try file.read(count: 3, zero: UInt64(0), at: place, ResultLayout.unfinishedPath)
            .map(UInt64.init(littleEndian:))
        guard words[0] > 0, words[0] < 1 << 62, words[1] <= UInt64(length - Self.headLength) else { return nil }
        let payload = try file.read(
            count: Int(words[1]), zero: UInt8(0), at: place + Self.headLength, ResultLayout.unfinishedPath)
        return Self.checksum(Array(words[..<2]), payload) == words[2] ? (Int(words[0]), payload) : nil
    }

    private static func checksum(_ head: [UInt64], _ payload: [UInt8]) -> UInt64 {
        XXH64.hash(payload, seed: head[0] &* 31 &+ head[1])
    }

    private static func encode(_ trials: [UnfinishedTrials]) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ number: Int) { withUnsafeBytes(of: Int64(number).littleEndian) { bytes += $0 } }
        add(trials.count)
        for item in trials {
            for number in [item.trials.lowerBound, item.trials.upperBound, item.cellIndices.count] { add(number) }
            item.cellIndices.forEach(add)
            add(item.state.count)
            bytes += item.state
        }
        return bytes
    }

    private static func decode(_ payload: [UInt8]) -> [UnfinishedTrials]? {
        var reader = ByteReader(payload)
        guard let count = reader.number(8) else { return nil }
        var trials: [UnfinishedTrials] = []
        for _ in 0..<count {
            guard let first = reader.number(8), let end = reader.number(8), first <= end, let cells = reader.number(8)
            else { return nil }
            let indices = (0..<cells).compactMap { _ in reader.number(8) }
            guard indices.count == cells, let length = reader.number(8), let state = reader.slice(length) else { return nil }
            trials.append(UnfinishedTrials(cellIndices: indices, trials: first..<end, state: Array(state)))
        }
        return trials
    }
}
