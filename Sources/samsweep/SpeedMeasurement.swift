import Synchronization
import WorkerThreads

/// Measures how much work per second all threads together get done.
enum SpeedMeasurement {
    /// Calls `piece` on `threads` threads at the same time for about `seconds`, at least once on each.
    ///
    /// - Parameter piece: does the piece of this number and returns its amount of work; numbers differ between calls.
    /// - Returns: amount per second, summed over the threads.
    static func rate(threads: Int, seconds: Double, _ piece: @escaping @Sendable (Int) -> Double) -> Double {
        let total = Mutex(0.0)
        let clock = ContinuousClock()
        let began = clock.now
        WorkerThreads.perform(threads, threads: threads) { thread in
            var work = 0.0
            var number = thread
            repeat {
                work += piece(number)
                number += threads
            } while Self.seconds(clock.now - began) < seconds
            let own = work / Self.seconds(clock.now - began)
            total.withLock { $0 += own }
        }
        return total.withLock { $0 }
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
