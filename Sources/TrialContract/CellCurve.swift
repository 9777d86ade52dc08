/// The trajectory of a quantity in a cell: summaries over its trials, a number of each kind per recorded step.
public struct CellCurve: Sendable, Equatable {
    /// Trials that had not diverged.
    public let counts: [Int]
    public let means: [Double]
    public let standardErrors: [Double]
    public let medians: [Double]
    /// By step, then by `CurveSummary.probabilities`.
    public let quantiles: [[Double]]

    public init(
        counts: [Int], means: [Double], standardErrors: [Double], medians: [Double], quantiles: [[Double]]
    ) {
        self.counts = counts
        self.means = means
        self.standardErrors = standardErrors
        self.medians = medians
        self.quantiles = quantiles
    }
}
