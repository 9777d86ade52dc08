import KernelSelection
import ResultStore
import SweepPlanning
import TrialContract

/// Sweep files and the sweeps that results hold, planned for these kernels.
enum SweepLoading {
    static func load(_ path: String, overrides: [String]) throws -> PlannedSweep {
        try SweepPlanner.load(
            path: path, overrides: overrides, catalogue: KernelSelection.catalogue, numbers: numbers)
    }

    /// The sweep that made a result.
    static func plan(of reader: ResultReader, _ path: String) throws -> PlannedSweep {
        try SweepPlanner.plan(
            text: reader.sweepText, fileName: "\(path): sweep", catalogue: KernelSelection.catalogue, numbers: numbers)
    }

    private static func numbers(
        _ path: String, _ datasets: [String], _ most: Int
    ) throws -> [(lengths: [Int], values: [Double])] {
        try NumericDataset.read(datasets, of: path, most: most).map { ($0.lengths, $0.values) }
    }
}
