/// Counts and runs in a column of states.
enum StatusScan {
    /// How often each of the four states occurs; other bytes count as missing.
    static func count(_ status: UnsafeBufferPointer<UInt8>) -> CompletionCounts {
        var counts = [Int](repeating: 0, count: 256)
        counts.withUnsafeMutableBufferPointer { counts in
            for state in status { counts[Int(state)] &+= 1 }
        }
        return CompletionCounts(
            missing: status.count - counts[1] - counts[2] - counts[3], finished: counts[1], diverged: counts[2],
            excluded: counts[3])
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
