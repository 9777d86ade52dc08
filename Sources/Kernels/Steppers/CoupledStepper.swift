/// Takes the steps of a chunk on a problem whose gradient takes all coordinates together.
///
/// Some slots take a step together, with coordinate j of slot i at j n + i of n slots: what the objective does for one of
/// them it does for the next in the same breath. A slot's values do not depend on its company.
final class CoupledStepper<O: Optimizer> {
    private let optimizer: O
    private let objective: any CoupledObjective
    /// Vectors of a step's sample.
    private let sampleVectors: Int
    private let dimension: Int
    private let workspace = Workspace()
    private let point: UnsafeMutablePointer<Lanes>
    private let gradient: UnsafeMutablePointer<Lanes>
    private let direction: UnsafeMutablePointer<Lanes>
    /// The samples of a step of slots that are taken together.
    private let samples: UnsafeMutablePointer<Lanes>

    init(optimizer: O, objective: any CoupledObjective, dimension: Int, sampleVectors: Int) {
        self.optimizer = optimizer
        self.objective = objective
        self.dimension = dimension
        self.sampleVectors = sampleVectors
        point = objective.point
        gradient = objective.gradient
        direction = workspace.vectors(dimension * objective.slotsAtOnce)
        samples = workspace.vectors(sampleVectors * objective.slotsAtOnce)
    }

    func advance(_ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?) {
        let size = objective.slotsAtOnce
        for first in stride(from: 0, to: count, by: size) {
            let together = min(size, count - first)
            for s in 0..<chunk.steps.count {
                step(slots + first, together, s, chunk)
                if let observe {
                    for i in first..<first + together { observe(i, chunk.steps.lowerBound + s + 1) }
                }
            }
        }
    }

    private func step(_ slots: UnsafeMutablePointer<Slot>, _ count: Int, _ s: Int, _ chunk: Chunk) {
        let d = dimension
        for i in 0..<count {
            let x = slots[i].x
            for j in 0..<d { point[j * count + i] = x[j] }
        }
        var sample: UnsafePointer<Lanes>?
        if O.ascentGradient != .none { sample = climb(slots, count, s, chunk) }
        if O.ascentGradient != .sharedNoise { sample = O.descentIsNoisy ? self.sample(slots, count, s) { $0.descentComponents } : nil }
        objective.gradients(
            slots: count, at: point, sample: sample, isKnown: O.ascentGradient == .sharedNoise, count: sampleVectors,
            into: gradient)
        for i in 0..<count { descend(slots + i, gradient + i, count, s, chunk) }
    }

    /// Takes slot by slot the step down the gradients, every `stride`-th vector of which is its own.
    @inline(__always)
    private func descend(
        _ slot: UnsafeMutablePointer<Slot>, _ gradient: UnsafePointer<Lanes>, _ stride: Int, _ s: Int, _ chunk: Chunk
    ) {
        let learningRate = slot.pointee.learningRate(chunk, s)
        let x = slot.pointee.x, memory = slot.pointee.memory, noise = slot.pointee.descentNoise + s * dimension
        let magnitude = sumOfMagnitudes(dimension) { j in
            let own = gradient[j * stride]
            let next = optimizer.descend(
                x: x[j], gradient: O.descentIsNoisy ? own + noise[j] : own, learningRate: learningRate,
                memory: memory + j * O.memoryVectors)
            x[j] = next
            return next
        }
        if !Slot.isFinite(magnitude).isSetInAllLanes {
            slot.pointee.noteDivergence(dimension: dimension, at: Double(chunk.steps.lowerBound + s + 1))
        }
    }

    /// Puts the points whose gradients are descended in the place of the iterates; returns the samples that were taken.
    private func climb(_ slots: UnsafeMutablePointer<Slot>, _ count: Int, _ s: Int, _ chunk: Chunk) -> UnsafePointer<Lanes>? {
        let hasOwn = O.ascentGradient == .ownNoise, isExact = O.ascentGradient == .exact
        let sample = isExact ? nil : sample(slots, count, s) { hasOwn ? $0.ascentComponents : $0.descentComponents }
        objective.gradients(
            slots: count, at: point, sample: sample, isKnown: false, count: sampleVectors, into: gradient)
        for i in 0..<count { climb(slots + i, i, count, s, chunk) }
        return sample
    }

    @inline(__always)
    private func climb(_ slot: UnsafeMutablePointer<Slot>, _ i: Int, _ stride: Int, _ s: Int, _ chunk: Chunk) {
        let hasOwn = O.ascentGradient == .ownNoise, isExact = O.ascentGradient == .exact
        let x = slot.pointee.x, memory = slot.pointee.memory, d = dimension
        let noise = (hasOwn ? slot.pointee.ascentNoise : slot.pointee.descentNoise) + s * d
        let gradient = gradient + i, direction = direction + i, point = point + i
        let squares = sumOfSquares(d) { j in
            let own = gradient[j * stride]
            let found = optimizer.ascent(
                gradient: isExact ? own : own + noise[j], x: x[j], memory: memory + j * O.memoryVectors)
            direction[j * stride] = found
            return optimizer.weight(direction: found, x: x[j])
        }
        let size = norm(sumOfSquares: squares, dimension: d) { optimizer.weight(direction: direction[$0 * stride], x: x[$0]) }
        let isZero = size .== Lanes(repeating: 0)
        slot.pointee.countZeroGradients(isZero)
        let scale = optimizer.scale(rho: slot.pointee.rho(chunk, s), norm: size).replaced(by: Lanes(repeating: 0), where: isZero)
        for j in 0..<d { point[j * stride] = x[j].adding(scale, times: direction[j * stride]) }
    }

    /// What the slots have drawn for a step.
    @inline(__always)
    private func sample(
        _ slots: UnsafeMutablePointer<Slot>, _ count: Int, _ s: Int, _ drawn: (Slot) -> UnsafePointer<Lanes>?
    ) -> UnsafePointer<Lanes>? {
        guard let first = drawn(slots[0]) else { return nil }
        if count == 1 { return first + s * sampleVectors }
        for i in 0..<count {
            guard let own = drawn(slots[i]) else { return nil }
            let row = own + s * sampleVectors
            for k in 0..<sampleVectors { samples[k * count + i] = row[k] }
        }
        return UnsafePointer(samples)
    }
}
