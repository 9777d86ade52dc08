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

    /// - Parameter times: how often the estimate's trials, as where it is of a goal's first round.
    init(_ estimate: PlanEstimate, parts: Int, largestShare: Double, times: Double = 1) {
        let bytes = estimate.resultBytes * times
        merged = bytes + Self.overhead
        largest = bytes * largestShare + Self.overhead
        all = bytes + Double(parts) * Self.overhead
    }
}
