import WorkerThreads

/// Fits scaling laws, one group or many in parallel. Resampling indices are drawn once and shared by all groups.
///
/// Results depend on the tables and options only: not on the number of threads, nor on which other groups there are.
package final class ScalingFitter {
    /// What the test of residuals needs, also where no interval is asked for.
    private static let fewestTestResamples = 1000

    private let options: FitOptions
    /// By number of trials.
    private var plans: [Int: ResamplePlan] = [:]

    /// Throws `ScalingFitsError` for options that fit nothing.
    package init(options: FitOptions) throws {
        try options.validated()
        self.options = options
    }

    /// Fits every group; outcomes come in the order of the tables. A group that cannot be fitted is an outcome.
    ///
    /// - Parameter threads: workers, at least 1; `nil` for as many as there are processors.
    package func fit(_ tables: [ResponseTable], threads: Int? = nil) -> [FitOutcome] {
        tables.forEach(prepare)
        let (plans, options) = (plans, options)
        let outcomes = OutcomeSlots(count: tables.count)
        let workers = threads.map { max(1, min($0, tables.count)) } ?? tables.count
        WorkerThreads.perform(workers, threads: threads ?? WorkerThreads.processorCount) { worker in
            for index in stride(from: worker, to: tables.count, by: max(workers, 1)) {
                let table = tables[index]
                guard let plan = plans[max(1, table.trials)] else { continue }
                let fitter = GroupFitter(table: table, options: options, plan: plan)
                outcomes.set(index, fitter.outcome())
            }
        }
        return outcomes.all
    }

    /// Fits one group.
    package static func fit(_ table: ResponseTable, options: FitOptions) throws -> FitOutcome {
        try ScalingFitter(options: options).fit([table])[0]
    }

    private func prepare(for table: ResponseTable) {
        let trials = max(1, table.trials)
        guard plans[trials] == nil else { return }
        let resamples = max(Self.fewestTestResamples, options.bootstrapResamples)
        plans[trials] = ResamplePlan(trials: trials, resamples: resamples, seed: options.seed)
    }
}

/// One slot per group, each written by exactly one worker.
private final class OutcomeSlots: @unchecked Sendable {
    private let slots: UnsafeMutableBufferPointer<FitOutcome?>

    init(count: Int) {
        slots = .allocate(capacity: count)
        slots.initialize(repeating: nil)
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    func set(_ index: Int, _ outcome: FitOutcome) { slots[index] = outcome }

    /// Read after all workers have returned.
    var all: [FitOutcome] { slots.compactMap(\.self) }
}
