import ResultStore
import SweepPlanning

extension PlannedSweep {
    /// What messages call a row of its result.
    var rowNoun: String { summaryBlocks == nil ? "trial" : "block" }
}

extension ResultReader {
    /// What messages call a row of it.
    var rowNoun: String { trialsPerBlock == nil ? "trial" : "block" }
}

extension ResultReader {
    /// Trials that a row of it stands for.
    var trialsPerRow: Int { trialsPerBlock ?? 1 }
}
