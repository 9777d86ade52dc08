import TrialContract

/// The trajectories of the slots of a batch.
struct CurveRecorder {
    private let steps: [Int]
    private let quantities: [any CurveQuantity.Type]
    /// `[slot][quantity][point]`
    private let points: UnsafeMutablePointer<Lanes>

    /// `nil` where no trajectory is asked for.
    init?(_ request: CurveRequest?, quantities: [any CurveQuantity.Type], slots: Int, workspace: Workspace) {
        guard let request, !request.steps.isEmpty else { return nil }
        steps = request.steps
        self.quantities = quantities
        let count = slots * quantities.count * steps.count
        points = workspace.vectors(count)
        points.update(repeating: Lanes(repeating: .nan), count: count)
    }

    var pointsPerSlot: Int { quantities.count * steps.count }

    /// Position of the first recorded step that is not before `t`.
    private func position(of t: Int) -> Int {
        var low = 0, high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle] < t { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func watchesAny(_ iterates: ClosedRange<Int>) -> Bool {
        let next = position(of: iterates.lowerBound)
        return next < steps.count && steps[next] <= iterates.upperBound
    }

    func record(slot: Int, _ measures: Measures, at t: Int) {
        let place = position(of: t)
        guard place < steps.count, steps[place] == t else { return }
        for (q, quantity) in quantities.enumerated() {
            values(slot: slot)[q * steps.count + place] = quantity.value(measures)
        }
    }

    /// `[quantity][point]` of a slot.
    func values(slot: Int) -> UnsafeMutablePointer<Lanes> { points + slot * pointsPerSlot }
}
