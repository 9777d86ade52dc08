import TrialContract

/// Slots that go through the chunks of steps together, group by group with shared noise.
final class Batch {
    /// A group's slots with the same noise level.
    private struct NoiseLevel {
        var scale: Lanes
        var slots: [BlockLayout.SlotLanes]
    }

    private let components: BlockComponents
    private let stepper: BoundStepper
    private let sampler: (any Sampler)?
    /// What the algorithm draws for itself.
    private let ownSampler: DefinedSampler?
    private let steps: Int
    private let divergedAbove: DivergenceBound?
    /// Coordinates of the state and vectors of noise a step.
    private let dimension: Int
    private let noiseVectors: Int
    private let stepsPerChunk: Int
    private let workspace = Workspace()
    private let tracker: StatisticsTracker
    private let update: IterateUpdate
    private let slots: UnsafeMutablePointer<Slot>
    private var rows: [[Int]] = []
    private var sources: [NoiseSource] = []
    /// Slots that read their groups' first noise level, their second, and so on.
    private var passes: [Range<Int>] = []
    private let origin: BlockOrigin
    /// Steps taken so far.
    private var nextStep: Int
    private let directions: UnsafeMutablePointer<Lanes>
    private let factors: (learningRate: UnsafeMutablePointer<Double>?, rho: UnsafeMutablePointer<Double>?)

    init(
        parts: [(BlockLayout.Group, Range<Int>)], request: BlockRequest, components: BlockComponents, noiseBytes: Int,
        origin: BlockOrigin
    ) {
        self.components = components
        self.origin = origin
        nextStep = origin.step
        steps = request.trialClass.steps
        divergedAbove = request.trialClass.divergedAbove
        (dimension, noiseVectors) = components.launcher.size(request.trialClass)
        stepper = components.launcher.bind(request.trialClass)
        sampler = components.launcher.sampler(request.trialClass)
        ownSampler = DefinedSampler(request.trialClass.definedAlgorithm?.draws ?? [])
        let levels = parts.map { Self.levels($0.0.slots[$0.1], request.cells) }
        stepsPerChunk = Self.stepsPerChunk(levels.map(\.count), components, sampler, request, noiseBytes)
        directions = workspace.vectors(dimension * Interleaving.slots(dimension: dimension))
        // Schedules are filled eight steps at a time.
        let factorRoom = (stepsPerChunk + laneCount - 1) / laneCount * laneCount
        factors = (
            components.learningRateSchedule.isConstant ? nil : workspace.vectors(factorRoom),
            components.rhoSchedule.isConstant ? nil : workspace.vectors(factorRoom)
        )
        let slotCount = parts.reduce(0) { $0 + $1.1.count }
        slots = workspace.vectors(slotCount)
        tracker = StatisticsTracker(
            components, request.trialClass, dimension: dimension, slots: slotCount, workspace: workspace,
            measure: stepper.measure)
        let componentRoom = sampler.map { [stepsPerChunk] in $0.vectorsPerStep * stepsPerChunk }
        for (part, levels) in zip(parts, levels) {
            sources.append(NoiseSource(
                part.0.identity, scales: levels.map(\.scale), launcher: components.launcher,
                room: stepsPerChunk * noiseVectors, componentRoom: componentRoom,
                ownRoom: stepsPerChunk * (ownSampler?.vectorsPerStep ?? 0), workspace: workspace))
        }
        update = IterateUpdate(
            UpdateRule(request.trialClass), slots: slots, count: slotCount, dimension: dimension, workspace: workspace)
        place(levels, request)
    }

    /// Sorts slots by their noise scale.
    private static func levels(_ slots: ArraySlice<BlockLayout.SlotLanes>, _ cells: [CellParameters]) -> [NoiseLevel] {
        var levels: [NoiseLevel] = []
        for slot in slots {
            let scale = lanes { cells[slot.cells[$0]].noisePerCoordinate }
            if let index = levels.firstIndex(where: { $0.scale == scale }) {
                levels[index].slots.append(slot)
            } else {
                levels.append(NoiseLevel(scale: scale, slots: [slot]))
            }
        }
        return levels
    }

    /// As many steps as keep their noise in `noiseBytes`, in whole units of the noise model.
    private static func stepsPerChunk(
        _ levels: [Int], _ components: BlockComponents, _ sampler: (any Sampler)?, _ request: BlockRequest,
        _ noiseBytes: Int
    ) -> Int {
        let buffers = levels.reduce(0) { $0 + NoiseSource.bufferCount(components.launcher, levels: $1) }
        let vectorsPerStep = max(1, buffers * components.launcher.size(request.trialClass).noiseVectors)
            + levels.count * ((sampler?.vectorsPerStep ?? 0)
                + (request.trialClass.definedAlgorithm?.draws.reduce(0) { $0 + $1.count } ?? 0))
        let wished = min(256, noiseBytes / (vectorsPerStep * MemoryLayout<Lanes>.stride), request.trialClass.steps)
        let unit = components.noise.stepsPerUnit
        return max(unit, wished / unit * unit)
    }

    /// Gives every slot its memory, parameters and starting point.
    private func place(_ levels: [[NoiseLevel]], _ request: BlockRequest) {
        var next = 0
        for pass in 0..<(levels.map(\.count).max() ?? 0) {
            let first = next
            for (source, levels) in zip(sources, levels) where pass < levels.count {
                for lanesOfSlot in levels[pass].slots {
                    (slots + next).initialize(to: slot(lanesOfSlot, source, request))
                    rows.append(lanesOfSlot.rows)
                    update.begin(slot: next)
                    begin(next)
                    next += 1
                }
            }
            passes.append(first..<next)
        }
    }

