/// One of N disjoint parts of a sweep, for computing it on several machines.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
    /// 0 ..< count.
    public let index: Int
    /// At least 1.
    public let count: Int

    /// `nil` unless 0 <= index < count.
    public init?(index: Int, count: Int) {
        guard count >= 1, (0..<count).contains(index) else { return nil }
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

/// Kernels work on this many trials at a time; a block that has fewer wastes lanes.
enum LaneGroup {
    static let width = 8
}
