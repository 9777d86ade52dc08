/// Carries out an `UpdateRule` for the slots of a batch, after each plain step.
final class IterateUpdate {
    private let rule: UpdateRule
    private let slots: UnsafeMutablePointer<Slot>
    private let dimension: Int
    /// Per slot: previous iterate and velocity (with momentum), sum of iterates and their mean (with averaging).
    private let vectors: UnsafeMutablePointer<Lanes>
    /// What was known of divergence before the plain step.
    private let divergedBefore: UnsafeMutablePointer<Lanes>

    init(
        _ rule: UpdateRule, slots: UnsafeMutablePointer<Slot>, count: Int, dimension: Int, workspace: Workspace
    ) {
        self.rule = rule
        self.slots = slots
        self.dimension = dimension
        vectors = workspace.vectors(rule.memoryVectors * count * dimension)
        divergedBefore = workspace.vectors(count)
    }

    /// Takes up a slot at its starting point.
    func begin(slot: Int) {
        guard !rule.isPlain else { return }
        part(slot, 0).update(from: slots[slot].x, count: dimension)
        part(slot, 1).update(repeating: Lanes(repeating: 0), count: 3 * dimension)
        divergedBefore[slot] = slots[slot].divergedAt
    }

    /// What is to be kept between runs, for a slot.
    func vectors(slot: Int) -> UnsafeMutableBufferPointer<Lanes> {
        UnsafeMutableBufferPointer(
            start: vectors + rule.memoryVectors * slot * dimension, count: rule.memoryVectors * dimension)
    }

    /// Takes what is known of a slot's divergence for that of its iterate: after others have noted some, or a state was put
    /// back.
    func keepDivergence(slot: Int) { divergedBefore[slot] = slots[slot].divergedAt }

    func concerns(_ iterates: ClosedRange<Int>) -> Bool { rule.concerns(iterates) }

    /// Turns the plain step to x_t into the rule's.
    func afterStep(slot: Int, at t: Int) {
        if rule.momentum > 0 { addMomentum(slot, t) }
        if let first = rule.averagedFrom, t >= first { addToMean(slot, count: t - first + 1) }
    }

    /// What statistics see at t: the iterate or a mean.
    func point(slot: Int, at t: Int) -> UnsafeMutablePointer<Lanes> {
        if let first = rule.averagedFrom, t >= first { return part(slot, 3) }
        return slots[slot].x
    }

    private func part(_ slot: Int, _ index: Int) -> UnsafeMutablePointer<Lanes> {
        vectors + (4 * slot + index) * dimension
    }

    private func addMomentum(_ slot: Int, _ t: Int) {
        let x = slots[slot].x, previous = part(slot, 0), velocity = part(slot, 1)
        let momentum = Lanes(repeating: rule.momentum)
        for j in 0..<dimension {
            velocity[j] = (x[j] - previous[j]).adding(velocity[j], times: momentum)
            x[j] = previous[j] + velocity[j]
            previous[j] = x[j]
        }
        // The plain step's iterate was none of the trial's.
        slots[slot].divergedAt = divergedBefore[slot]
        slots[slot].noteDivergence(dimension: dimension, at: Double(t))
        divergedBefore[slot] = slots[slot].divergedAt
    }

    private func addToMean(_ slot: Int, count: Int) {
        let x = slots[slot].x, sum = part(slot, 2), mean = part(slot, 3)
        for j in 0..<dimension {
            sum[j] += x[j]
            mean[j] = sum[j] / Double(count)
        }
    }
}
