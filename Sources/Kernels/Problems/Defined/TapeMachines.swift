import TrialContract

/// A tape's machines for different numbers of slots.
final class TapeMachines {
    private let tape: Tape
    private var made: [TapeMachine] = []
    /// The last one that was asked for.
    private var current: Unmanaged<TapeMachine>?
    private var slots = 0

    init(_ tape: Tape) { self.tape = tape }

    /// The machine for so many slots, made when it is first asked for; it lives as long as this.
    @inline(__always)
    func machine(_ slots: Int) -> TapeMachine {
        if slots == self.slots, let current { return current.takeUnretainedValue() }
        return choose(slots)
    }

    @inline(never)
    private func choose(_ slots: Int) -> TapeMachine {
        let machine = made.first { $0.slots == slots } ?? TapeMachine(tape, slots: slots)
        if !made.contains(where: { $0 === machine }) { made.append(machine) }
        current = Unmanaged.passUnretained(machine)
        self.slots = slots
        return machine
    }
}
