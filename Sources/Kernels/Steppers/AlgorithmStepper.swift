import TrialContract

/// Takes the steps of a chunk as an algorithm's tapes say.
///
/// Some slots take a step together, as in `CoupledStepper`: number k of slot i of n, of states, points, answers and results,
/// lies at k n + i. A slot's values do not depend on its company.
final class AlgorithmStepper {
    private let algorithm: DefinedAlgorithm
    private let objective: any CoupledObjective
    /// Vectors of a step's sample.
    private let sampleVectors: Int
    private let evaluations: [Evaluation]
    private let next: TapeMachines
    private let slotsAtOnce: Int
    private let workspace = Workspace()
    private let state: UnsafeMutablePointer<Lanes>
    private let result: UnsafeMutablePointer<Lanes>
    /// The samples of slots that are taken together.
    private let samples: UnsafeMutablePointer<Lanes>
    /// The point and the answer of a slot by itself, for what an objective says of one slot after the other.
    private let lonePoint: UnsafeMutablePointer<Lanes>
    private let loneAnswer: UnsafeMutablePointer<Lanes>
    /// Whose sample the objective was given last in this step.
    private var known: DefinedAlgorithm.Sample?
    /// Vectors that a step draws for itself.
    private let drawn: Int
    /// How many norms follow the new iterate and memory.
    private let norms: Range<Int>

    /// What is asked for, with what computes where.
    private final class Evaluation {
        let question: DefinedAlgorithm.Question
        let point: TapeMachines
        let result: Int
        let inner: [Evaluation]
        /// Numbers of the point; of a mean, of what one example gives.
        let outputs: Int
        let share: UnsafeMutablePointer<Lanes>

        init(_ evaluation: DefinedAlgorithm.Evaluation, slots: Int, _ workspace: Workspace) {
            question = evaluation.question
            point = TapeMachines(evaluation.point)
            result = evaluation.result
            inner = evaluation.inner.map { Evaluation($0, slots: slots, workspace) }
            outputs = evaluation.point.outputSize
            share = workspace.vectors(inner.isEmpty ? 0 : slots * outputs)
        }
    }

    /// Slots on the same step of the chunk.
    private struct Company {
        let slots: UnsafeMutablePointer<Slot>
        let count: Int
        let step: Int
    }

    init(_ algorithm: DefinedAlgorithm, _ objective: any CoupledObjective, sampleVectors: Int) {
        self.algorithm = algorithm
        self.objective = objective
        self.sampleVectors = sampleVectors
        let slots = Self.slotsAtOnce(algorithm, objective, sampleVectors: sampleVectors)
        slotsAtOnce = slots
        evaluations = algorithm.evaluations.map { [workspace] in Evaluation($0, slots: slots, workspace) }
        next = TapeMachines(algorithm.next)
        state = workspace.vectors(slots * algorithm.stateSize)
        result = workspace.vectors(slots * algorithm.next.outputSize)
        samples = workspace.vectors(slots * sampleVectors)
        lonePoint = workspace.vectors(2 * algorithm.dimension)
        loneAnswer = workspace.vectors(algorithm.dimension)
        drawn = algorithm.draws.reduce(0) { $0 + $1.count }
        norms = algorithm.dimension + algorithm.memory.reduce(0) { $0 + $1.count }..<algorithm.next.outputSize
    }

    /// As many as the objective takes and the nearest cache holds beside what the objective keeps there.
    private static func slotsAtOnce(
        _ algorithm: DefinedAlgorithm, _ objective: any CoupledObjective, sampleVectors: Int
    ) -> Int {
        let cacheBytes = 32_768
        let vectors = algorithm.stateSize + algorithm.next.outputSize + algorithm.next.bufferSize + sampleVectors
            + 2 * algorithm.dimension
        for slots in [8, 4, 2] where slots <= objective.slotsAtOnce && slots * vectors * MemoryLayout<Lanes>.stride <= cacheBytes {
            return slots
        }
        return 1
    }

    func advance(_ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?) {
        for first in stride(from: 0, to: count, by: slotsAtOnce) {
            let together = min(slotsAtOnce, count - first)
            for s in 0..<chunk.steps.count {
                step(Company(slots: slots + first, count: together, step: s), chunk)
                if let observe {
                    for i in first..<first + together { observe(i, chunk.steps.lowerBound + s + 1) }
                }
            }
        }
    }

