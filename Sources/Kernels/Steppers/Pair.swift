// The parts of a step hold pointers and lanes only; problem and
// optimizer, which may own memory, stay with the pair.

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

/// What a problem and an optimizer do to each coordinate, the same in all steppers.
struct Pair<P: Problem, O: Optimizer> {
    let problem: P
    let optimizer: O

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
