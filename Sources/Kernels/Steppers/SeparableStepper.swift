/// Takes the steps of a chunk on a problem whose gradient is taken coordinate by coordinate, whichever it is.
///
/// The same steps as `Stepper`'s, to the bit, in passes: gradients of the slots that take turns, their directions, gradients
/// there, the steps down. Compiled once for an optimizer and not for each pair, and slower than a pair by what is written
/// between the passes and read again, little beside a gradient that is more than one or two operations.
final class SeparableStepper<O: Optimizer> {
    private let optimizer: O
    private let objective: any CoordinatewiseObjective
    private let dimension: Int
    private let slotsAtOnce: Int
    private let workspace = Workspace()
    private let rows: UnsafeMutablePointer<GradientRow>
    /// Slot by slot: gradients, in the ascent the directions made of them, and the points that are climbed to.
    private let gradients: UnsafeMutablePointer<Lanes>
    private let points: UnsafeMutablePointer<Lanes>
    /// The noise of exact gradients.
    private let silence: UnsafeMutablePointer<Lanes>

    init(optimizer: O, objective: any CoordinatewiseObjective, dimension: Int) {
        self.optimizer = optimizer
        self.objective = objective
        self.dimension = dimension
        slotsAtOnce = Interleaving.slots(dimension: dimension)
        rows = workspace.vectors(slotsAtOnce)
        gradients = workspace.vectors(slotsAtOnce * dimension)
        points = workspace.vectors(slotsAtOnce * dimension)
        silence = workspace.vectors(dimension)
        silence.update(repeating: Lanes(repeating: 0), count: dimension)
    }

    func advance(_ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?) {
        for first in stride(from: 0, to: count, by: slotsAtOnce) {
            let together = min(slotsAtOnce, count - first)
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
        if O.ascentGradient != .none {
            for i in 0..<count {
                let ascent = Ascent<O>(slots[i], s, chunk)
                let noise = O.ascentGradient == .exact ? UnsafePointer(silence) : ascent.noise
                rows[i] = GradientRow(
                    point: UnsafePointer(slots[i].x), component: ascent.component, noise: noise, gradient: gradients + i * d)
            }
            objective.gradients(rows, count: count)
            for i in 0..<count { climb(slots + i, i, s, chunk) }
        }
        for i in 0..<count {
            let descent = Descent<O>(slots[i], s, chunk, Lanes(repeating: 0))
            rows[i] = GradientRow(
                point: UnsafePointer(O.ascentGradient == .none ? slots[i].x : points + i * d), component: descent.component,
                noise: O.descentIsNoisy ? descent.noise : UnsafePointer(silence), gradient: gradients + i * d)
        }
        objective.gradients(rows, count: count)
        for i in 0..<count { descend(slots + i, i, s, chunk) }
    }

    /// Leaves the point whose gradient is descended.
    @inline(__always)
    private func climb(_ slot: UnsafeMutablePointer<Slot>, _ i: Int, _ s: Int, _ chunk: Chunk) {
        let d = dimension, x = slot.pointee.x, memory = slot.pointee.memory
        let direction = gradients + i * d, point = points + i * d
        let rho = slot.pointee.rho(chunk, s)
        if d == 1 {
            let found = optimizer.ascent(gradient: direction[0], x: x[0], memory: memory)
            let weight = optimizer.weight(direction: found, x: x[0])
            let isZero = weight .== Lanes(repeating: 0)
            slot.pointee.countZeroGradients(isZero)
            point[0] = x[0] + optimizer.displacementOnLine(rho: rho, direction: found, weight: weight)
                .replaced(by: Lanes(repeating: 0), where: isZero)
            return
        }
        let squares = sumOfSquares(d) { j in
            let found = optimizer.ascent(gradient: direction[j], x: x[j], memory: memory + j * O.memoryVectors)
            direction[j] = found
            return optimizer.weight(direction: found, x: x[j])
        }
        let size = norm(sumOfSquares: squares, dimension: d) { optimizer.weight(direction: direction[$0], x: x[$0]) }
        let isZero = size .== Lanes(repeating: 0)
        slot.pointee.countZeroGradients(isZero)
        let scale = optimizer.scale(rho: rho, norm: size).replaced(by: Lanes(repeating: 0), where: isZero)
        for j in 0..<d { point[j] = x[j].adding(scale, times: direction[j]) }
    }

    @inline(__always)
    private func descend(_ slot: UnsafeMutablePointer<Slot>, _ i: Int, _ s: Int, _ chunk: Chunk) {
        let learningRate = slot.pointee.learningRate(chunk, s)
        let x = slot.pointee.x, memory = slot.pointee.memory, gradient = gradients + i * dimension
        let magnitude = sumOfMagnitudes(dimension) { j in
            let next = optimizer.descend(
                x: x[j], gradient: gradient[j], learningRate: learningRate, memory: memory + j * O.memoryVectors)
            x[j] = next
            return next
        }
        if !Slot.isFinite(magnitude).isSetInAllLanes {
            slot.pointee.noteDivergence(dimension: dimension, at: Double(chunk.steps.lowerBound + s + 1))
        }
    }
}
