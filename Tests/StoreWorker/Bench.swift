import Dispatch
import Glibc
import ResultStore
import StoreFixtures
import Synchronization
import TrialContract

/// store-worker bench FOLDER CELLS TRIALS TRIALS_PER_BLOCK: how fast results are stored, found and read; with `merge`
/// instead of the last number, how fast and in how much memory they are merged.
///
/// Three float64 statistics; blocks of eight neighbouring cells, from two threads. One JSON object on a line.
enum Bench {
    static func run(folder: String, cells: Int, trials: Int, trialsPerBlock: Int) throws {
        let plan = BenchPlan(cells: cells, trials: trials)
        let path = folder + "/bench.h5"
        unlink(path)
        var results: [(String, Double)] = []
        let writer = try time("create_seconds", &results) {
            try ResultWriter.open(path: path, plan: plan, provenance: .test)
        }
        let blocks = Atomic(0)
        let cellsPerBlock = min(8, cells)
        let parts = (trials + trialsPerBlock - 1) / trialsPerBlock
        let count = (cells + cellsPerBlock - 1) / cellsPerBlock * parts
        let failure = Mutex<(any Error)?>(nil)
        try time("store_seconds", &results) {
            DispatchQueue.concurrentPerform(iterations: 2) { _ in
                do {
                    while true {
                        let index = blocks.add(1, ordering: .relaxed).oldValue
                        guard index < count else { return }
                        let first = index / parts * cellsPerBlock, part = index % parts * trialsPerBlock
                        try writer.store(plan.block(
                            cells: first..<min(first + cellsPerBlock, cells),
                            trials: part..<min(part + trialsPerBlock, trials)))
                    }
                } catch {
                    failure.withLock { $0 = error }
                }
            }
            if let error = failure.withLock({ $0 }) { throw error }
        }
        try time("finish_seconds", &results) { try writer.finish() }
        try time("resume_seconds", &results) {
            let again = try ResultWriter.open(path: path, plan: plan, provenance: .test)
            guard again.summary.missing == 0 else { throw ResultStoreError(.damaged, "bench", path: path, reason: "missing") }
            try again.finish()
        }
        try time("count_seconds", &results) { try ResultReader.open(path).counts() }
        try time("read_seconds", &results) {
            let reader = try ResultReader.open(path)
            var sum = 0.0
            for first in stride(from: 0, to: cells, by: 64) {
                sum += try reader.values(of: "distance", cells: first..<min(first + 64, cells)).reduce(0, +)
            }
            guard sum.isFinite else { throw ResultStoreError(.damaged, "bench", path: path, reason: "NaN") }
        }
        let all = cells * trials
        let stored = results[1].1 + results[2].1
        print("{\"trials\": \(all), \"trials_per_second\": \(Int(Double(all) / stored)), "
            + results.map { "\"\($0.0)\": \(($0.1 * 1e4).rounded() / 1e4)" }.joined(separator: ", ") + "}")
        unlink(path)
    }

    /// Merges three files of a third of the trials each, and says how much memory that took.
    static func merge(folder: String, cells: Int, trials: Int) throws {
        let plan = BenchPlan(cells: cells, trials: trials)
        let paths = (0..<3).map { "\(folder)/shard\($0).h5" }
        defer { (paths + [folder + "/merged.h5"]).forEach { unlink($0) } }
        for (index, path) in paths.enumerated() {
            unlink(path)
            let own = index * trials / 3..<(index + 1) * trials / 3
            let part = ShardPart(Shard(index: index, count: 3)!) { _ in own }
            let writer = try ResultWriter.open(path: path, plan: plan, provenance: .test, shard: part)
            for first in stride(from: 0, to: cells, by: 64) {
                try writer.store(plan.block(cells: first..<min(first + 64, cells), trials: own))
            }
            try writer.finish()
        }
        var results: [(String, Double)] = []
        let summary = try time("merge_seconds", &results) {
            try ResultMerger(paths: paths, output: folder + "/merged.h5", provenance: .test).run()
        }
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        print("{\"trials\": \(summary.counts.done), \"missing\": \(summary.counts.missing), "
            + "\"merge_seconds\": \(results[0].1), \"largest_memory_mb\": \(usage.ru_maxrss / 1024)}")
    }

    @discardableResult
    static func time<Result>(
        _ name: String, _ results: inout [(String, Double)], _ body: () throws -> Result
    ) rethrows -> Result {
        let began = ContinuousClock.now
        defer { results.append((name, (ContinuousClock.now - began) / .seconds(1))) }
        return try body()
    }
}

/// As many cells as wanted, all alike; outcomes cost nothing to make.
struct BenchPlan: SweepPlan {
    let cells: Int
    let trials: Int
    let name = "bench", title = "bench", sourceText = "bench", sweepFingerprint = "b", planFingerprint = "b"
    let auxiliaryCoordinates: [AuxiliaryCoordinate] = [], fixedParameters: [FixedParameter] = []
    let usesCommonRandomNumbers = true, mayExcludeCells = false, largestDimension = 1
    let statistics = ["distance", "suboptimality", "tail_distance_squared"].map {
        ComponentDescription(kind: .statistic, name: $0, summary: $0, formula: $0)
    }
    private let trialClass = TrialClass(
        optimizer: ComponentChoice("sgd"), problem: ComponentChoice("quadratic"),
        spectrum: Spectrum(blocks: [EigenBlock(value: 1, multiplicity: 1)]), noiseModel: ComponentChoice("none"),
        steps: 10, statistics: [])

    init(cells: Int, trials: Int) {
        self.cells = cells
        self.trials = trials
    }

    var dimensions: [GridDimension] {
        [GridDimension(name: "rho", values: .numbers((0..<cells).map(Double.init)), longName: "rho")]
    }

    func cell(at index: Int) throws -> PlannedCell {
        .included(trialClass, CellParameters(learningRate: 1, rho: 1, noisePerCoordinate: 0, streamKey: 0))
    }

    func block(cells: Range<Int>, trials: Range<Int>) -> OutcomeBlock {
        let rows = cells.count * trials.count
        return OutcomeBlock(
            cellIndices: Array(cells), trials: trials, statistics: statistics.map(\.name),
            columns: OutcomeColumns(
                status: [UInt8](repeating: 1, count: rows), stepsTaken: [Int64](repeating: 10, count: rows),
                values: statistics.indices.map { [Double](repeating: Double($0), count: rows) }))
    }
}
