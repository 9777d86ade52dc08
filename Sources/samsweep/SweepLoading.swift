import ClusterSubmission
import Glibc
import KernelSelection
import ResultStore
import SweepPlanning
import TrialContract

/// Sweep files and the sweeps that results hold, planned for these kernels.
enum SweepLoading {
    /// The sweep of a file, or the one that a result was made by.
    ///
    /// - Parameters:
    ///   - goalFollows: whether it is looked at for the goal that the command line adds.
    ///   - known: minima that are not to be found again; those of the results where they lie if no one says otherwise.
    static func load(
        _ path: String, overrides: [String], goalFollows: Bool = false, known: @escaping () -> [KnownMinimum] = { KnownMinima.inFolder(ResultPath.folder) }
    ) throws -> PlannedSweep {
        guard isHDF5(path) else {
            return try SweepPlanner.load(
                path: path, overrides: overrides, catalogue: KernelSelection.catalogue,
                data: DataAccess(
                    numbers: numbers, announce: announce, searching: SearchDisplay.begin, known: { known() + MinimumCache.all() },
                    found: MinimumCache.keep),
                goalFollows: goalFollows)
        }
        return try plan(of: ResultReader.open(path), path, overrides: overrides)
    }

    /// The sweep that made a result. Its data are looked for beside the result, and beside the sweep file that made it;
    /// among several files of the name, the one that has the result's digest is taken.
    static func plan(of reader: ResultReader, _ path: String, overrides: [String] = []) throws -> PlannedSweep {
        let plan = try SweepPlanner.plan(
            text: reader.sweepText, fileName: "\(path): sweep", overrides: overrides, catalogue: KernelSelection.catalogue,
            data: DataAccess(
                numbers: numbers, besides: [reader.sweepSource?.path].compactMap(\.self), digest: reader.dataDigest,
                isOfResult: true, announce: announce, searching: SearchDisplay.begin, known: { KnownMinima.of(reader) }))
        // Where the numbers of trials were decided in rounds, the sweep's text does not say them.
        return overrides.isEmpty && plan.goal != nil ? plan.asking(trials: reader.trials) : plan
    }

    /// What a file of definitions holds.
    static func definitions(_ path: String) throws -> [DefinitionListing] {
        try SweepPlanner.definitions(
            path: path, catalogue: KernelSelection.catalogue, data: DataAccess(numbers: numbers, announce: announce, searching: SearchDisplay.begin))
    }

    /// What a result is to remember of where its sweep comes from.
    static func source(_ path: String, overrides: [String]) -> SweepSource? {
        path == "-" ? nil : SweepSource(path: AbsolutePath.of(path), overrides: overrides)
    }

    private static func isHDF5(_ path: String) -> Bool {
        var info = stat()
        guard path != "-", stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, let file = fopen(path, "rb") else {
            return false
        }
        defer { fclose(file) }
        var head = [UInt8](repeating: 0, count: 8)
        return fread(&head, 1, 8, file) == 8 && head == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    }

    private static func announce(_ text: String) { Console.shared.message("samsweep: \(text)") }

    private static func numbers(
        _ bytes: [UInt8], _ path: String, _ datasets: [String], _ most: Int
    ) throws -> [(lengths: [Int], values: [Double])] {
        try NumericDataset.read(datasets, of: bytes, path: path, most: most).map { ($0.lengths, $0.values) }
    }
}