    private func slot(_ lanesOfSlot: BlockLayout.SlotLanes, _ source: NoiseSource, _ request: BlockRequest) -> Slot {
        let memoryVectors = dimension * components.launcher.memoryVectors
        var slot = Slot(
            learningRate: lanes { request.cells[lanesOfSlot.cells[$0]].learningRate },
            rho: lanes { request.cells[lanesOfSlot.cells[$0]].rho },
            x: workspace.vectors(dimension), memory: workspace.vectors(memoryVectors),
            descentNoise: source.descentNoise, ascentNoise: source.ascentNoise,
            descentComponents: source.descentComponents, ascentComponents: source.ascentComponents,
            thirdNoise: source.thirdNoise, thirdComponents: source.thirdComponents, ownDraws: source.ownDraws)
        slot.memory.update(repeating: Lanes(repeating: 0), count: memoryVectors)
        stepper.start(slot.x, source.generator)
        slot.noteDivergence(dimension: dimension, at: 0)
        return slot
    }

    /// The first look at a slot, or the return to where its trials stood.
    private func begin(_ slot: Int) {
        guard origin.step > 0 else {
            noteExcess(slot: slot, at: 0)
            tracker.observe(slot: slot, update.point(slot: slot, at: 0), at: 0)
            return
        }
        // Padding lanes repeat the last trial.
        let own = rows[slot].last { $0 >= 0 } ?? 0
        for (lane, row) in rows[slot].enumerated() {
            if let state = origin.states[row >= 0 ? row : own] { archive(slot).restore(state, lane: lane) }
        }
        update.keepDivergence(slot: slot)
    }

    private func archive(_ slot: Int) -> SlotArchive {
        let memory = dimension * components.launcher.memoryVectors
        let curves = tracker.curves.map {
            UnsafeMutableBufferPointer(start: $0.values(slot: slot), count: $0.pointsPerSlot)
        }
        return SlotArchive(
            slot: slots + slot,
            regions: [
                UnsafeMutableBufferPointer(start: slots[slot].x, count: dimension),
                UnsafeMutableBufferPointer(start: slots[slot].memory, count: memory),
                update.vectors(slot: slot), tracker.accumulators(slot: slot),
            ] + (curves.map { [$0] } ?? []))
    }

    var trialRows: [Int] { rows.flatMap { $0.filter { $0 >= 0 } } }

    /// Where the trials stand, as row and state; empty where no step was taken.
    var states: [(row: Int, state: TrialState)] {
        nextStep == 0 ? [] : rows.enumerated().flatMap { slot, rows in
            rows.enumerated().filter { $0.element >= 0 }.map { lane, row in
                (row, archive(slot).state(lane: lane, step: nextStep))
            }
        }
    }

    enum Ending { case finished, paused, stopped }

    /// Takes all steps, or the first chunks that make `limit` steps.
    func run(atMost limit: Int, stop: StopFlag) -> Ending {
        while nextStep < steps {
            if stop.isRaised { return .stopped }
            if nextStep - origin.step >= limit { return .paused }
            let range = nextStep..<min(nextStep + stepsPerChunk, steps)
            draw(range)
            let chunk = Chunk(
                steps: range, dimension: dimension, learningRateFactors: UnsafePointer(factors.learningRate),
                rhoFactors: UnsafePointer(factors.rho), directions: directions)
            let iterates = range.lowerBound + 1...range.upperBound
            let isWatched = divergedAbove != nil || update.concerns(iterates) || tracker.watchesAny(iterates)
            for (level, pass) in passes.enumerated() {
                for source in sources { source.prepare(level: level, vectors: range.count * noiseVectors) }
                let first = pass.lowerBound
                stepper.advance(
                    slots + first, pass.count, chunk, isWatched ? { self.observe(slot: first + $0, at: $1) } : nil)
            }
            nextStep = range.upperBound
        }
        return .finished
    }

    /// What comes after the step to x_t.
    private func observe(slot: Int, at t: Int) {
        update.afterStep(slot: slot, at: t)
        noteExcess(slot: slot, at: t)
        tracker.observe(slot: slot, update.point(slot: slot, at: t), at: t)
    }

    /// Notes lanes whose x_t is beyond what the class takes for divergence.
    private func noteExcess(slot: Int, at t: Int) {
        guard let bound = divergedAbove else { return }
        let measures = stepper.measure(slots[slot].x, dimension)
        let value = bound.quantity == .distance ? measures.distance : measures.objective
        // Also where it is not a number.
        let isWithin = value .<= Lanes(repeating: bound.value)
        guard !isWithin.isSetInAllLanes else { return }
        slots[slot].noteDivergence(at: Double(t), unless: isWithin)
        update.keepDivergence(slot: slot)
    }

    /// Draws what the steps of a chunk need.
    private func draw(_ steps: Range<Int>) {
        let whole = components.noise.wholeUnits(steps)
        for source in sources {
            source.draw(components.noise, steps: whole, dimension: noiseVectors)
            if let sampler { source.draw(sampler, steps: steps) }
            if let ownSampler { source.drawOwn(ownSampler, steps: steps) }
        }
        factors.learningRate.map { components.learningRateSchedule.fill($0, steps: steps) }
        factors.rho.map { components.rhoSchedule.fill($0, steps: steps) }
    }

    func collect(into outcome: inout OutcomeCollector) {
        for (index, rows) in rows.enumerated() {
            let last = update.point(slot: index, at: steps)
            outcome.collect(
                slots[index], last, rows: rows, values: tracker.values(slot: index, slots[index], last))
            tracker.curves.map { outcome.collect(curves: $0.values(slot: index), slots[index], rows: rows) }
        }
    }
}
