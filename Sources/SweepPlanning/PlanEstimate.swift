/// What a sweep amounts to before anything is run.
public struct PlanEstimate: Sendable, Equatable {
    /// Cells that `where` keeps and drops; together the product of all dimensions.
    public var includedCells: Int
    public var excludedCells: Int
    /// Trials of all kept cells.
    public var trials: Int
    /// Steps times dimension, summed over all trials.
    public var coordinateSteps: Double
    /// Random numbers, were each trial to draw its own.
    public var noiseDraws: Double
    /// Random numbers with each drawn once for all cells of a class that share it; `noiseDraws` where none are shared.
    public var sharedNoiseDraws: Double
    /// What the result file stores for a trial, in bytes, with its status.
    public var bytesPerTrial: Int
    /// The result's data variables and trajectories, dropped cells included, in bytes.
    public var resultBytes: Double
    /// The largest dimension of any cell.
    public var largestDimension: Int
    /// Whether some of the numbers come from a sample of the cells.
    public var isSampled: Bool
    /// What was sampled and why, in a sentence; empty where nothing was.
    public var samplingNote: String

    public var cells: Int { includedCells + excludedCells }
}
