import TrialContract

/// Draws mini-batches: which examples each step takes, each trial its own.
///
/// Stream `componentChoice`, unit `step`; example i of the batch uses word U (i even) or V (i odd) of draw i/2, for an
/// ascent batch of its own of draw 2^31 + i/2, for a third batch of draw i/2 of stream `thirdComponents`. A word w stands for floor(w k / 2^64) in 0 ..< k, whose probabilities differ
/// from 1/k by less than 2^-64.
///
/// * With replacement, k = n and the number is the example.
/// * Without, Floyd's algorithm (Bentley & Floyd, Comm. ACM 30 (1987) 754): k = n - batch + i + 1, and where the number
///   has been taken the example is k - 1 instead. Every subset is equally likely; steps are independent.
///
/// Numbers are written as bit patterns of 64-bit integers.
struct BatchSampler: Sampler {
    let examples: Int
    let batch: Int
    let withReplacement: Bool
    /// The first draw for a descent batch; those of an ascent batch come 2^31 later.
    var firstDraw: UInt64 = 0

    var vectorsPerStep: Int { batch }

    func fill(_ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, role: SampleRole, steps: Range<Int>) {
        fill(buffer, vectorsPerStep: batch, generator: generator, role: role, steps: steps)
    }

    /// The same where each step's batch begins `vectorsPerStep` vectors after the last one's.
    func fill(
        _ buffer: UnsafeMutablePointer<Lanes>, vectorsPerStep: Int, generator: PhiloxLanes, role: SampleRole,
        steps: Range<Int>
    ) {
        let workspace = Workspace()
        // One bit per lane and example.
        let taken: UnsafeMutablePointer<UInt8> = workspace.vectors(withReplacement ? 0 : examples)
        if !withReplacement { taken.update(repeating: 0, count: examples) }
        let firstDraw: UInt64 = role == .ascent ? firstDraw + 1 << 31 : firstDraw
        var row = buffer
        for step in steps {
            for i in stride(from: 0, to: batch, by: 2) {
                let (first, second) = generator.draw(firstDraw + UInt64(i / 2), unit: UInt64(step), stream: role.componentStream)
                row[i] = choose(first, i, taken)
                if i + 1 < batch { row[i + 1] = choose(second, i + 1, taken) }
            }
            if !withReplacement { release(row, taken) }
            row += vectorsPerStep
        }
    }

    private func choose(_ word: Words, _ i: Int, _ taken: UnsafeMutablePointer<UInt8>) -> Lanes {
        let count = withReplacement ? examples : examples - batch + i + 1
        return Lanes(bits: words { lane in
            let number = word[lane].multipliedFullWidth(by: UInt64(count)).high
            if withReplacement { return number }
            let bit = UInt8(1) << UInt8(lane)
            let chosen = taken[Int(number)] & bit == 0 ? number : UInt64(count - 1)
            taken[Int(chosen)] |= bit
            return chosen
        })
    }

    /// Forgets a batch.
    private func release(_ row: UnsafePointer<Lanes>, _ taken: UnsafeMutablePointer<UInt8>) {
        for i in 0..<batch {
            let numbers = row[i].bits
            for lane in 0..<laneCount { taken[Int(numbers[lane])] = 0 }
        }
    }
}
