/// What a sweep is expected to need, as the plan estimates it.
package struct WorkEstimate: Sendable, Hashable {
    /// Seconds that one core takes for the whole sweep; `nil` where unknown.
    package var coreSeconds: Double?
    /// Bytes of memory that a process takes which computes a shard; `nil` where unknown.
    package var memoryBytes: Double?
    /// The largest share of the whole that a shard has, above 0 and at most 1; `nil`: all have the same.
    package var largestShare: Double?

    package init(coreSeconds: Double? = nil, memoryBytes: Double? = nil, largestShare: Double? = nil) {
        self.coreSeconds = coreSeconds
        self.memoryBytes = memoryBytes
        self.largestShare = largestShare
    }

    /// Seconds that the longest task takes; `nil` where unknown. A task's shards are at most the whole together.
    package func taskSeconds(packing: ShardPacking, cores: Int) -> Double? {
        let share = largestShare ?? 1 / Double(packing.shards)
        return coreSeconds.map { $0 * min(1, share * Double(packing.shardsPerTask)) / Double(cores) }
    }
}

/// What is asked of the scheduler for each task.
package struct TaskResources: Sendable, Hashable {
    package var time: TimeLimit
    /// At least 1.
    package var cores: Int
    package var memory: MemorySize

    package init(time: TimeLimit, cores: Int, memory: MemorySize) {
        precondition(cores >= 1)
        self.time = time
        self.cores = cores
        self.memory = memory
    }

    /// Three times the estimate in time (nodes differ, and queues are kinder than limits), in steps of ten minutes up
    /// to a day: what takes longer goes on after a requeue. One and a half times in memory, in steps of 256 MiB.
    /// Where nothing is known, an hour and 1 GiB.
    package init(for work: WorkEstimate, packing: ShardPacking, cores: Int) {
        let seconds = work.taskSeconds(packing: packing, cores: cores).map { 3 * $0 }
        let bytes = work.memoryBytes.map { 1.5 * $0 }
        self.init(
            time: Self.time(minutes: Self.steps(of: 10, covering: (seconds ?? 3600) / 60, most: 24 * 60)),
            cores: cores,
            memory: Self.memory(mebibytes: Self.steps(of: 256, covering: (bytes ?? 0x1p30) / 0x1p20, most: 1 << 40)))
    }

    /// The least multiple of `step` that is not below `amount`; at least one step, at most `most`.
    private static func steps(of step: Int, covering amount: Double, most: Int) -> Int {
        guard amount.isFinite, amount < Double(most) else { return most }
        return max(1, Int((amount / Double(step)).rounded(.up))) * step
    }

    private static func time(minutes: Int) -> TimeLimit {
        guard let limit = TimeLimit(minutes: minutes) else { preconditionFailure("up to a day") }
        return limit
    }

    private static func memory(mebibytes: Int) -> MemorySize {
        guard let size = MemorySize(mebibytes: mebibytes) else { preconditionFailure("up to 1 EiB") }
        return size
    }
}
