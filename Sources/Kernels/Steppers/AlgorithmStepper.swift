import TrialContract

/// Takes the steps of a chunk as an algorithm's tapes say.
final class AlgorithmStepper {
    private let algorithm: DefinedAlgorithm
    private let objective: any CoupledObjective
    /// Vectors of a step's sample.
    private let sampleVectors: Int
    private let points: [TapeMachine]
    private let next: TapeMachine
    private let workspace = Workspace()
    private let state: UnsafeMutablePointer<Lanes>
    private let result: UnsafeMutablePointer<Lanes>
    /// How many norms follow the new iterate and memory.
    private let norms: Range<Int>

    init(_ algorithm: DefinedAlgorithm, _ objective: any CoupledObjective, sampleVectors: Int) {
        self.algorithm = algorithm
        self.objective = objective
        self.sampleVectors = sampleVectors
        points = algorithm.evaluations.map { TapeMachine($0.point) }
        next = TapeMachine(algorithm.next)
        state = workspace.vectors(algorithm.stateSize)
        result = workspace.vectors(algorithm.next.outputSize)
        norms = algorithm.dimension + algorithm.memory.reduce(0) { $0 + $1.count }..<algorithm.next.outputSize
    }

    func advance(_ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?) {
        for i in 0..<count {
            for s in 0..<chunk.steps.count {
                step(slots + i, s, chunk)
                observe?(i, chunk.steps.lowerBound + s + 1)
            }
        }
    }

    private func step(_ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk) {
        let d = chunk.dimension, t = chunk.steps.lowerBound + s
        let x = slot.pointee.x
        state.update(from: x, count: d)
        state[DefinedAlgorithm.learningRatePlace(d)] = slot.pointee.learningRate(chunk, s)
        state[DefinedAlgorithm.rhoPlace(d)] = slot.pointee.rho(chunk, s)
        state[DefinedAlgorithm.timePlace(d)] = Lanes(repeating: Double(t))
        recall(slot, isFirst: t == 0, d)
        for (evaluation, machine) in zip(algorithm.evaluations, points) {
            machine.run(at: state, sample: nil, into: objective.point)
            answer(evaluation, slot, s, d)
        }
        next.run(at: state, sample: nil, into: result)
        let magnitude = sumOfMagnitudes(d) { j in
            x[j] = result[j]
            return x[j]
        }
        remember(slot, d)
        for place in norms {
            let isZero = result[place] .== Lanes(repeating: 0)
            slot.pointee.countZeroGradients(isZero)
        }
        if !Slot.isFinite(magnitude).isSetInAllLanes {
            slot.pointee.noteDivergence(dimension: d, at: Double(t + 1))
        }
    }

    /// What the objective says at its `point`.
    private func answer(
        _ evaluation: DefinedAlgorithm.Evaluation, _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ d: Int
    ) {
        let target = state + evaluation.result
        switch evaluation.question {
        case .value: target[0] = objective.measure(objective.point).objective
        case .exact: objective.gradient(at: objective.point, sample: nil, count: sampleVectors, into: target)
        case .firstSample: gradient(slot.pointee.descentComponents, slot.pointee.descentNoise, s, d, target)
        case .secondSample: gradient(slot.pointee.ascentComponents, slot.pointee.ascentNoise, s, d, target)
        }
    }

    private func gradient(
        _ components: UnsafePointer<Lanes>?, _ noise: UnsafePointer<Lanes>, _ s: Int, _ d: Int,
        _ target: UnsafeMutablePointer<Lanes>
    ) {
        objective.gradient(
            at: objective.point, sample: components.map { $0 + s * sampleVectors }, count: sampleVectors, into: target)
        let noise = noise + s * d
        for j in 0..<d { target[j] += noise[j] }
    }

    // MARK: Memory. A slot has room for x's coordinates for each, so that what is kept between runs is told by the class.

    private func recall(_ slot: UnsafeMutablePointer<Slot>, isFirst: Bool, _ d: Int) {
        var target = state + DefinedAlgorithm.memoryPlace(d)
        for (place, memory) in algorithm.memory.enumerated() {
            if isFirst {
                target.update(repeating: Lanes(repeating: memory.firstValue), count: memory.count)
            } else {
                target.update(from: slot.pointee.memory + place * d, count: memory.count)
            }
            target += memory.count
        }
    }

    private func remember(_ slot: UnsafeMutablePointer<Slot>, _ d: Int) {
        var source = result + d
        for (place, memory) in algorithm.memory.enumerated() {
            (slot.pointee.memory + place * d).update(from: source, count: memory.count)
            source += memory.count
        }
    }
}
