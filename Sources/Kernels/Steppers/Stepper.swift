/// Takes the steps of a chunk with one problem and one optimizer, for some slots.
///
/// Sums over coordinates have a fixed order inside a lane; lanes never meet. Some slots take turns within each
/// step: a step ends in a chain of dependent operations (norm, root, quotient) that the next slot's work overlaps. The
/// order never changes a value.
///
/// A pass over the coordinates descends and, in the same breath, finds the direction of the next step's ascent while the
/// new iterate is at hand. Only the first ascent of a chunk and its last descent are passes of their own, and all are
/// where someone observes each iterate. Directions are kept from pass to pass, or computed again where that is cheaper.
struct Stepper<P: Problem, O: Optimizer> {
    let problem: P
    let optimizer: O

    /// All slots of `slots` take the chunk's steps; `observe(slot, t)` sees each iterate where given.
    func advance(
        _ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?
    ) {
        if P.isOnLine || chunk.dimension == 1 {
            advanceOnLine(slots, count: count, chunk: chunk, observe: observe)
            return
        }
        let size = Interleaving.slots(dimension: chunk.dimension)
        // What observes an iterate may change it, so nothing is known of the next step before.
        let looksAhead = observe == nil
        let climbs = O.ascentGradient != .none
        for first in stride(from: 0, to: count, by: size) {
            let turns = first..<min(first + size, count)
            if climbs, looksAhead {
                for i in turns { climb(slots + i, 0, chunk, direction(i - first, chunk)) }
            }
            for s in 0..<chunk.steps.count {
                for i in turns {
                    if climbs, !looksAhead { climb(slots + i, s, chunk, direction(i - first, chunk)) }
                    step(slots + i, s, chunk, direction(i - first, chunk), looksAhead && s + 1 < chunk.steps.count)
                }
                if let observe {
                    for i in turns { observe(i, chunk.steps.lowerBound + s + 1) }
                }
            }
        }
    }

    @inline(__always)
    private func direction(_ place: Int, _ chunk: Chunk) -> UnsafeMutablePointer<Lanes> {
        chunk.directions + place * chunk.dimension
    }

    @inline(__always)
    private func step(
        _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ direction: UnsafeMutablePointer<Lanes>,
        _ looksAhead: Bool
    ) {
        let learningRate = slot.pointee.learningRate(chunk, s)
        let magnitude: Lanes
        if O.ascentGradient == .none {
            let descent = Descent<O>(slot.pointee, s, chunk, learningRate)
            magnitude = sumOfMagnitudes(chunk.dimension) { j in
                let x = descent.x[j]
                return take(descent, j, from: x, at: x)
            }
        } else {
            magnitude = stepInSpace(slot, s, chunk, direction, looksAhead, learningRate, slot.pointee.rho(chunk, s))
        }
        if !Slot.isFinite(magnitude).isSetInAllLanes {
            slot.pointee.noteDivergence(dimension: chunk.dimension, at: Double(chunk.steps.lowerBound + s + 1))
        }
    }

    /// A step whose ascent direction is known: descends and, where it looks ahead, climbs on for the next step.
    @inline(__always)
    private func stepInSpace(
        _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ direction: UnsafeMutablePointer<Lanes>,
        _ looksAhead: Bool, _ learningRate: Lanes, _ rho: Lanes
    ) -> Lanes {
        let scale = ascentScale(slot, s, chunk, direction, rho)
        let descent = Descent<O>(slot.pointee, s, chunk, learningRate)
        let ascent = Ascent<O>(slot.pointee, s, chunk)
        if !looksAhead {
            return sumOfMagnitudes(chunk.dimension) { j in
                let x = descent.x[j]
                return take(descent, j, from: x, at: x.adding(scale, times: recall(ascent, direction, j, from: x)))
            }
        }
        let nextAscent = Ascent<O>(slot.pointee, s + 1, chunk)
        let sums = sumsOfSquaresAndMagnitudes(chunk.dimension) { j in
            let old = descent.x[j]
            let x = take(descent, j, from: old, at: old.adding(scale, times: recall(ascent, direction, j, from: old)))
            return (climb(nextAscent, direction, j, from: x), x)
        }
        slot.pointee.ascentSquares = sums.squares
        return sums.magnitudes
    }

