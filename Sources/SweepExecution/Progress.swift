import Synchronization
import TrialContract

/// Hears how a sweep gets on. Called from one thread only, the one that called `SweepExecutor.run`.
package protocol ProgressObserver: Sendable {
    func update(_ snapshot: ProgressSnapshot)
}

/// The state of a running sweep at one moment.
package struct ProgressSnapshot: Sendable, Equatable {
    /// Trials stored by this run, diverged ones included.
    package let trials: Int
    /// Diverged ones among them.
    package let diverged: Int
    /// Coordinate-steps really taken by this run.
    package let coordinateSteps: Double
    /// Coordinate-steps of the stored trials had none diverged: the measure of what is left.
    package let workDone: Double
    /// Wall-clock seconds since the run began.
    package let elapsed: Double
    package let expected: ExpectedWork?
    /// The last snapshot of a run.
    package let isFinal: Bool

    package init(
        trials: Int, diverged: Int, coordinateSteps: Double, workDone: Double, elapsed: Double,
        expected: ExpectedWork?, isFinal: Bool
    ) {
        self.trials = trials
        self.diverged = diverged
        self.coordinateSteps = coordinateSteps
        self.workDone = workDone
        self.elapsed = elapsed
        self.expected = expected
        self.isFinal = isFinal
    }

    /// Done trials of the whole sweep, earlier runs included.
    package var doneInTotal: Int { trials + (expected?.alreadyDone ?? 0) }
    package var divergedInTotal: Int { diverged + (expected?.alreadyDiverged ?? 0) }
    /// Trials of the whole sweep, where known.
    package var total: Int? { expected.map { $0.alreadyDone + $0.missing } }
    package var trialsPerSecond: Double { elapsed > 0 ? Double(trials) / elapsed : 0 }
    package var coordinateStepsPerSecond: Double { elapsed > 0 ? coordinateSteps / elapsed : 0 }

    /// The share of this run's work that is done, 0 … 1, by cost and not by count; `nil` where unknown.
    package var fraction: Double? {
        guard let expected else { return nil }
        if trials >= expected.missing { return 1 }
        guard expected.coordinateSteps > 0 else { return 0 }
        return min(1, workDone / expected.coordinateSteps)
    }

    /// The same where each row that was counted stands for several trials.
    package func ofTrials(perRow: Int) -> ProgressSnapshot {
        let expected = expected.map {
            ExpectedWork(
                alreadyDone: $0.alreadyDone * perRow, alreadyDiverged: $0.alreadyDiverged * perRow, missing: $0.missing * perRow,
                coordinateSteps: $0.coordinateSteps)
        }
        return ProgressSnapshot(
            trials: trials * perRow, diverged: diverged * perRow, coordinateSteps: coordinateSteps, workDone: workDone, elapsed: elapsed,
            expected: expected, isFinal: isFinal)
    }

    /// Seconds to go at the average speed so far; `nil` before there is one.
    package var remaining: Double? {
        guard let fraction, fraction > 0, elapsed > 0 else { return nil }
        return elapsed * (1 - fraction) / fraction
    }
}

/// Sums over finished blocks, added to by all workers.
final class ProgressCounters: Sendable {
    struct Sums {
        var blocks = 0
        var trials = 0
        var diverged = 0
        var coordinateSteps = 0.0
        var workDone = 0.0
    }

    private let sums = Mutex(Sums())

    var current: Sums { sums.withLock { $0 } }

    func add(_ columns: OutcomeColumns, of request: BlockRequest) {
        let diverged = columns.status.count { $0 == TrialStatus.diverged.rawValue }
        let steps = columns.stepsTaken.reduce(0.0) { $0 + Double($1) }
        let dimension = Double(request.trialClass.dimension)
        sums.withLock {
            $0.blocks += 1
            $0.trials += request.trialCount
            $0.diverged += diverged
            $0.coordinateSteps += steps * dimension
            $0.workDone += Double(request.trialCount) * Double(request.trialClass.steps) * dimension
        }
    }
}
