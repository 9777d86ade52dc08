import KernelSelection
import ScalingFits
import SweepExecution
import SweepPlanning
import Synchronization
import TrialAllocation
import TrialContract

/// A few trials of every cell, in memory, from which `plan` tells what a goal will take.
struct GoalPilot {
    let plan: PlannedSweep
    let goal: TrialGoal
    let kernel: any TrialKernel
    let threads: Int

    /// Trials of a cell beyond which a pilot does not go; an interval of an exponent needs 32.
    private static let mostTrials = 64
    /// Rows that are held in memory.
    private static let mostRows = 4_000_000
    /// What a pilot may take, by the plan's own prediction.
    private static let mostSeconds = 20.0

    /// What a goal is likely to take.
    struct Prediction {
        var forecast: GoalForecast
        /// Of the pilot, in each cell.
        var pilotTrials: Int
        var trials: Double
        var coordinateSteps: Double
        /// On this machine's threads.
        var seconds: Double
    }

    /// - Parameters:
    ///   - seconds: what the first round takes.
    /// - Returns: `nil` where a pilot would take too long, or too much memory.
    func prediction(firstRound seconds: Double, estimate: PlanEstimate) throws -> Prediction? {
        let trials = min(plan.trials, Self.mostTrials)
        let share = Double(trials) / Double(max(1, plan.trials))
        guard seconds * share <= Self.mostSeconds, plan.cellCount * trials <= Self.mostRows, plan.curve == nil else { return nil }
        let pilot = try PilotColumns(plan.asking(trials: trials), kernel: kernel, threads: threads)
        var rounds = GoalRounds<PilotColumns>(
            goal: goal, costs: try GoalRun.costs(plan, goal), claims: plan.claims, controls: try VarianceReduction.controls(plan),
            threads: threads)
        let forecast = try rounds.forecast(pilot)
        var (all, steps) = (0.0, 0.0)
        for cell in forecast.trials.indices where forecast.trials[cell] > 0 {
            guard case .included(let trialClass, _) = try plan.cell(at: cell) else { continue }
            all += Double(forecast.trials[cell])
            steps += Double(forecast.trials[cell]) * Double(trialClass.steps) * Double(trialClass.dimension)
        }
        return Prediction(
            forecast: forecast, pilotTrials: trials, trials: all, coordinateSteps: steps,
            seconds: estimate.coordinateSteps > 0 ? seconds * steps / estimate.coordinateSteps : 0)
    }
}

/// Outcomes of a sweep's trials in memory.
private final class PilotColumns: TrialColumns, OutcomeSink, CompletionMap {
    let dimensions: [GridDimension]
    let dependentCoordinates: [AuxiliaryCoordinate]
    let statistics: [String]
    let trials: Int
    let sharesRandomNumbers: Bool
    private let included: [Bool]
    private let stored: Mutex<Stored>

    private struct Stored {
        var status: [UInt8]
        var steps: [Int64]
        var values: [String: [Double]]
    }

    /// Returns when all trials are computed.
    init(_ plan: PlannedSweep, kernel: any TrialKernel, threads: Int) throws {
        dimensions = plan.dimensions
        dependentCoordinates = plan.auxiliaryCoordinates.filter { $0.name != GradientCount.name }
        statistics = plan.statistics.filter { $0.storage.isScalar }.map(\.name)
        trials = plan.trials
        sharesRandomNumbers = plan.usesCommonRandomNumbers
        included = try (0..<plan.cellCount).map { index in
            if case .included = try plan.cell(at: index) { true } else { false }
        }
        let rows = plan.cellCount * plan.trials
        let own = statistics.map { ($0, [Double](repeating: .nan, count: rows)) }
        stored = Mutex(Stored(
            status: included.flatMap { isIncluded in
                [UInt8](repeating: (isIncluded ? TrialStatus.missing : .excluded).rawValue, count: plan.trials)
            },
            steps: [Int64](repeating: 0, count: rows), values: Dictionary(uniqueKeysWithValues: own)))
        let executor = SweepExecutor(
            plan: plan, kernel: kernel, sink: self, completion: self, options: ExecutionOptions(threads: threads))
        _ = try executor.run(stop: StopFlag())
    }

    func missingTrials(cells: Range<Int>) -> [[Range<Int>]] { cells.map { included[$0] ? [0..<trials] : [] } }

    func store(_ block: OutcomeBlock) {
        stored.withLock { stored in
            for (place, cell) in block.cellIndices.enumerated() {
                for trial in block.trials {
                    let from = place * block.trials.count + trial - block.trials.lowerBound, to = cell * trials + trial
                    stored.status[to] = block.columns.status[from]
                    stored.steps[to] = block.columns.stepsTaken[from]
                    for (name, values) in zip(block.statistics, block.columns.values) { stored.values[name]?[to] = values[from] }
                }
            }
        }
    }

    private func rows(_ cells: Range<Int>) -> Range<Int> { cells.lowerBound * trials..<cells.upperBound * trials }

    func values(of statistic: String, cells: Range<Int>) -> [Double] {
        stored.withLock { Array($0.values[statistic]?[rows(cells)] ?? []) }
    }
    func status(cells: Range<Int>) -> [UInt8] { stored.withLock { Array($0.status[rows(cells)]) } }
    func stepsTaken(cells: Range<Int>) -> [Int64] { stored.withLock { Array($0.steps[rows(cells)]) } }
}
