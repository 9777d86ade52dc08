import TrialContract

/// The recorded statistics of the slots of a batch.
struct StatisticsTracker {
    private let statistics: [any Statistic.Type]
    /// For each statistic the range of t it watches.
    private let watched: [ClosedRange<Int>?]
    /// The first and last t at which any of them watches; `nil`: the end state is enough.
    private let watchedByAny: ClosedRange<Int>?
    /// `[slot][statistic]`
    private let accumulators: UnsafeMutablePointer<Lanes>
    let curves: CurveRecorder?
    private let measure: (UnsafeMutablePointer<Lanes>, Int) -> Measures
    private let dimension: Int
    private let steps: Int

    init(
        _ components: BlockComponents, _ trialClass: TrialClass, dimension: Int, slots: Int, workspace: Workspace,
        measure: @escaping (UnsafeMutablePointer<Lanes>, Int) -> Measures
    ) {
        let statistics = components.statistics, steps = trialClass.steps
        curves = CurveRecorder(
            trialClass.curve, quantities: components.curveQuantities, slots: slots, workspace: workspace)
        self.statistics = statistics
        self.measure = measure
        self.dimension = dimension
        self.steps = steps
        watched = statistics.map { $0.watched(steps: steps) }
        let ranges = watched.compactMap { $0 }
        watchedByAny = ranges.isEmpty
            ? nil : ranges.map(\.lowerBound).min()!...ranges.map(\.upperBound).max()!
        accumulators = workspace.vectors(slots * max(1, statistics.count))
        for slot in 0..<slots {
            for (s, statistic) in statistics.enumerated() {
                accumulators[slot * statistics.count + s] = statistic.initial
            }
        }
    }

    /// Whether an iterate of these is watched by any statistic or trajectory.
    func watchesAny(_ iterates: ClosedRange<Int>) -> Bool {
        watchedByAny?.overlaps(iterates) ?? false || curves?.watchesAny(iterates) ?? false
    }

    func observe(slot: Int, _ x: UnsafeMutablePointer<Lanes>, at t: Int) {
        guard watchesAny(t...t) else { return }
        let measures = measure(x, dimension)
        curves?.record(slot: slot, measures, at: t)
        for (s, statistic) in statistics.enumerated() where watched[s]?.contains(t) ?? false {
            statistic.observe(&accumulators[slot * statistics.count + s], measures)
        }
    }

    /// One accumulator per statistic.
    func accumulators(slot: Int) -> UnsafeMutableBufferPointer<Lanes> {
        UnsafeMutableBufferPointer(start: accumulators + slot * statistics.count, count: statistics.count)
    }

    /// The values of a slot that has taken its last step to `x`, one vector per statistic.
    func values(slot: Int, _ state: Slot, _ x: UnsafeMutablePointer<Lanes>) -> [Lanes] {
        let final = FinalState(
            measures: measure(x, dimension), zeroGradients: state.zeroGradients, steps: steps)
        return statistics.enumerated().map { s, statistic in
            statistic.value(accumulators[slot * statistics.count + s], final)
        }
    }
}
