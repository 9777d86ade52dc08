import TrialContract

/// The recorded statistics of the slots of a batch.
struct StatisticsTracker {
    private let statistics: [RecordedStatistic]
    /// By statistic: what finds the values of those that the sweep defines.
    private let machines: [OwnStatisticMachine?]
    /// What tells them f and its gradient, with room for both; `nil` where none asks.
    private let objective: (of: any CoupledObjective, values: UnsafeMutablePointer<Lanes>)?
    /// Whether any statistic is the catalogue's.
    private let needsMeasures: Bool
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
        machines = statistics.map { statistic in
            guard case .own(let own) = statistic else { return nil }
            return OwnStatisticMachine(own, workspace: workspace)
        }
        needsMeasures = machines.contains { $0 == nil } || curves != nil
        if machines.contains(where: { $0?.usesObjective ?? false }) {
            guard let make = components.launcher.objective else {
                fatalError("the planner must not let statistics of one's own through where there are no coordinates")
            }
            objective = (make(trialClass), workspace.vectors(1 + dimension))
        } else {
            objective = nil
        }
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
        let measures = needsMeasures ? measure(x, dimension) : nil
        if let measures { curves?.record(slot: slot, measures, at: t) }
        var isObjectiveKnown = false
        for (s, statistic) in statistics.enumerated() where watched[s]?.contains(t) ?? false {
            let place = slot * statistics.count + s
            if case .member(let member) = statistic, let measures {
                member.observe(&accumulators[place], measures)
            } else if let machine = machines[s] {
                machine.observe(&accumulators[place], value(machine, x, &isObjectiveKnown))
            }
        }
    }

    /// The value of a statistic of the sweep's own at `x`; f and its gradient are found at most once for all of them.
    private func value(
        _ machine: OwnStatisticMachine, _ x: UnsafeMutablePointer<Lanes>, _ isObjectiveKnown: inout Bool
    ) -> Lanes {
        if machine.usesObjective, !isObjectiveKnown, let objective {
            objective.values[0] = objective.of.measure(x).objective
            objective.of.gradient(at: x, sample: nil, count: 0, into: objective.values + 1)
            isObjectiveKnown = true
        }
        return machine.value(at: x, objective: objective.map { UnsafePointer($0.values) })
    }

    /// One accumulator per statistic.
    func accumulators(slot: Int) -> UnsafeMutableBufferPointer<Lanes> {
        UnsafeMutableBufferPointer(start: accumulators + slot * statistics.count, count: statistics.count)
    }

    /// The values of a slot that has taken its last step to `x`, one vector per statistic.
    func values(slot: Int, _ state: Slot, _ x: UnsafeMutablePointer<Lanes>) -> [Lanes] {
        let final = FinalState(
            measures: measure(x, dimension), zeroGradients: state.zeroGradients, steps: steps)
        var isObjectiveKnown = false
        return statistics.enumerated().map { s, statistic in
            let accumulator = accumulators[slot * statistics.count + s]
            if case .member(let member) = statistic { return member.value(accumulator, final) }
            guard let machine = machines[s] else { return accumulator }
            return machine.result(accumulator, steps: steps) { value(machine, x, &isObjectiveKnown) }
        }
    }
}
