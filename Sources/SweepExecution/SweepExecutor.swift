import Synchronization
import TrialContract
import WorkerThreads

/// Runs what is missing of a sweep on several workers.
///
/// Each worker takes a block, has the kernel compute it and hands the outcome to the sink; memory holds one block per
/// worker and one window of cells, whatever the size of the sweep. The number of workers and the cut into blocks decide
/// only when a trial runs.
package struct SweepExecutor: Sendable {
    private let plan: any SweepPlan
    private let kernel: any TrialKernel
    private let sink: any OutcomeSink
    private let completion: any CompletionMap
    private let options: ExecutionOptions

    package init(
        plan: any SweepPlan, kernel: any TrialKernel, sink: any OutcomeSink, completion: any CompletionMap,
        options: ExecutionOptions
    ) {
        self.plan = plan
        self.kernel = kernel
        self.sink = sink
        self.completion = completion
        self.options = options
    }

    /// Returns when everything missing is stored, or soon after `stop` was raised: blocks in flight are then finished
    /// or dropped whole.
    ///
    /// Throws the first error of the plan, the sink, the completion map or `synchronise`; the other workers are then
    /// stopped by raising `stop`.
    package func run(stop: StopFlag, observer: (any ProgressObserver)? = nil) throws -> ExecutionSummary {
        let shared = SharedWork(
            generator: BlockGenerator(loader: try WindowLoader(plan: plan, completion: completion, options: options)),
            stop: stop)
        let workers = Monitor(0)
        let began = ContinuousClock.now
        if startWorkers(shared, workers) == 0 { work(shared) }
        attend(workers, shared, began, observer)
        let elapsed = seconds(since: began)
        if let error = shared.firstError { throw error }
        observer?.update(snapshot(shared, elapsed: elapsed, isFinal: true))
        let sums = shared.counters.current
        return ExecutionSummary(
            trials: sums.trials, diverged: sums.diverged, blocks: sums.blocks, coordinateSteps: sums.coordinateSteps,
            seconds: elapsed, wasInterrupted: shared.wasCutShort)
    }

    /// Starts as many workers as are wanted and can be had, and says how many.
    private func startWorkers(_ shared: SharedWork, _ workers: Monitor<Int>) -> Int {
        for started in 0..<options.threads {
            workers.update { $0 += 1 }
            let failure = WorkerThreads.start {
                work(shared)
                workers.update { $0 -= 1 }
            }
            if failure != 0 {
                workers.update { $0 -= 1 }
                return started
            }
        }
        return options.threads
    }

    private func work(_ shared: SharedWork) {
        let execution = BlockExecution(kernel: kernel, sink: sink, keeper: options.stateKeeper)
        do {
            while true {
                // Asked before the next block, so that a stop that comes after the last one changes nothing.
                guard let block = try shared.generator.next() else { return }
                guard !shared.stop.isRaised, let columns = try execution.run(block, stop: shared.stop) else {
                    shared.cutShort()
                    return
                }
                shared.counters.add(columns, of: block.request)
            }
        } catch {
            shared.fail(error)
        }
    }

    /// Reports and synchronises until all workers are through.
    private func attend(
        _ workers: Monitor<Int>, _ shared: SharedWork, _ began: ContinuousClock.Instant,
        _ observer: (any ProgressObserver)?
    ) {
        var lastSynchronised = 0.0
        while workers.waitFor(atMost: options.progressInterval, { $0 == 0 ? true : nil }) == nil {
            let elapsed = seconds(since: began)
            observer?.update(snapshot(shared, elapsed: elapsed, isFinal: false))
            if let synchronise = options.synchronise, elapsed - lastSynchronised >= options.synchroniseInterval {
                lastSynchronised = elapsed
                do { try synchronise() } catch { shared.fail(error) }
            }
        }
    }

    private func snapshot(_ shared: SharedWork, elapsed: Double, isFinal: Bool) -> ProgressSnapshot {
        let sums = shared.counters.current
        return ProgressSnapshot(
            trials: sums.trials, diverged: sums.diverged, coordinateSteps: sums.coordinateSteps,
            workDone: sums.workDone * Double(options.trialsPerRow), elapsed: elapsed, expected: options.expected, isFinal: isFinal)
    }

    private func seconds(since began: ContinuousClock.Instant) -> Double {
        let duration = (ContinuousClock.now - began).components
        return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    }
}

/// What the workers of one run share.
private final class SharedWork: Sendable {
    private struct Ending {
        var error: (any Error)?
        var wasCutShort = false
    }

    let generator: BlockGenerator
    let stop: StopFlag
    let counters = ProgressCounters()
    private let ending = Mutex(Ending())

    init(generator: BlockGenerator, stop: StopFlag) {
        self.generator = generator
        self.stop = stop
    }

    var firstError: (any Error)? { ending.withLock { $0.error } }
    var wasCutShort: Bool { ending.withLock { $0.wasCutShort } }

    func cutShort() {
        ending.withLock { $0.wasCutShort = true }
        generator.cancel()
    }

    func fail(_ error: any Error) {
        ending.withLock { $0.error = $0.error ?? error }
        stop.raise()
        generator.cancel()
    }
}
