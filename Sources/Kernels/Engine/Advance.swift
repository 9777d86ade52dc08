/// Takes the steps of a chunk with one problem and one optimizer, for some slots.
///
/// Sums over coordinates have a fixed order inside a lane; lanes never meet. With few coordinates a step is a chain
/// of dependent operations, so the slots take turns within each step and overlap in the processor; with many, each slot
/// takes all its steps while its iterate is in the nearest cache. The order never changes a value.
struct Stepper<P: Problem, O: Optimizer> {
    let problem: P
    let optimizer: O

    /// Below this many coordinates slots take turns.
    private static var turnTakingLimit: Int { 16 }

    func advance(
        _ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?
    ) {
        if P.isOnLine || chunk.dimension < Self.turnTakingLimit || observe != nil {
            for s in 0..<chunk.steps.count {
                for i in 0..<count { step(slots + i, s, chunk) }
                if let observe {
                    for i in 0..<count { observe(i, chunk.steps.lowerBound + s + 1) }
                }
            }
        } else {
            for i in 0..<count {
                for s in 0..<chunk.steps.count { step(slots + i, s, chunk) }
            }
        }
    }

    @inline(__always)
    private func step(_ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk) {
        var learningRate = slot.pointee.learningRate
        if let factors = chunk.learningRateFactors { learningRate *= Lanes(repeating: factors[s]) }
        let normSquared: Lanes
        if O.ascentGradient == .none {
            normSquared = descend(slot, s, chunk, learningRate) { x, _ in x }
        } else {
            var rho = slot.pointee.rho
            if let factors = chunk.rhoFactors { rho *= Lanes(repeating: factors[s]) }
            if P.isOnLine || chunk.dimension == 1 {
                normSquared = stepOnLine(slot, s, chunk, learningRate, rho)
            } else {
                let scale = ascend(slot, s, chunk, rho)
                normSquared = descend(slot, s, chunk, learningRate) { x, j in
                    x.adding(scale, times: chunk.direction[j])
                }
            }
        }
        slot.pointee.note(normSquared: normSquared, at: Double(chunk.steps.lowerBound + s + 1))
    }

    /// The ascent: leaves the direction in `chunk.direction` and returns what it is to be multiplied with.
    @inline(__always)
    private func ascend(_ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ rho: Lanes) -> Lanes {
        let d = chunk.dimension
        let x = slot.pointee.x
        let noise = (O.ascentGradient == .ownNoise ? slot.pointee.ascentNoise : slot.pointee.descentNoise) + s * d
        let component = ascentComponent(slot, s)
        let noiseScale = slot.pointee.noiseScale
        let sum = sumOfSquares(d) { j in
            let direction = ascent(slot, j, x[j], component, noise, noiseScale)
            chunk.direction[j] = direction
            return optimizer.weight(direction: direction, x: x[j])
        }
        let size = norm(sumOfSquares: sum, dimension: d) { j in
            optimizer.weight(direction: chunk.direction[j], x: x[j])
        }
        let isZero = size .== Lanes(repeating: 0)
        slot.pointee.zeroGradients += Lanes(repeating: 0).replaced(by: Lanes(repeating: 1), where: isZero)
        return optimizer.scale(rho: rho, norm: size).replaced(by: Lanes(repeating: 0), where: isZero)
    }

    /// The component of a finite sum whose gradient is climbed; 0: the mean of all.
    @inline(__always)
    private func ascentComponent(_ slot: UnsafeMutablePointer<Slot>, _ s: Int) -> Lanes {
        guard let components = O.ascentGradient == .ownNoise
            ? slot.pointee.ascentComponents : slot.pointee.descentComponents, O.ascentGradient != .exact
        else { return Lanes(repeating: 0) }
        return components[s]
    }

    /// The direction to climb along one coordinate.
    @inline(__always)
    private func ascent(
        _ slot: UnsafeMutablePointer<Slot>, _ j: Int, _ x: Lanes, _ component: Lanes, _ noise: UnsafePointer<Lanes>,
        _ noiseScale: Lanes
    ) -> Lanes {
        let additive = O.ascentGradient == .exact ? Lanes(repeating: 0) : noiseScale * noise[j]
        let gradient = problem.gradient(at: x, coordinate: j, component: component, plus: additive)
        return optimizer.ascent(gradient: gradient, x: x, memory: slot.pointee.memory + j * O.memoryVectors)
    }

    /// The descent from x with the gradient at `perturbed(x, j)`; returns |x'|^2.
    @inline(__always)
    private func descend(
        _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ learningRate: Lanes,
        _ perturbed: (Lanes, Int) -> Lanes
    ) -> Lanes {
        let d = chunk.dimension
        let x = slot.pointee.x
        let noise = slot.pointee.descentNoise + s * d
        let noiseScale = slot.pointee.noiseScale
        let memory = slot.pointee.memory
        var component = Lanes(repeating: 0)
        if O.descentIsNoisy, let components = slot.pointee.descentComponents { component = components[s] }
        @inline(__always)
        func take(_ j: Int) -> Lanes {
            let additive = O.descentIsNoisy ? noiseScale * noise[j] : Lanes(repeating: 0)
            let gradient = problem.gradient(
                at: perturbed(x[j], j), coordinate: j, component: component, plus: additive)
            let next = optimizer.descend(
                x: x[j], gradient: gradient, learningRate: learningRate,
                memory: memory + j * O.memoryVectors)
            x[j] = next
            return next
        }
        guard P.isOnLine else { return sumOfSquares(d, take) }
        let next = take(0)
        return next * next
    }

    /// A whole step in one dimension, where no norm is needed.
    @inline(__always)
    private func stepOnLine(
        _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ learningRate: Lanes, _ rho: Lanes
    ) -> Lanes {
        let noise = O.ascentGradient == .ownNoise ? slot.pointee.ascentNoise : slot.pointee.descentNoise
        let x = slot.pointee.x[0]
        let direction = ascent(slot, 0, x, ascentComponent(slot, s), noise + s, slot.pointee.noiseScale)
        let weight = optimizer.weight(direction: direction, x: x)
        let isZero = weight .== Lanes(repeating: 0)
        slot.pointee.zeroGradients += Lanes(repeating: 0).replaced(by: Lanes(repeating: 1), where: isZero)
        let displacement = optimizer.displacementOnLine(rho: rho, direction: direction, weight: weight)
            .replaced(by: Lanes(repeating: 0), where: isZero)
        return descend(slot, s, chunk, learningRate) { x, _ in x + displacement }
    }
}
