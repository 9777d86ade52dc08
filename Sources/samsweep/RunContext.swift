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
    var source = TrialSource.kernel

    /// What the result says already of the rounds that led to it: with trials from parts each round is a run of its own, which need
    /// not tell again what those before it decided.
    func toldBefore() -> Set<String> {
        source == .kernel ? [] : Set((try? ResultReader.open(path))?.rounds ?? [])
    }
}

/// Where a round's trials come from.
enum TrialSource: Equatable {
    case kernel
    /// Files that parts of the round were computed into; what is to be computed next is written to `order`.
    case parts([String], order: String)
}
