import SweepPlanning

/// What the files of a sweep in shards take, in bytes.
struct ShardSizes {
    /// The largest shard's file.
    let largest: Double
    /// All of them.
    let all: Double
    /// The merged result, for which there must be room besides.
    let merged: Double

    /// What a file has besides its trials: names, coordinates, checksums; up to some thousand values per dimension.
    private static let overhead = 1e5

    init(_ estimate: PlanEstimate, parts: Int, largestShare: Double) {
        merged = estimate.resultBytes + Self.overhead
        largest = estimate.resultBytes * largestShare + Self.overhead
        all = estimate.resultBytes + Double(parts) * Self.overhead
    }
}
