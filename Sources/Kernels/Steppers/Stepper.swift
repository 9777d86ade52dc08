/// Takes the steps of a chunk with one problem and one optimizer, for some slots, in any dimension; in one, `LineStepper`
/// is quicker.
///
/// Sums over coordinates have a fixed order inside a lane; lanes never meet. Some slots take turns within each
/// step: a step ends in a chain of dependent operations (norm, root, quotient) that the next slot's work overlaps. The
/// order never changes a value.
///
/// A pass over the coordinates descends and, in the same breath, finds the direction of the next step's ascent while the
/// new iterate is at hand. Only the first ascent of a chunk and its last descent are passes of their own, and all are
/// where someone observes each iterate. Directions are kept from pass to pass, or computed again where that is cheaper.
struct Stepper<P: Problem, O: Optimizer> {
    let pair: Pair<P, O>

    /// All slots of `slots` take the chunk's steps; `observe(slot, t)` sees each iterate where given.
    func advance(
        _ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?
    ) {
        let size = Interleaving.slots(dimension: chunk.dimension)
        // What observes an iterate may change it, so nothing is known of the next step before.
        let looksAhead = observe == nil
        let climbs = O.ascentGradient != .none
        // A long gradient is compiled in one place for both kinds of ascent.
        let beginsApart = P.gradientIsCheap && looksAhead
        for first in stride(from: 0, to: count, by: size) {
            let turns = first..<min(first + size, count)
            if climbs, beginsApart {
                for i in turns { climb(slots + i, 0, chunk, direction(i - first, chunk)) }
            }
            for s in 0..<chunk.steps.count {
                for i in turns {
                    if climbs, !looksAhead || (s == 0 && !beginsApart) { climb(slots + i, s, chunk, direction(i - first, chunk)) }
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
                return pair.take(descent, j, from: x, at: x)
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
        // A long gradient is compiled once for both ways, a cheap one for each.
        if P.gradientIsCheap, !looksAhead {
            return sumOfMagnitudes(chunk.dimension) { j in
                let x = descent.x[j]
                return pair.take(descent, j, from: x, at: x.adding(scale, times: pair.recall(ascent, direction, j, from: x)))
            }
        }
        // There may be no noise for a step after this one.
        let nextAscent = Ascent<O>(slot.pointee, looksAhead ? s + 1 : s, chunk)
        let sums = sumsOfMagnitudesAndSquares(chunk.dimension, squares: P.gradientIsCheap || looksAhead) { j in
            let x = descent.x[j]
            return pair.take(descent, j, from: x, at: x.adding(scale, times: pair.recall(ascent, direction, j, from: x)))
        } then: { j, x in
            climb(nextAscent, direction, j, from: x)
        }
        if looksAhead { slot.pointee.ascentSquares = sums.squares }
        return sums.magnitudes
    }

    /// An ascent that no step before it took: leaves the direction of step `s` and its squared norm.
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
        let direction = pair.take(ascent, j, from: x)
        if !Pair<P, O>.recomputesDirections { kept[j] = direction }
        return pair.optimizer.weight(direction: direction, x: x)
    }

    /// What the direction is to be multiplied with; 0 where the ascent gradient is.
    @inline(__always)
    private func ascentScale(
        _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ direction: UnsafeMutablePointer<Lanes>,
        _ rho: Lanes
    ) -> Lanes {
        let squares = slot.pointee.ascentSquares
        if isUsable(squares).isSetInAllLanes { return pair.optimizer.scale(rho: rho, norm: squares.squareRoot()) }
        let x = slot.pointee.x
        let ascent = Ascent<O>(slot.pointee, s, chunk)
        let size = norm(sumOfSquares: squares, dimension: chunk.dimension) { j in
            pair.optimizer.weight(direction: pair.recall(ascent, direction, j, from: x[j]), x: x[j])
        }
        let isZero = size .== Lanes(repeating: 0)
        slot.pointee.countZeroGradients(isZero)
        return pair.optimizer.scale(rho: rho, norm: size).replaced(by: Lanes(repeating: 0), where: isZero)
    }
}
