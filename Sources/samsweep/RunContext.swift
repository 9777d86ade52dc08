import ResultStore
import SweepExecution
import TrialContract

/// Where a run in rounds puts its result, and what it computes with.
struct RunContext {
    let path: String
    /// Of the first round; later ones go on.
    var mode: ResultWriter.Mode
    let allowDrop: Bool
    let provenance: Provenance
    let kernel: any TrialKernel
    let threads: Int
    let progress: ProgressStyle
    let stop: StopFlag
}
