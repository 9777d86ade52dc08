/// One of N disjoint parts of a sweep, for computing it on several machines.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
    /// 0 ..< count.
    public let index: Int
    /// 1 … `most`.
    public let count: Int

    /// Result files number shards in 32 bits.
    public static let most = Int(Int32.max)

    /// `nil` unless 0 <= index < count <= `most`.
    public init?(index: Int, count: Int) {
        guard (1...Self.most).contains(count), (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// From `I/N`; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]) else { return nil }
        self.init(index: index, count: count)
    }

    public var description: String { "\(index)/\(count)" }
}
