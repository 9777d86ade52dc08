/// One of N disjoint parts of a sweep, for computing it on several machines.
///
/// Which trials belong to a shard is a fixed function of the number of cells and trials and of N, never of a
/// measurement, so that every machine cuts alike. Trials are cut into contiguous slices of whole lane groups; cells
/// take turns in chunks, so that slow axes (a dimension, a number of steps) are dealt out evenly.
public struct Shard: Sendable, Hashable {
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

    /// The trial numbers of a cell that this shard computes; possibly none.
    ///
    /// - Parameters:
    ///   - cell: the cell's position, 0 ..< cellCount.
    ///   - trials: trials per cell, at least 1.
    public func trials(ofCell cell: Int, cellCount: Int, trials: Int) -> Range<Int> {
        let groups = (trials + LaneGroup.width - 1) / LaneGroup.width
        let slices = min(groups, count)
        let wanted = Double(cellCount) * Double(slices) / Double(8 * count)
        let chunk = Int(min(64, max(1, wanted)))
        let turn = (cell / chunk) % count * slices % count
        let slice = (index - turn + count) % count
        guard slice < slices else { return 0..<0 }
        let first = slice * groups / slices * LaneGroup.width
        let end = (slice + 1) * groups / slices * LaneGroup.width
        return first..<min(end, trials)
    }
}

/// Kernels work on this many trials at a time; a block that has fewer wastes lanes.
enum LaneGroup {
    static let width = 8
}
