import TrialContract

/// The trajectories of the slots of a batch.
struct CurveRecorder {
    private struct Quantity {
        let recorded: RecordedQuantity
        /// What finds the values where the sweep defines them.
        let machine: OwnStatisticMachine?
        /// The numbers of a point.
        let width: Int
        /// Where a slot's points begin, as `[point][number]`.
        let offset: Int
    }

    private let steps: [Int]
    private let quantities: [Quantity]
    /// `[slot][quantity][point][number]`
    private let points: UnsafeMutablePointer<Lanes>
    let pointsPerSlot: Int

    /// `nil` where no trajectory is asked for.
    init?(
        _ request: CurveRequest?, quantities recorded: [RecordedQuantity], dimension: Int, slots: Int, workspace: Workspace
    ) {
        guard let request, !request.steps.isEmpty else { return nil }
        steps = request.steps
        var quantities: [Quantity] = []
        var offset = 0
        for quantity in recorded {
            var machine: OwnStatisticMachine?
            if case .own(let own) = quantity { machine = OwnStatisticMachine(own, workspace: workspace) }
            let width = quantity.width(dimension: dimension)
            quantities.append(Quantity(recorded: quantity, machine: machine, width: width, offset: offset))
            offset += width * steps.count
        }
        self.quantities = quantities
        pointsPerSlot = offset
        let count = slots * offset
        points = workspace.vectors(count)
        points.update(repeating: Lanes(repeating: .nan), count: count)
    }

    /// Whether any asks for the gradient of f.
    var usesGradient: Bool { quantities.contains { $0.machine?.usesGradient ?? false } }

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

    /// Notes the point `x` that a slot has reached at `t`, where that is a recorded step.
    func record(slot: Int, _ x: UnsafeMutablePointer<Lanes>, at t: Int, _ observed: ObservedPoint) {
        let place = position(of: t)
        guard place < steps.count, steps[place] == t else { return }
        for quantity in quantities {
            let target = values(slot: slot) + quantity.offset + place * quantity.width
            switch quantity.recorded {
            case .member(let member) where member.description.storage == .float64PerCoordinate:
                target.update(from: x, count: quantity.width)
            case .member(let member): target[0] = member.value(observed.measures())
            case .own:
                guard let machine = quantity.machine else { continue }
                target.update(from: machine.values(at: x, told: observed.told(machine)), count: quantity.width)
            }
        }
    }

    /// `[quantity][point][number]` of a slot.
    func values(slot: Int) -> UnsafeMutablePointer<Lanes> { points + slot * pointsPerSlot }
}
