import Dispatch

/// Fits scaling laws: one group, or all groups of a sweep in parallel.
///
/// Results depend on the tables and options only: not on the number of threads, nor on which other groups there are.
public enum ScalingFitter {
    /// Fits one group. Throws `ScalingFitsError` for options that fit nothing; a group that cannot be fitted is an
    /// outcome.
    public static func fit(_ table: ResponseTable, options: FitOptions) throws -> FitOutcome {
        try fitAll([table], options: options)[0]
    }

    /// Fits every group; outcomes come in the order of the tables. Resampling indices are shared by the groups.
    ///
    /// - Parameter threads: workers, at least 1; `nil` leaves it to Dispatch.
    public static func fitAll(
        _ tables: [ResponseTable], options: FitOptions, threads: Int? = nil
    ) throws -> [FitOutcome] {
        try options.validated()
        let plans = plans(for: tables, options: options)
        let outcomes = OutcomeSlots(count: tables.count)
        let workers = threads.map { max(1, min($0, tables.count)) } ?? tables.count
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            for index in stride(from: worker, to: tables.count, by: max(workers, 1)) {
                let table = tables[index]
                let fitter = GroupFitter(table: table, options: options, plan: plans[shape(of: table)])
                outcomes.set(index, fitter.outcome())
            }
        }
        return outcomes.all
    }

    static func shape(of table: ResponseTable) -> ResamplePlan.Shape {
        ResamplePlan.Shape(
            trials: max(1, table.trials), cells: max(1, table.points.count), isJoint: table.sharesRandomNumbers)
    }

    private static func plans(for tables: [ResponseTable], options: FitOptions) -> [ResamplePlan.Shape: ResamplePlan] {
        guard options.bootstrapResamples > 0 else { return [:] }
        var plans: [ResamplePlan.Shape: ResamplePlan] = [:]
        for table in tables {
            let shape = shape(of: table)
            if plans[shape] == nil {
                plans[shape] = ResamplePlan(shape: shape, resamples: options.bootstrapResamples, seed: options.seed)
            }
        }
        return plans
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
