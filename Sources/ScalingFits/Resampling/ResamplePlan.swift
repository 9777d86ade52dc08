import PortableMath

/// Which trials each bootstrap resample holds, from a stream of its own.
///
/// A pure function of seed, number of trials and number of resamples, so that all groups of a sweep use the same
/// indices and a group's interval does not depend on the other groups. Counter: draw, row, 0, purpose.
///
/// Where points share random numbers, a resample takes the same trials in every point, row b of the table, and so keeps
/// their correlation. Otherwise point i takes row b + i: within a resample the points' rows are independent, and one
/// table serves any number of points.
package final class ResamplePlan: Sendable {
    package let trials: Int
    package let resamples: Int
    package let seed: UInt64
    /// The trials drawn, row after row. Empty where they would be too many; then they are drawn anew each time.
    private let draws: [UInt32]
    /// Bytes that the draws may take.
    static let memoryLimit = 128 << 20
    /// "fits", the fourth word of the counter: no other use of the generator has it.
    private static let purpose: UInt32 = 0x6669_7473

    package init(trials: Int, resamples: Int, seed: UInt64) {
        precondition(trials > 0 && resamples >= 0)
        self.trials = trials
        self.resamples = resamples
        self.seed = seed
        let (length, overflow) = resamples.multipliedReportingOverflow(by: trials)
        guard !overflow, length <= Self.memoryLimit / MemoryLayout<UInt32>.size else {
            draws = []
            return
        }
        draws = Array(unsafeUninitializedCapacity: length) { buffer, initialized in
            for row in 0..<resamples {
                let slice = UnsafeMutableBufferPointer(rebasing: buffer[row * trials..<(row + 1) * trials])
                Self.draw(slice, row: row, seed: seed)
            }
            initialized = length
        }
    }

    /// Calls `body` with the trials that a resample holds, as many as there are.
    ///
    /// - Parameter point: the position of an independent point; 0 for all points where they are joint.
    @inline(__always)
    func withDraws<Result>(resample: Int, point: Int, _ body: (UnsafeBufferPointer<UInt32>) -> Result) -> Result {
        let row = (resample + point) % resamples
        if !draws.isEmpty {
            return draws.withUnsafeBufferPointer {
                body(UnsafeBufferPointer(rebasing: $0[row * trials..<(row + 1) * trials]))
            }
        }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: trials) { buffer in
            Self.draw(buffer, row: row, seed: seed)
            return body(UnsafeBufferPointer(buffer))
        }
    }

    /// Draws with replacement. (word * n) >> 32 favours no trial by more than n / 2^32.
    private static func draw(_ draws: UnsafeMutableBufferPointer<UInt32>, row: Int, seed: UInt64) {
        let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        var counter = SIMD4(0, UInt32(truncatingIfNeeded: row), 0, purpose)
        var drawn = 0
        while drawn < draws.count {
            let words = Philox4x32.block(counter: counter, key: key)
            for lane in 0..<min(4, draws.count - drawn) {
                let trial = (UInt64(words[lane]) * UInt64(draws.count)) >> 32
                draws.initializeElement(at: drawn + lane, to: UInt32(trial))
            }
            drawn += 4
            counter[0] &+= 1
        }
    }
}
