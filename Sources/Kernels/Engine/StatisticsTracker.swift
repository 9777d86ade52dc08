import TrialContract

/// The recorded statistics of the slots of a batch.
struct StatisticsTracker {
    private let statistics: [RecordedStatistic]
    /// By statistic: what finds the values of those that the sweep defines.
    private let machines: [OwnStatisticMachine?]
    /// For each statistic the range of t it watches.
    private let watched: [ClosedRange<Int>?]
    /// The first and last t at which any of them watches; `nil`: the end state is enough.
    private let watchedByAny: ClosedRange<Int>?
    /// For each statistic where its accumulators begin in a slot's; at last how many these are.
    private let offsets: [Int]
    /// `[slot][statistic][number]`
    private let accumulators: UnsafeMutablePointer<Lanes>
    let curves: CurveRecorder?
    private let observed: ObservedPoint
    private let steps: Int

    init(
        _ components: BlockComponents, _ trialClass: TrialClass, dimension: Int, slots: Int, workspace: Workspace,
        measure: @escaping (UnsafeMutablePointer<Lanes>, Int) -> Measures
    ) {
        let statistics = components.statistics, steps = trialClass.steps
        let curves = CurveRecorder(
            trialClass.curve, quantities: components.curveQuantities, dimension: dimension, slots: slots, workspace: workspace)
        self.curves = curves
        self.statistics = statistics
        let machines = statistics.map { statistic -> OwnStatisticMachine? in
            guard case .own(let own) = statistic else { return nil }
            return OwnStatisticMachine(own, workspace: workspace)
        }
        self.machines = machines
        var objective: (any CoupledObjective)?
        if machines.contains(where: { $0?.usesGradient ?? false }) || curves?.usesGradient ?? false {
            guard let make = components.launcher.objective else {
                fatalError("the planner must not let statistics of one's own through where there are no coordinates")
            }
            objective = make(trialClass)
        }
        observed = ObservedPoint(dimension: dimension, objective: objective, workspace: workspace, measure: measure)
        self.steps = steps
        watched = statistics.map { $0.watched(steps: steps) }
        let ranges = watched.compactMap { $0 }
        watchedByAny = ranges.isEmpty
            ? nil : ranges.map(\.lowerBound).min()!...ranges.map(\.upperBound).max()!
        let offsets = statistics.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        self.offsets = offsets
        let count = offsets[statistics.count]
        accumulators = workspace.vectors(slots * max(1, count))
        for slot in 0..<slots {
            for (s, statistic) in statistics.enumerated() {
                (accumulators + slot * count + offsets[s]).update(repeating: statistic.initial, count: statistic.count)
            }
        }
    }

    /// How many accumulators a slot has.
    static func accumulatorCount(_ statistics: [RecordedStatistic]) -> Int { statistics.reduce(0) { $0 + $1.count } }

    /// Whether an iterate of these is watched by any statistic or trajectory.
    func watchesAny(_ iterates: ClosedRange<Int>) -> Bool {
        watchedByAny?.overlaps(iterates) ?? false || curves?.watchesAny(iterates) ?? false
    }

    func observe(slot: Int, _ x: UnsafeMutablePointer<Lanes>, at t: Int) {
        guard watchesAny(t...t) else { return }
        observed.look(at: x)
        curves?.record(slot: slot, x, at: t, observed)
        for (s, statistic) in statistics.enumerated() where watched[s]?.contains(t) ?? false {
            let place = accumulators(slot) + offsets[s]
            if case .member(let member) = statistic {
                member.observe(&place[0], observed.measures())
            } else if let machine = machines[s], !machine.isSettled(place) {
                machine.observe(place, machine.values(at: x, told: observed.told(machine)), at: t)
            }
        }
    }

    private func accumulators(_ slot: Int) -> UnsafeMutablePointer<Lanes> {
        accumulators + slot * offsets[statistics.count]
    }

    /// As many accumulators for each statistic as it has numbers.
    func accumulators(slot: Int) -> UnsafeMutableBufferPointer<Lanes> {
        UnsafeMutableBufferPointer(start: accumulators(slot), count: offsets[statistics.count])
    }

    /// The values of a slot that has taken its last step to `x`, for each statistic one vector or more.
    func values(slot: Int, _ state: Slot, _ x: UnsafeMutablePointer<Lanes>) -> [[Lanes]] {
        observed.look(at: x)
        let final = FinalState(measures: observed.measures(), zeroGradients: state.zeroGradients, steps: steps)
        return statistics.enumerated().map { s, statistic in
            let place = accumulators(slot) + offsets[s]
            if case .member(let member) = statistic { return [member.value(place[0], final)] }
            guard let machine = machines[s] else { return [place[0]] }
            return machine.results(place, steps: steps) { machine.values(at: x, told: observed.told(machine)) }
        }
    }
}
