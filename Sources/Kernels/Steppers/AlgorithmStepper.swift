import TrialContract

/// Takes the steps of a chunk as an algorithm's tapes say.
final class AlgorithmStepper {
    private let algorithm: DefinedAlgorithm
    private let objective: any CoupledObjective
    /// Vectors of a step's sample.
    private let sampleVectors: Int
    private let evaluations: [Evaluation]
    private let next: TapeMachine
    private let workspace = Workspace()
    private let state: UnsafeMutablePointer<Lanes>
    private let result: UnsafeMutablePointer<Lanes>
    /// Vectors that a step draws for itself.
    private let drawn: Int
    /// How many norms follow the new iterate and memory.
    private let norms: Range<Int>

    /// What is asked for, with what computes where.
    private final class Evaluation {
        let question: DefinedAlgorithm.Question
        let point: TapeMachine
        let result: Int
        let inner: [Evaluation]
        /// Of a mean: what one example gives.
        let outputs: Int
        let share: UnsafeMutablePointer<Lanes>

        init(_ evaluation: DefinedAlgorithm.Evaluation, _ workspace: Workspace) {
            question = evaluation.question
            point = TapeMachine(evaluation.point)
            result = evaluation.result
            inner = evaluation.inner.map { Evaluation($0, workspace) }
            outputs = evaluation.point.outputSize
            share = workspace.vectors(inner.isEmpty ? 0 : outputs)
        }
    }

    init(_ algorithm: DefinedAlgorithm, _ objective: any CoupledObjective, sampleVectors: Int) {
        self.algorithm = algorithm
        self.objective = objective
        self.sampleVectors = sampleVectors
        evaluations = algorithm.evaluations.map { [workspace] in Evaluation($0, workspace) }
        next = TapeMachine(algorithm.next)
        state = workspace.vectors(algorithm.stateSize)
        result = workspace.vectors(algorithm.next.outputSize)
        drawn = algorithm.draws.reduce(0) { $0 + $1.count }
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
        if let draws = slot.pointee.ownDraws {
            (state + algorithm.drawsPlace).update(from: draws + s * drawn, count: drawn)
        }
        for evaluation in evaluations { answer(evaluation, slot, s, d) }
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

    /// What a sample of a step is: what was drawn, `nil` for the objective itself, and the noise.
    private func drawn(
        _ sample: DefinedAlgorithm.Sample, _ slot: UnsafeMutablePointer<Slot>, _ s: Int
    ) -> (components: UnsafePointer<Lanes>?, noise: UnsafePointer<Lanes>?) {
        let (components, noise): (UnsafePointer<Lanes>?, UnsafePointer<Lanes>?) =
            switch sample {
            case .exact: (nil, nil)
            case .first: (slot.pointee.descentComponents, slot.pointee.descentNoise)
            case .second: (slot.pointee.ascentComponents, slot.pointee.ascentNoise)
            case .third: (slot.pointee.thirdComponents, slot.pointee.thirdNoise)
            }
        return (components.map { $0 + s * sampleVectors }, noise.map { $0 + s * algorithm.dimension })
    }

    /// Puts what the objective says into the state.
    private func answer(_ evaluation: Evaluation, _ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ d: Int) {
        let target = state + evaluation.result
        switch evaluation.question {
        case .gradient(let sample):
            let (components, noise) = drawn(sample, slot, s)
            evaluation.point.run(at: state, sample: nil, into: objective.point)
            objective.gradient(at: objective.point, sample: components, count: sampleVectors, into: target)
            if let noise { for j in 0..<d { target[j] += noise[j] } }
        case .value(let sample):
            evaluation.point.run(at: state, sample: nil, into: objective.point)
            target[0] = sample == .exact
                ? objective.measure(objective.point).objective
                : objective.value(at: objective.point, sample: drawn(sample, slot, s).components, count: sampleVectors)
        case .hessianProduct(let sample):
            evaluation.point.run(at: state, sample: nil, into: objective.point)
            objective.hessianProduct(
                at: objective.point, sample: drawn(sample, slot, s).components, count: sampleVectors, into: target)
        case .mean(let sample): mean(evaluation, drawn(sample, slot, s), d)
        case .exampleGradient: break
        }
    }

    /// The mean of an expression over examples, in their order; each has the step's noise.
    private func mean(
        _ evaluation: Evaluation, _ drawn: (components: UnsafePointer<Lanes>?, noise: UnsafePointer<Lanes>?), _ d: Int
    ) {
        let target = state + evaluation.result
        let count = objective.exampleCount(sample: drawn.components, count: sampleVectors)
        target.update(repeating: Lanes(repeating: 0), count: evaluation.outputs)
        for example in 0..<count {
            for inner in evaluation.inner {
                inner.point.run(at: state, sample: nil, into: objective.point)
                let answer = state + inner.result
                objective.exampleGradient(
                    at: objective.point, sample: drawn.components, count: sampleVectors, index: example, into: answer)
                if let noise = drawn.noise { for j in 0..<d { answer[j] += noise[j] } }
            }
            evaluation.point.run(at: state, sample: nil, into: evaluation.share)
            for j in 0..<evaluation.outputs { target[j] += evaluation.share[j] }
        }
        for j in 0..<evaluation.outputs { target[j] = target[j] * (1 / Double(count)) }
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
