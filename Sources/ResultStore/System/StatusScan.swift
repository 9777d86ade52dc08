/// Counts and runs in a column of states.
enum StatusScan {
    /// How often each of the four states occurs; other bytes count as missing.
    static func count(_ status: UnsafeBufferPointer<UInt8>) -> CompletionCounts {
        var finished = 0, diverged = 0, excluded = 0
        for state in status {
            finished &+= state == 1 ? 1 : 0
            diverged &+= state == 2 ? 1 : 0
            excluded &+= state == 3 ? 1 : 0
        }
        return CompletionCounts(
            missing: status.count - finished - diverged - excluded, finished: finished, diverged: diverged,
            excluded: excluded)
    }

    /// The runs of missing trials, ascending.
    static func missingRuns(_ status: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var index = 0
        while index < status.count {
            if status[index] != 0 {
                index += 1
                continue
            }
            let first = index
            while index < status.count, status[index] == 0 { index += 1 }
            runs.append(first..<index)
        }
        return runs
    }
}