    private func step(_ company: Company, _ chunk: Chunk) {
        let t = chunk.steps.lowerBound + company.step
        for i in 0..<company.count { begin(company.slots + i, i, company, chunk, t) }
        known = nil
        for evaluation in evaluations { answer(evaluation, company) }
        next.machine(company.count).run(at: state, sample: nil, into: result)
        for i in 0..<company.count { end(company.slots + i, i, company, t) }
    }

    /// Writes the first numbers of the state: x, the learning rate, rho, t, the memory and what the step draws for itself.
    private func begin(_ slot: UnsafeMutablePointer<Slot>, _ i: Int, _ company: Company, _ chunk: Chunk, _ t: Int) {
        let n = company.count, d = algorithm.dimension, state = state + i
        let x = slot.pointee.x
        for j in 0..<d { state[j * n] = x[j] }
        state[DefinedAlgorithm.learningRatePlace(d) * n] = slot.pointee.learningRate(chunk, company.step)
        state[DefinedAlgorithm.rhoPlace(d) * n] = slot.pointee.rho(chunk, company.step)
        state[DefinedAlgorithm.timePlace(d) * n] = Lanes(repeating: Double(t))
        recall(slot, state + DefinedAlgorithm.memoryPlace(d) * n, stride: n, isFirst: t == 0)
        if let draws = slot.pointee.ownDraws {
            let own = draws + company.step * drawn, target = state + algorithm.drawsPlace * n
            for k in 0..<drawn { target[k * n] = own[k] }
        }
    }

    /// Takes over the new iterate and memory.
    private func end(_ slot: UnsafeMutablePointer<Slot>, _ i: Int, _ company: Company, _ t: Int) {
        let n = company.count, d = algorithm.dimension, result = result + i
        let x = slot.pointee.x
        let magnitude = sumOfMagnitudes(d) { j in
            x[j] = result[j * n]
            return x[j]
        }
        remember(slot, result + d * n, stride: n)
        for place in norms {
            let isZero = result[place * n] .== Lanes(repeating: 0)
            slot.pointee.countZeroGradients(isZero)
        }
        if !Slot.isFinite(magnitude).isSetInAllLanes {
            slot.pointee.noteDivergence(dimension: d, at: Double(t + 1))
        }
    }

    // MARK: What the objective answers

    /// Puts what the objective says into the state.
    private func answer(_ evaluation: Evaluation, _ company: Company) {
        let n = company.count, target = state + evaluation.result * n
        if case .mean(let sample) = evaluation.question { return mean(evaluation, sample, company) }
        evaluation.point.machine(n).run(at: state, sample: nil, into: objective.point)
        switch evaluation.question {
        case .gradient(let sample): gradient(sample, company, into: target)
        case .value(let sample):
            for i in 0..<n {
                let point = point(of: i, evaluation.outputs, company)
                target[i] = sample == .exact
                    ? objective.measure(point).objective
                    : objective.value(at: point, sample: self.sample(sample, of: i, company), count: sampleVectors)
            }
        case .hessianProduct(let sample):
            for i in 0..<n {
                objective.hessianProduct(
                    at: point(of: i, evaluation.outputs, company), sample: self.sample(sample, of: i, company),
                    count: sampleVectors, into: loneAnswer)
                for j in 0..<algorithm.dimension { target[j * n + i] = loneAnswer[j] }
            }
        case .mean, .exampleGradient: break
        }
    }

    private func gradient(_ sample: DefinedAlgorithm.Sample, _ company: Company, into target: UnsafeMutablePointer<Lanes>) {
        let n = company.count, isKnown = sample != .exact && sample == known
        objective.gradients(
            slots: n, at: objective.point, sample: samples(sample, company, areKnown: isKnown), isKnown: isKnown,
            count: sampleVectors, into: target)
        if sample != .exact { known = sample }
        for i in 0..<n { addNoise(sample, of: i, company, to: target) }
    }

