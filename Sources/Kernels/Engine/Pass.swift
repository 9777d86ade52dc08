// What a pass over the coordinates does to each of them. The parts of a step hold pointers and lanes only; problem and
// optimizer, which may own memory, stay with the stepper.

/// What the ascent of one step reads.
struct Ascent<O: Optimizer> {
    let noise: UnsafePointer<Lanes>
    let memory: UnsafeMutablePointer<Lanes>
    let component: Lanes

    @inline(__always)
    init(_ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk) {
        let isOwn = O.ascentGradient == .ownNoise
        noise = (isOwn ? slot.pointee.ascentNoise : slot.pointee.descentNoise) + s * chunk.dimension
        memory = slot.pointee.memory
        let components = isOwn ? slot.pointee.ascentComponents : slot.pointee.descentComponents
        if O.ascentGradient != .exact, let components {
            component = components[s]
        } else {
            component = Lanes(repeating: 0)
        }
    }
}

/// Where the descent gradient is taken.
protocol Perturbation {
    func callAsFunction(_ x: Lanes, _ j: Int) -> Lanes
}

/// At x itself.
struct Unperturbed: Perturbation {
    @inline(__always)
    func callAsFunction(_ x: Lanes, _ j: Int) -> Lanes { x }
}

/// At x + scale * direction.
struct AlongDirection: Perturbation {
    let scale: Lanes
    let direction: UnsafeMutablePointer<Lanes>

    @inline(__always)
    func callAsFunction(_ x: Lanes, _ j: Int) -> Lanes { x.adding(scale, times: direction[j]) }
}

/// At x + displacement, in one dimension.
struct Displaced: Perturbation {
    let displacement: Lanes

    @inline(__always)
    func callAsFunction(_ x: Lanes, _ j: Int) -> Lanes { x + displacement }
}

/// What the descent of one step reads and writes.
struct Descent<O: Optimizer, Q: Perturbation> {
    let perturbed: Q
    let x: UnsafeMutablePointer<Lanes>
    let noise: UnsafePointer<Lanes>
    let memory: UnsafeMutablePointer<Lanes>
    let component: Lanes
    let learningRate: Lanes

    @inline(__always)
    init(
        _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ learningRate: Lanes, at perturbed: Q
    ) {
        self.perturbed = perturbed
        self.learningRate = learningRate
        x = slot.pointee.x
        noise = slot.pointee.descentNoise + s * chunk.dimension
        memory = slot.pointee.memory
        if O.descentIsNoisy, let components = slot.pointee.descentComponents {
            component = components[s]
        } else {
            component = Lanes(repeating: 0)
        }
    }
}

extension Stepper {
    /// The direction to climb along coordinate `j` from `x`.
    @inline(__always)
    func take(_ ascent: Ascent<O>, _ j: Int, from x: Lanes) -> Lanes {
        let additive = O.ascentGradient == .exact ? Lanes(repeating: 0) : ascent.noise[j]
        let gradient = problem.gradient(at: x, coordinate: j, component: ascent.component, plus: additive)
        return optimizer.ascent(gradient: gradient, x: x, memory: ascent.memory + j * O.memoryVectors)
    }

    /// Stores and returns the new iterate's coordinate `j`.
    @inline(__always)
    func take<Q: Perturbation>(_ descent: Descent<O, Q>, _ j: Int) -> Lanes {
        let x = descent.x[j]
        let additive = O.descentIsNoisy ? descent.noise[j] : Lanes(repeating: 0)
        let gradient = problem.gradient(
            at: descent.perturbed(x, j), coordinate: j, component: descent.component, plus: additive)
        let next = optimizer.descend(
            x: x, gradient: gradient, learningRate: descent.learningRate, memory: descent.memory + j * O.memoryVectors)
        descent.x[j] = next
        return next
    }
}
