import PortableMath

/// Which trials each bootstrap resample holds, from a stream of its own.
///
/// A pure function of seed, number of trials and number of resamples, so that all groups of a sweep use the same
/// indices and a group's interval does not depend on the other groups. Counter: draw, resample, cell, purpose.
///
/// Joint (common random numbers): a resample takes the same trials in every cell and so keeps their correlation.
/// Otherwise each cell is resampled on its own.
public final class ResamplePlan: Sendable {
    public struct Shape: Sendable, Hashable {
        /// Trials per cell, at least 1.
        public var trials: Int
        /// Cells with indices of their own; 1 when joint.
        public var cells: Int
        public var isJoint: Bool

        public init(trials: Int, cells: Int, isJoint: Bool) {
            self.trials = trials
            self.cells = isJoint ? 1 : cells
            self.isJoint = isJoint
        }
    }

    public let shape: Shape
    public let resamples: Int
    public let seed: UInt64
    /// How often each trial is drawn: resample-major, then cell, then trial. Empty where it would be too large;
    /// then counts are drawn anew each time.
    private let counts: [UInt8]
    /// Bytes that the counts may take.
    static let memoryLimit = 128 << 20
    /// "fits", the fourth word of the counter: no other use of the generator has it.
    private static let purpose: UInt32 = 0x6669_7473

    public init(shape: Shape, resamples: Int, seed: UInt64) {
        precondition(shape.trials > 0 && shape.cells > 0 && resamples >= 0)
        self.shape = shape
        self.resamples = resamples
        self.seed = seed
        let (rows, overflow) = resamples.multipliedReportingOverflow(by: shape.cells * shape.trials)
        guard !overflow, rows <= Self.memoryLimit else {
            counts = []
            return
        }
        let trials = shape.trials
        counts = Array(unsafeUninitializedCapacity: rows) { buffer, initialized in
            for row in 0..<resamples * shape.cells {
                let slice = UnsafeMutableBufferPointer(rebasing: buffer[row * trials..<(row + 1) * trials])
                slice.initialize(repeating: 0)
                Self.draw(slice, resample: row / shape.cells, cell: row % shape.cells, seed: seed)
            }
            initialized = rows
        }
    }

    /// Calls `body` with how often each trial is in the resample, for one cell (0 when joint).
    func withCounts<Result>(resample: Int, cell: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if !counts.isEmpty {
            let start = (resample * shape.cells + cell) * shape.trials
            return counts.withUnsafeBufferPointer {
                body(UnsafeBufferPointer(rebasing: $0[start..<start + shape.trials]))
            }
        }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: shape.trials) { buffer in
            buffer.initialize(repeating: 0)
            Self.draw(buffer, resample: resample, cell: cell, seed: seed)
            return body(UnsafeBufferPointer(buffer))
        }
    }

    /// `trials` draws with replacement. (word * n) >> 32 favours no trial by more than n / 2^32.
    private static func draw(
        _ counts: UnsafeMutableBufferPointer<UInt8>, resample: Int, cell: Int, seed: UInt64
    ) {
        let trials = counts.count
        let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        var counter = SIMD4(0, UInt32(truncatingIfNeeded: resample), UInt32(truncatingIfNeeded: cell), purpose)
        var drawn = 0
        while drawn < trials {
            let words = Philox4x32.block(counter: counter, key: key)
            for lane in 0..<min(4, trials - drawn) {
                let trial = Int((UInt64(words[lane]) * UInt64(trials)) >> 32)
                counts[trial] = max(counts[trial], counts[trial] &+ 1)
            }
            drawn += 4
            counter[0] &+= 1
        }
    }
}