    /// The first ascent of a chunk: leaves the direction of step `s` and its squared norm.
    @inline(__always)
    private func climb(
        _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ direction: UnsafeMutablePointer<Lanes>
    ) {
        let x = slot.pointee.x
        let ascent = Ascent<O>(slot.pointee, s, chunk)
        slot.pointee.ascentSquares = sumOfSquares(chunk.dimension) { climb(ascent, direction, $0, from: x[$0]) }
    }

    /// Finds the direction along coordinate `j`, keeps it where it is not computed again, and returns its weight.
    @inline(__always)
    private func climb(
        _ ascent: Ascent<O>, _ kept: UnsafeMutablePointer<Lanes>, _ j: Int, from x: Lanes
    ) -> Lanes {
        let direction = take(ascent, j, from: x)
        if !Self.recomputesDirections { kept[j] = direction }
        return optimizer.weight(direction: direction, x: x)
    }

    /// What the direction is to be multiplied with; 0 where the ascent gradient is.
    @inline(__always)
    private func ascentScale(
        _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ direction: UnsafeMutablePointer<Lanes>,
        _ rho: Lanes
    ) -> Lanes {
        let squares = slot.pointee.ascentSquares
        if isUsable(squares).isSetInAllLanes { return optimizer.scale(rho: rho, norm: squares.squareRoot()) }
        let x = slot.pointee.x
        let ascent = Ascent<O>(slot.pointee, s, chunk)
        let size = norm(sumOfSquares: squares, dimension: chunk.dimension) { j in
            optimizer.weight(direction: recall(ascent, direction, j, from: x[j]), x: x[j])
        }
        let isZero = size .== Lanes(repeating: 0)
        slot.pointee.countZeroGradients(isZero)
        return optimizer.scale(rho: rho, norm: size).replaced(by: Lanes(repeating: 0), where: isZero)
    }
}

// MARK: One dimension, where no norm is needed and an iterate stays in a register

