import TrialContract

/// How a sweep is worked off. Nothing here changes a value; it decides which block runs when.
public struct ExecutionOptions: Sendable {
    /// Workers, at least 1.
    public var threads: Int
    /// `nil`: all trials.
    public var shard: Shard?
    /// Keeps the states of long trials when the run is stopped; `nil`: they begin anew in the next run.
    public var stateKeeper: (any TrialStateKeeper)?
    /// Called now and then while the sweep runs, from the thread that called `run`.
    public var synchronise: (@Sendable () throws -> Void)?
    /// Seconds between two calls of `synchronise`.
    public var synchroniseInterval: Double
    /// Seconds between two reports to the observer.
    public var progressInterval: Double
    /// What this run has to do, if known: total and remaining time are shown from it.
    public var expected: ExpectedWork?
    /// The largest number of cells that are looked at together, at least 1.
    public var windowCells: Int
    /// The cost of a full block in coordinate-steps with noise of their own; some 30 ms.
    public var targetBlockCost: Double

    /// Bytes of trajectories that the cells of a window may amount to, unless one cell alone has more. Cells of at most
    /// one window per worker, and one more, are in work at a time.
    public static let gatheredBytesPerWindow = 67_108_864.0

    public init(
        threads: Int, shard: Shard? = nil, expected: ExpectedWork? = nil, progressInterval: Double = 0.1,
        synchroniseInterval: Double = 5, windowCells: Int = 4096, targetBlockCost: Double = 8_388_608,
        stateKeeper: (any TrialStateKeeper)? = nil, synchronise: (@Sendable () throws -> Void)? = nil
    ) {
        precondition(threads >= 1 && windowCells >= 1 && targetBlockCost > 0)
        self.threads = threads
        self.shard = shard
        self.expected = expected
        self.progressInterval = progressInterval
        self.synchroniseInterval = synchroniseInterval
        self.windowCells = windowCells
        self.targetBlockCost = targetBlockCost
        self.synchronise = synchronise
        self.stateKeeper = stateKeeper
    }
}

/// What a run has to do. Estimates are welcome: only the display depends on them.
public struct ExpectedWork: Sendable, Equatable {
    /// Trials that were already there.
    public var alreadyDone: Int
    /// Diverged ones among them.
    public var alreadyDiverged: Int
    /// Trials of this run.
    public var missing: Int
    /// Coordinate-steps (steps times dimension, summed over trials) of this run.
    public var coordinateSteps: Double

    public init(alreadyDone: Int, alreadyDiverged: Int, missing: Int, coordinateSteps: Double) {
        self.alreadyDone = alreadyDone
        self.alreadyDiverged = alreadyDiverged
        self.missing = missing
        self.coordinateSteps = coordinateSteps
    }
}

/// What a run did.
public struct ExecutionSummary: Sendable, Equatable {
    /// Trials stored by this run, diverged ones included.
    public let trials: Int
    public let diverged: Int
    public let blocks: Int
    /// Coordinate-steps really taken; a diverged trial counts up to where it diverged.
    public let coordinateSteps: Double
    /// Wall-clock seconds.
    public let seconds: Double
    /// Whether a raised stop flag ended it before everything was done.
    public let wasInterrupted: Bool
}
