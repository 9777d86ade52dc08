/// What a sweep amounts to before anything is run.
package struct PlanEstimate: Sendable, Equatable {
    /// Cells that `where` keeps and drops; together the product of all dimensions.
    package var includedCells: Int
    package var excludedCells: Int
    /// Trials of all kept cells.
    package var trials: Int
    /// Steps times dimension, summed over all trials.
    package var coordinateSteps: Double
    /// Random numbers, were each trial to draw its own.
    package var noiseDraws: Double
    /// Random numbers with each drawn once for all cells of a class that share it; `noiseDraws` where none are shared.
    package var sharedNoiseDraws: Double
    /// What the result file stores for a trial, in bytes, with its status.
    package var bytesPerTrial: Int
    /// The result's data variables and trajectories, dropped cells included, in bytes.
    package var resultBytes: Double
    /// The largest dimension of any cell.
    package var largestDimension: Int
    /// Whether some of the numbers come from a sample of the cells.
    package var isSampled: Bool
    /// What was sampled and why, in a sentence; empty where nothing was.
    package var samplingNote: String

    package var cells: Int { includedCells + excludedCells }
}
