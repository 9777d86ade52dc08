import Glibc
import Synchronization
import WorkerThreads

/// How long a search has gone on that has no steps to count: redrawn in place on a terminal, a line now and then elsewhere.
final class SearchDisplay: Sendable {
    private let expected: Double
    private let start = ContinuousClock.now
    private let hasEnded = Mutex(false)

    private init(_ expected: Double) { self.expected = expected }

    /// - Parameter expected: seconds that it is likely to take.
    /// - Returns: to be called when it has ended.
    static func begin(_ expected: Double) -> () -> Void {
        let display = SearchDisplay(expected)
        // Without a thread to be had it is searched in silence.
        _ = WorkerThreads.start { display.watch() }
        return display.end
    }

    private func watch() {
        let console = Console.shared
        for tick in 1... {
            usleep(500_000)
            let isOver = hasEnded.withLock { hasEnded in
                if hasEnded { return true }
                if console.isTerminal { console.redraw(text) } else if tick % 20 == 0 { console.message("samsweep: \(text)") }
                return false
            }
            if isOver { return }
        }
    }

    private func end() {
        hasEnded.withLock { hasEnded in
            hasEnded = true
            if Console.shared.isTerminal { Console.shared.redraw("") }
        }
    }

    private var text: String {
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let share = elapsed < expected ? "" : ", longer than expected"
        return "looking for the minimiser: \(Int(elapsed)) s of about \(Int(expected.rounded())) s\(share)"
    }
}
