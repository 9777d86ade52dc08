/// Takes the steps of a chunk in one dimension, where no norm is needed and an iterate stays in a register.
struct LineStepper<P: Problem, O: Optimizer> {
    let pair: Pair<P, O>

    /// All slots of `slots` take the chunk's steps; `observe(slot, t)` sees each iterate where given.
    ///
    /// Slots take turns within each step, which overlaps their work where a gradient is long enough to keep the processor
    /// busy by itself.
    func advance(
        _ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?
    ) {
        // So that the compiler knows it.
        var chunk = chunk
        chunk.dimension = 1
        let size = Interleaving.slots(dimension: 1)
        for first in stride(from: 0, to: count, by: size) {
            for s in 0..<chunk.steps.count {
                for i in first..<min(first + size, count) { advanceOne(slots + i, s, chunk) }
                if let observe {
                    for i in first..<min(first + size, count) { observe(i, chunk.steps.lowerBound + s + 1) }
                }
            }
        }
    }

    @inline(__always)
    private func advanceOne(_ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk) {
        let x = step(&slot.pointee, s, chunk, from: slot.pointee.x[0])
        slot.pointee.x[0] = x
        if !Slot.isFinite(x.absolute).isSetInAllLanes {
            slot.pointee.noteDivergence(normSquared: x * x, at: Double(chunk.steps.lowerBound + s + 1))
        }
    }

    /// The iterate after `x`.
    @inline(__always)
    private func step(_ slot: inout Slot, _ s: Int, _ chunk: Chunk, from x: Lanes) -> Lanes {
        let optimizer = pair.optimizer
        let descent = Descent<O>(slot, s, chunk, slot.learningRate(chunk, s))
        if O.ascentGradient == .none { return pair.next(descent, 0, from: x, at: x) }
        let direction = pair.take(Ascent<O>(slot, s, chunk), 0, from: x)
        let weight = optimizer.weight(direction: direction, x: x)
        var displacement = optimizer.displacementOnLine(
            rho: slot.rho(chunk, s), direction: direction, weight: weight)
        let isZero = weight .== Lanes(repeating: 0)
        if isZero.isSetInAnyLane {
            slot.countZeroGradients(isZero)
            displacement = displacement.replaced(by: Lanes(repeating: 0), where: isZero)
        }
        return pair.next(descent, 0, from: x, at: x + displacement)
    }
}

extension LineStepper where P: CheapGradientProblem {
    /// The same where a gradient is a moment's work: a step is a chain of dependent operations that only other slots' steps
    /// can overlap.
    func advance(
        _ slots: UnsafeMutablePointer<Slot>, byFours count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?
    ) {
        var chunk = chunk
        chunk.dimension = 1
        var done = 0
        // What optimizers remember must not be written twice.
        while observe == nil, count - done >= 4 || (done < count && O.memoryVectors == 0) {
            advanceFour(slots + done, last: min(3, count - done - 1), chunk)
            done += 4
        }
        if done < count { advance(slots + done, count: count - done, chunk: chunk, observe: observe) }
    }

    /// Slots 0 … `last`, at most four, side by side. Where there are fewer, the last one is done again and comes to the same.
    private func advanceFour(_ slots: UnsafeMutablePointer<Slot>, last: Int, _ chunk: Chunk) {
        // Copies, whose parts the compiler can keep in registers.
        var (a, b, c, d) = (slots[0], slots[min(1, last)], slots[min(2, last)], slots[last])
        var (xa, xb, xc, xd) = (a.x[0], b.x[0], c.x[0], d.x[0])
        for s in 0..<chunk.steps.count {
            xa = step(&a, s, chunk, from: xa)
            xb = step(&b, s, chunk, from: xb)
            xc = step(&c, s, chunk, from: xc)
            xd = step(&d, s, chunk, from: xd)
            let areFinite = Slot.isFinite(xa.absolute) .& Slot.isFinite(xb.absolute)
                .& (Slot.isFinite(xc.absolute) .& Slot.isFinite(xd.absolute))
            if !areFinite.isSetInAllLanes {
                let t = Double(chunk.steps.lowerBound + s + 1)
                a.noteDivergence(normSquared: xa * xa, at: t)
                b.noteDivergence(normSquared: xb * xb, at: t)
                c.noteDivergence(normSquared: xc * xc, at: t)
                d.noteDivergence(normSquared: xd * xd, at: t)
            }
        }
        (a.x[0], b.x[0], c.x[0], d.x[0]) = (xa, xb, xc, xd)
        (slots[0], slots[min(1, last)], slots[min(2, last)], slots[last]) = (a, b, c, d)
    }
}
