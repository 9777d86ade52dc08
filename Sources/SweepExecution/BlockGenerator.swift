import TrialContract
import WorkerThreads

/// Hands out blocks to workers, one window of cells after the other.
///
/// Windows are claimed under the lock and decoded outside it, so that workers decode in parallel and a sweep of very
/// cheap trials is not held up by its planning. At most one window per worker is in memory.
final class BlockGenerator: Sendable {
    private struct State {
        var nextCell = 0
        /// Regions in use, in the order of their windows, and the next block of the first one.
        var regions: [WorkRegion] = []
        var nextBlock = 0
        var loading = 0
        var isCancelled = false
    }

    private enum Turn {
        case block(WorkBlock)
        case load(Range<Int>, following: Int)
        case end
    }

    private let loader: WindowLoader
    private let cellCount: Int
    private let cellsPerWindow: Int
    private let monitor = Monitor(State())

    init(loader: WindowLoader) {
        self.loader = loader
        cellCount = loader.plan.cellCount
        cellsPerWindow = loader.cellsPerWindow
    }

    /// The next block; `nil` when there is none left or after `cancel`.
    func next() throws -> WorkBlock? {
        while true {
            switch monitor.waitFor(turn) {
            case .block(let block): return block
            case .end: return nil
            case .load(let window, let following): try load(window, following: following)
            }
        }
    }

    /// No more blocks for anyone.
    func cancel() {
        monitor.update { $0.isCancelled = true }
    }

    /// `nil`: another worker is decoding the last window; what it finds may be shared.
    private func turn(_ state: inout State) -> Turn? {
        if state.isCancelled { return .end }
        if let region = state.regions.last {
            let block = region.block(at: state.nextBlock)
            state.nextBlock += 1
            if state.nextBlock == region.blockCount {
                state.regions.removeLast()
                state.nextBlock = 0
            }
            return .block(block)
        }
        if state.nextCell < cellCount {
            let window = state.nextCell..<min(state.nextCell + cellsPerWindow, cellCount)
            state.nextCell = window.upperBound
            state.loading += 1
            return .load(window, following: (cellCount - window.upperBound + cellsPerWindow - 1) / cellsPerWindow)
        }
        return state.loading == 0 ? .end : nil
    }

    private func load(_ window: Range<Int>, following: Int) throws {
        do {
            let regions = try loader.regions(of: window, following: following)
            monitor.update {
                // The region in hand stays last: its cursor is in use.
                $0.regions.insert(contentsOf: regions.reversed(), at: 0)
                $0.loading -= 1
            }
        } catch {
            monitor.update {
                $0.loading -= 1
                $0.isCancelled = true
            }
            throw error
        }
    }
}