    /// The mean of an expression over examples, in their order; each has the step's noise.
    private func mean(_ evaluation: Evaluation, _ sample: DefinedAlgorithm.Sample, _ company: Company) {
        let n = company.count, target = state + evaluation.result * n, numbers = evaluation.outputs * n
        let count = objective.exampleCount(sample: self.sample(sample, of: 0, company), count: sampleVectors)
        target.update(repeating: Lanes(repeating: 0), count: numbers)
        for example in 0..<count {
            for inner in evaluation.inner {
                let answer = state + inner.result * n
                inner.point.machine(n).run(at: state, sample: nil, into: objective.point)
                for i in 0..<n {
                    objective.exampleGradient(
                        at: point(of: i, inner.outputs, company), sample: self.sample(sample, of: i, company), count: sampleVectors,
                        index: example, into: loneAnswer)
                    for j in 0..<algorithm.dimension { answer[j * n + i] = loneAnswer[j] }
                    addNoise(sample, of: i, company, to: answer)
                }
            }
            evaluation.point.machine(n).run(at: state, sample: nil, into: evaluation.share)
            for k in 0..<numbers { target[k] += evaluation.share[k] }
        }
        for k in 0..<numbers { target[k] = target[k] * (1 / Double(count)) }
        // Single examples may have gone through the same machine.
        known = nil
    }

    private func addNoise(
        _ sample: DefinedAlgorithm.Sample, of i: Int, _ company: Company, to gradient: UnsafeMutablePointer<Lanes>
    ) {
        guard let noise = drawn(sample, company.slots + i).noise else { return }
        let n = company.count, d = algorithm.dimension, own = noise + company.step * d, gradient = gradient + i
        for j in 0..<d { gradient[j * n] += own[j] }
    }

    /// The numbers of one slot's point.
    private func point(of i: Int, _ count: Int, _ company: Company) -> UnsafeMutablePointer<Lanes> {
        if company.count == 1 { return objective.point }
        let own = objective.point + i
        for k in 0..<count { lonePoint[k] = own[k * company.count] }
        return lonePoint
    }

    // MARK: What was drawn

    /// Where a chunk's samples and noise lie; `nil`: there are none, as for the objective itself.
    private func drawn(
        _ sample: DefinedAlgorithm.Sample, _ slot: UnsafeMutablePointer<Slot>
    ) -> (components: UnsafePointer<Lanes>?, noise: UnsafePointer<Lanes>?) {
        switch sample {
        case .exact: (nil, nil)
        case .first: (slot.pointee.descentComponents, slot.pointee.descentNoise)
        case .second: (slot.pointee.ascentComponents, slot.pointee.ascentNoise)
        case .third: (slot.pointee.thirdComponents, slot.pointee.thirdNoise)
        }
    }

    /// What one slot has drawn for the step.
    private func sample(_ sample: DefinedAlgorithm.Sample, of i: Int, _ company: Company) -> UnsafePointer<Lanes>? {
        drawn(sample, company.slots + i).components.map { $0 + company.step * sampleVectors }
    }

    /// What all slots have drawn for the step.
    private func samples(
        _ sample: DefinedAlgorithm.Sample, _ company: Company, areKnown: Bool
    ) -> UnsafePointer<Lanes>? {
        guard let first = self.sample(sample, of: 0, company) else { return nil }
        let n = company.count
        if n == 1 { return first }
        for i in 0..<n where !areKnown {
            guard let own = self.sample(sample, of: i, company) else { return nil }
            for k in 0..<sampleVectors { samples[k * n + i] = own[k] }
        }
        return UnsafePointer(samples)
    }

    // MARK: Memory. A slot has room for x's coordinates for each, so that what is kept between runs is told by the class.

    private func recall(_ slot: UnsafeMutablePointer<Slot>, _ target: UnsafeMutablePointer<Lanes>, stride: Int, isFirst: Bool) {
        var place = 0
        for (index, memory) in algorithm.memory.enumerated() {
            let kept = slot.pointee.memory + index * algorithm.dimension
            for k in 0..<memory.count {
                target[(place + k) * stride] = isFirst ? Lanes(repeating: memory.firstValue) : kept[k]
            }
            place += memory.count
        }
    }

    private func remember(_ slot: UnsafeMutablePointer<Slot>, _ source: UnsafeMutablePointer<Lanes>, stride: Int) {
        var place = 0
        for (index, memory) in algorithm.memory.enumerated() {
            let kept = slot.pointee.memory + index * algorithm.dimension
            for k in 0..<memory.count { kept[k] = source[(place + k) * stride] }
            place += memory.count
        }
    }
}