extension Stepper {
    /// All slots of `slots` take the chunk's steps; `observe(slot, t)` sees each iterate where given.
    func advanceOnLine(
        _ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?
    ) {
        // So that the compiler knows it.
        var chunk = chunk
        chunk.dimension = 1
        var done = 0
        // Long gradients keep the processor busy by themselves. What optimizers remember must not be written twice.
        while P.gradientIsCheap, observe == nil, count - done >= 4 || (done < count && O.memoryVectors == 0) {
            advanceFour(slots + done, last: min(3, count - done - 1), chunk)
            done += 4
        }
        let size = Interleaving.slots(dimension: 1)
        for first in stride(from: done, to: count, by: size) {
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
        let x = stepOnLine(&slot.pointee, s, chunk, from: slot.pointee.x[0])
        slot.pointee.x[0] = x
        if !Slot.isFinite(x.absolute).isSetInAllLanes {
            slot.pointee.noteDivergence(normSquared: x * x, at: Double(chunk.steps.lowerBound + s + 1))
        }
    }

    /// Slots 0 … `last`, at most four, side by side: a step is a chain of dependent operations that only other slots'
    /// steps can overlap. Where there are fewer, the last one is done again and comes to the same.
    private func advanceFour(_ slots: UnsafeMutablePointer<Slot>, last: Int, _ chunk: Chunk) {
        // Copies, whose parts the compiler can keep in registers.
        var (a, b, c, d) = (slots[0], slots[min(1, last)], slots[min(2, last)], slots[last])
        var (xa, xb, xc, xd) = (a.x[0], b.x[0], c.x[0], d.x[0])
        for s in 0..<chunk.steps.count {
            xa = stepOnLine(&a, s, chunk, from: xa)
            xb = stepOnLine(&b, s, chunk, from: xb)
            xc = stepOnLine(&c, s, chunk, from: xc)
            xd = stepOnLine(&d, s, chunk, from: xd)
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

    /// The iterate after `x`.
    @inline(__always)
    private func stepOnLine(_ slot: inout Slot, _ s: Int, _ chunk: Chunk, from x: Lanes) -> Lanes {
        let descent = Descent<O>(slot, s, chunk, slot.learningRate(chunk, s))
        if O.ascentGradient == .none { return next(descent, 0, from: x, at: x) }
        let direction = take(Ascent<O>(slot, s, chunk), 0, from: x)
        let weight = optimizer.weight(direction: direction, x: x)
        var displacement = optimizer.displacementOnLine(
            rho: slot.rho(chunk, s), direction: direction, weight: weight)
        let isZero = weight .== Lanes(repeating: 0)
        if isZero.isSetInAnyLane {
            slot.countZeroGradients(isZero)
            displacement = displacement.replaced(by: Lanes(repeating: 0), where: isZero)
        }
        return next(descent, 0, from: x, at: x + displacement)
    }
}

// MARK: What a pass over the coordinates does to each of them

// The parts of a step hold pointers and lanes only; problem and
// optimizer, which may own memory, stay with the stepper.

/// What the ascent of one step reads.
struct Ascent<O: Optimizer> {
    let noise: UnsafePointer<Lanes>
    let memory: UnsafeMutablePointer<Lanes>
    let component: Lanes

    @inline(__always)
    init(_ slot: Slot, _ s: Int, _ chunk: Chunk) {
        let isOwn = O.ascentGradient == .ownNoise
        noise = (isOwn ? slot.ascentNoise : slot.descentNoise) + s * chunk.dimension
        memory = slot.memory
        let components = isOwn ? slot.ascentComponents : slot.descentComponents
        if O.ascentGradient != .exact, let components {
            component = components[s]
        } else {
            component = Lanes(repeating: 0)
        }
    }
}

/// What the descent of one step reads and writes.
struct Descent<O: Optimizer> {
    let x: UnsafeMutablePointer<Lanes>
    let noise: UnsafePointer<Lanes>
    let memory: UnsafeMutablePointer<Lanes>
    let component: Lanes
    let learningRate: Lanes

    @inline(__always)
    init(_ slot: Slot, _ s: Int, _ chunk: Chunk, _ learningRate: Lanes) {
        self.learningRate = learningRate
        x = slot.x
        noise = slot.descentNoise + s * chunk.dimension
        memory = slot.memory
        if O.descentIsNoisy, let components = slot.descentComponents {
            component = components[s]
        } else {
            component = Lanes(repeating: 0)
        }
    }
}

extension Stepper {
    /// Whether a direction is computed again where it is needed instead of kept: an operation or two more, and neither
    /// written nor read.
    static var recomputesDirections: Bool { O.memoryVectors == 0 && P.gradientIsCheap }

    /// The direction to climb along coordinate `j` from `x`.
    @inline(__always)
    func take(_ ascent: Ascent<O>, _ j: Int, from x: Lanes) -> Lanes {
        let additive = O.ascentGradient == .exact ? Lanes(repeating: 0) : ascent.noise[j]
        let gradient = problem.gradient(at: x, coordinate: j, component: ascent.component, plus: additive)
        return optimizer.ascent(gradient: gradient, x: x, memory: ascent.memory + j * O.memoryVectors)
    }

    /// The direction that a pass before found along coordinate `j` from `x`.
    @inline(__always)
    func recall(
        _ ascent: Ascent<O>, _ kept: UnsafeMutablePointer<Lanes>, _ j: Int, from x: Lanes
    ) -> Lanes {
        Self.recomputesDirections ? take(ascent, j, from: x) : kept[j]
    }

    /// The new iterate's coordinate `j`: from `x` down the gradient at `y`.
    @inline(__always)
    func next(_ descent: Descent<O>, _ j: Int, from x: Lanes, at y: Lanes) -> Lanes {
        let additive = O.descentIsNoisy ? descent.noise[j] : Lanes(repeating: 0)
        let gradient = problem.gradient(at: y, coordinate: j, component: descent.component, plus: additive)
        return optimizer.descend(
            x: x, gradient: gradient, learningRate: descent.learningRate, memory: descent.memory + j * O.memoryVectors)
    }

    /// Stores and returns the new iterate's coordinate `j`.
    @inline(__always)
    func take(_ descent: Descent<O>, _ j: Int, from x: Lanes, at y: Lanes) -> Lanes {
        let next = next(descent, j, from: x, at: y)
        descent.x[j] = next
        return next
    }
}
