import TrialContract

/// How a sweep is worked off. Nothing here changes a value; it decides which block runs when.
package struct ExecutionOptions: Sendable {
    /// Workers, at least 1.
    package var threads: Int
    /// `nil`: all trials.
    package var shard: Shard?
    /// Keeps the states of long trials when the run is stopped; `nil`: they begin anew in the next run.
    package var stateKeeper: (any TrialStateKeeper)?
    /// Called now and then while the sweep runs, from the thread that called `run`.
    package var synchronise: (@Sendable () throws -> Void)?
    /// Seconds between two calls of `synchronise`.
    package var synchroniseInterval: Double
    /// Seconds between two reports to the observer.
    package var progressInterval: Double
    /// What this run has to do, if known: total and remaining time are shown from it.
    package var expected: ExpectedWork?
    /// The largest number of cells that are looked at together, at least 1.
    package var windowCells: Int
    /// The cost of a full block in coordinate-steps with noise of their own; some 30 ms.
    package var targetBlockCost: Double

    /// How many of the kernel's trials one of the plan stands for: more than 1 where those are blocks of a summary.
    package var trialsPerRow: Int

    /// Bytes of trajectories that the cells of a window may amount to, unless one cell alone has more. Cells of at most
    /// one window per worker, and one more, are in work at a time.
    package static let gatheredBytesPerWindow = 67_108_864.0

    package init(
        threads: Int, shard: Shard? = nil, expected: ExpectedWork? = nil, progressInterval: Double = 0.1,
        synchroniseInterval: Double = 5, windowCells: Int = 4096, targetBlockCost: Double = 8_388_608,
        trialsPerRow: Int = 1, stateKeeper: (any TrialStateKeeper)? = nil, synchronise: (@Sendable () throws -> Void)? = nil
    ) {
        precondition(threads >= 1 && windowCells >= 1 && targetBlockCost > 0 && trialsPerRow >= 1)
        self.threads = threads
        self.shard = shard
        self.expected = expected
        self.progressInterval = progressInterval
        self.synchroniseInterval = synchroniseInterval
        self.windowCells = windowCells
        self.targetBlockCost = targetBlockCost
        self.trialsPerRow = trialsPerRow
        self.synchronise = synchronise
        self.stateKeeper = stateKeeper
    }
}

/// What a run has to do. Estimates are welcome: only the display depends on them.
package struct ExpectedWork: Sendable, Equatable {
    /// Trials that were already there.
    package var alreadyDone: Int
    /// Diverged ones among them.
    package var alreadyDiverged: Int
    /// Trials of this run.
    package var missing: Int
    /// Coordinate-steps (steps times dimension, summed over trials) of this run.
    package var coordinateSteps: Double

    package init(alreadyDone: Int, alreadyDiverged: Int, missing: Int, coordinateSteps: Double) {
        self.alreadyDone = alreadyDone
        self.alreadyDiverged = alreadyDiverged
        self.missing = missing
        self.coordinateSteps = coordinateSteps
    }
}

/// What a run did.
package struct ExecutionSummary: Sendable, Equatable {
    /// Trials stored by this run, diverged ones included.
    package let trials: Int
    package let diverged: Int
    package let blocks: Int
    /// Coordinate-steps really taken; a diverged trial counts up to where it diverged.
    package let coordinateSteps: Double
    /// Wall-clock seconds.
    package let seconds: Double
    /// Whether a raised stop flag ended it before everything was done.
    package let wasInterrupted: Bool
}
