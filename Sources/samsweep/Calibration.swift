import KernelSelection
import PortableMath
import SweepExecution
import SweepPlanning
import TrialContract

/// How long a sweep will take on this machine, from a short trial of its own cells.
///
/// Some cells are drawn at random; for each kind among them (optimizer, dimension, noise) a shortened block is run on
/// all threads, with as many neighbours as would share its noise. Seconds are the sampled cells' average, weighted by
/// their cost. Blocks, windows and storing are not in it: they cost little unless trials are very short.
struct Calibration {
    /// Cells drawn; kinds among them that are measured; seconds for each.
    private static let sampledCells = 64
    private static let measuredKinds = 6
    private static let secondsPerKind = 0.01
    /// Coordinate-steps of a piece, about a millisecond.
    private static let pieceCost = 400_000

    private struct Kind: Hashable {
        let optimizer: ComponentChoice
        let problem: String
        let noise: ComponentChoice
        let dimension: Int

        init(_ trialClass: TrialClass) {
            optimizer = trialClass.optimizer
            problem = trialClass.problem.name
            noise = trialClass.noiseModel
            dimension = trialClass.dimension
        }
    }

    let plan: PlannedSweep
    let kernel: any TrialKernel
    let threads: Int

    /// Seconds for all trials of the plan. Throws what the plan throws.
    func predictedSeconds() throws -> Double {
        let cells = plan.cellCount <= Self.sampledCells
            ? Array(0..<plan.cellCount) : (0..<Self.sampledCells).map(randomCell)
        var costs: [Kind: Double] = [:]
        var examples: [Kind: Int] = [:]
        for cell in cells {
            let (example, dimension) = try plan.example(at: cell)
            guard case .included(let trialClass, _) = example else { continue }
            costs[Kind(trialClass), default: 0] += Double(trialClass.steps) * Double(dimension)
            examples[Kind(trialClass)] = examples[Kind(trialClass)] ?? cell
        }
        // The dearest kinds stand for the others.
        let dearest = costs.sorted { $0.value > $1.value }.prefix(Self.measuredKinds)
        var seconds = 0.0
        for (kind, cost) in dearest { seconds += try cost / rate(cell: examples[kind] ?? 0) }
        let measured = dearest.reduce(0) { $0 + $1.value }
        return measured > 0 ? plan.estimate.coordinateSteps * seconds / measured : 0
    }

    private func randomCell(_ draw: Int) -> Int {
        let words = Philox4x32.block(counter: [UInt32(draw), 0, 0, 0], key: [0x6365_6C6C, 0])
        let word = UInt64(words[0]) | UInt64(words[1]) << 32
        return Int(word.multipliedFullWidth(by: UInt64(plan.cellCount)).high)
    }

    /// Coordinate-steps per second of blocks like a cell's, on all threads.
    private func rate(cell: Int) throws -> Double {
        guard case .included(var trialClass, let parameters) = try plan.example(at: cell).cell else { return 1 }
        let cells = try neighbours(of: cell, trialClass, parameters)
        let trials = min(plan.trials, plan.usesCommonRandomNumbers ? 8 : 64)
        let rows = cells.count * trials
        trialClass.steps = min(trialClass.steps, max(16, Self.pieceCost / (rows * trialClass.costInCoordinates)))
        let request = BlockRequest(trialClass: trialClass, cells: cells, trials: 0..<trials)
        // A reduced trial has all its coordinates.
        let work = Double(rows) * Double(trialClass.steps) * Double(trialClass.dimension)
        let stop = StopFlag()
        return SpeedMeasurement.rate(threads: threads, seconds: Self.secondsPerKind) { [kernel] _ in
            _ = kernel.run(request, stop: stop)
            return work
        }
    }

    /// Cells near this one that differ from it in nothing but their numbers.
    private func neighbours(of cell: Int, _ trialClass: TrialClass, _ own: CellParameters) throws -> [CellParameters] {
        guard plan.usesCommonRandomNumbers || plan.trials < 8 else { return [own] }
        let first = max(0, cell - 32)
        let cells = try (first..<min(first + 64, plan.cellCount)).compactMap { index -> CellParameters? in
            guard case .included(trialClass, let parameters) = try plan.example(at: index).cell else { return nil }
            return parameters
        }
        return cells.isEmpty ? [own] : cells
    }
}
