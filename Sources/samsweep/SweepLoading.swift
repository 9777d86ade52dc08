import KernelSelection
import ResultStore
import SweepPlanning
import TrialContract

/// Sweep files and the sweeps that results hold, planned for these kernels.
enum SweepLoading {
    static func load(_ path: String, overrides: [String]) throws -> PlannedSweep {
        try SweepPlanner.load(
            path: path, overrides: overrides, catalogue: KernelSelection.catalogue, data: DataAccess(numbers: numbers, announce: announce))
    }

    /// The sweep that made a result. Its data are looked for beside the result, and beside the sweep file as the command
    /// named it that made the result.
    static func plan(of reader: ResultReader, _ path: String) throws -> PlannedSweep {
        try SweepPlanner.plan(
            text: reader.sweepText, fileName: "\(path): sweep", catalogue: KernelSelection.catalogue,
            data: DataAccess(numbers: numbers, besides: [sweepFile(of: reader)].compactMap(\.self), announce: announce))
    }

    /// The sweep file as the command named it that made the result; its text is in the result itself.
    static func sweepFile(of reader: ResultReader) -> String? {
        let words = reader.history.split(whereSeparator: \.isWhitespace)
        return words.first { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.map(String.init)
    }

    private static func announce(_ text: String) { Console.shared.message("samsweep: \(text)") }

    private static func numbers(
        _ bytes: [UInt8], _ path: String, _ datasets: [String], _ most: Int
    ) throws -> [(lengths: [Int], values: [Double])] {
        try NumericDataset.read(datasets, of: bytes, path: path, most: most).map { ($0.lengths, $0.values) }
    }
}
