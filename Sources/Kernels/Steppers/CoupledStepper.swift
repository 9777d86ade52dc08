/// Takes the steps of a chunk on a problem whose gradient takes all coordinates together.
struct CoupledStepper<O: Optimizer> {
    let optimizer: O
    let objective: any CoupledObjective
    /// Vectors of a step's sample.
    let sampleVectors: Int

    func advance(_ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?) {
        for i in 0..<count {
            for s in 0..<chunk.steps.count {
                step(slots + i, s, chunk)
                observe?(i, chunk.steps.lowerBound + s + 1)
            }
        }
    }

    private func step(_ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk) {
        let d = chunk.dimension
        let learningRate = slot.pointee.learningRate(chunk, s)
        let x = slot.pointee.x, memory = slot.pointee.memory, gradient = objective.gradient
        if O.ascentGradient == .none {
            objective.point.update(from: x, count: d)
        } else {
            climb(slot, s, chunk, slot.pointee.rho(chunk, s))
        }
        let sample = O.descentIsNoisy ? slot.pointee.descentComponents.map { $0 + s * sampleVectors } : nil
        objective.gradient(at: objective.point, sample: sample, count: sampleVectors, into: gradient)
        let noise = slot.pointee.descentNoise + s * d
        let magnitude = sumOfMagnitudes(d) { j in
            let next = optimizer.descend(
                x: x[j], gradient: O.descentIsNoisy ? gradient[j] + noise[j] : gradient[j], learningRate: learningRate,
                memory: memory + j * O.memoryVectors)
            x[j] = next
            return next
        }
        if !Slot.isFinite(magnitude).isSetInAllLanes {
            slot.pointee.noteDivergence(dimension: d, at: Double(chunk.steps.lowerBound + s + 1))
        }
    }

    /// Leaves the point whose gradient is descended in the objective's `point`.
    private func climb(_ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk, _ rho: Lanes) {
        let d = chunk.dimension
        let x = slot.pointee.x, memory = slot.pointee.memory, direction = chunk.directions
        let gradient = objective.gradient
        let hasOwn = O.ascentGradient == .ownNoise, isExact = O.ascentGradient == .exact
        let components = hasOwn ? slot.pointee.ascentComponents : slot.pointee.descentComponents
        objective.gradient(
            at: x, sample: isExact ? nil : components.map { $0 + s * sampleVectors }, count: sampleVectors, into: gradient)
        let noise = (hasOwn ? slot.pointee.ascentNoise : slot.pointee.descentNoise) + s * d
        let squares = sumOfSquares(d) { j in
            direction[j] = optimizer.ascent(
                gradient: isExact ? gradient[j] : gradient[j] + noise[j], x: x[j], memory: memory + j * O.memoryVectors)
            return optimizer.weight(direction: direction[j], x: x[j])
        }
        let size = norm(sumOfSquares: squares, dimension: d) { optimizer.weight(direction: direction[$0], x: x[$0]) }
        let isZero = size .== Lanes(repeating: 0)
        slot.pointee.countZeroGradients(isZero)
        let scale = optimizer.scale(rho: rho, norm: size).replaced(by: Lanes(repeating: 0), where: isZero)
        for j in 0..<d { objective.point[j] = x[j].adding(scale, times: direction[j]) }
    }
}
