import TrialContract

/// Slots that go through the chunks of steps together, group by group with shared noise.
final class Batch {
    private struct Member {
        let generator: PhiloxLanes
        let descentNoise: UnsafeMutablePointer<Lanes>
        let ascentNoise: UnsafeMutablePointer<Lanes>
        /// Components of a finite sum; `nil`: not one, or full gradients.
        let descentComponents: UnsafeMutablePointer<Lanes>?
        let ascentComponents: UnsafeMutablePointer<Lanes>?
    }

    private let components: BlockComponents
    private let stepper: BoundStepper
    private let sampler: (any Sampler)?
    private let steps: Int
    /// Coordinates of the state and vectors of noise a step.
    private let dimension: Int
    private let noiseVectors: Int
    private let stepsPerChunk: Int
    private let workspace = Workspace()
    private let tracker: StatisticsTracker
    private let update: IterateUpdate
    private let slots: UnsafeMutablePointer<Slot>
    private let rows: [[Int]]
    private var members: [Member] = []
    private let origin: BlockOrigin
    /// Steps taken so far.
    private var nextStep: Int
    private let direction: UnsafeMutablePointer<Lanes>
    private let factors: (learningRate: UnsafeMutablePointer<Double>?, rho: UnsafeMutablePointer<Double>?)

    init(
        parts: [(BlockLayout.Group, Range<Int>)], request: BlockRequest, components: BlockComponents, noiseBytes: Int,
        origin: BlockOrigin
    ) {
        self.components = components
        self.origin = origin
        nextStep = origin.step
        steps = request.trialClass.steps
        (dimension, noiseVectors) = components.launcher.size(request.trialClass)
        stepper = components.launcher.bind(request.trialClass)
        sampler = components.launcher.sampler(request.trialClass)
        let unit = components.noise.stepsPerUnit
        let vectorsPerStep = noiseVectors + (sampler?.vectorsPerStep ?? 0)
        let bytesPerStep = parts.count * vectorsPerStep * MemoryLayout<Lanes>.stride
        let wished = min(256, noiseBytes / bytesPerStep, steps)
        let capacity = max(unit, wished / unit * unit)
        stepsPerChunk = capacity
        direction = workspace.vectors(dimension)
        // Schedules are filled eight steps at a time.
        let factorRoom = (capacity + laneCount - 1) / laneCount * laneCount
        factors = (
            components.learningRateSchedule.isConstant ? nil : workspace.vectors(factorRoom),
            components.rhoSchedule.isConstant ? nil : workspace.vectors(factorRoom)
        )
        let allLanes = parts.flatMap { $0.0.slots[$0.1] }
        rows = allLanes.map(\.rows)
        slots = workspace.vectors(allLanes.count)
        tracker = StatisticsTracker(
            components, request.trialClass, dimension: dimension, slots: allLanes.count, workspace: workspace,
            measure: stepper.measure)
        update = IterateUpdate(
            UpdateRule(request.trialClass), slots: slots, count: allLanes.count, dimension: dimension,
            workspace: workspace)
        place(parts, request)
    }

    private func member(_ group: BlockLayout.Group) -> Member {
        let launcher = components.launcher
        let noiseRoom = stepsPerChunk * noiseVectors
        let componentRoom = sampler.map { $0.vectorsPerStep * stepsPerChunk }
        return Member(
            generator: PhiloxLanes(group.identity, storage: workspace.vectors(PhiloxLanes.storageVectors)),
            descentNoise: workspace.vectors(launcher.usesDescentNoise ? noiseRoom : 0),
            ascentNoise: workspace.vectors(launcher.usesAscentNoise ? noiseRoom : 0),
            descentComponents: launcher.usesDescentNoise ? componentRoom.map { workspace.vectors($0) } : nil,
            ascentComponents: launcher.usesAscentNoise ? componentRoom.map { workspace.vectors($0) } : nil)
    }

    /// Gives every slot its memory, parameters and starting point.
    private func place(_ parts: [(BlockLayout.Group, Range<Int>)], _ request: BlockRequest) {
        let launcher = components.launcher
        var next = 0
        for (group, range) in parts {
            let member = member(group)
            members.append(member)
            for lanesOfSlot in group.slots[range] {
                func values(_ value: (CellParameters) -> Double) -> Lanes {
                    lanes { value(request.cells[lanesOfSlot.cells[$0]]) }
                }
                var slot = Slot(
                    learningRate: values(\.learningRate), rho: values(\.rho), noiseScale: values(\.noisePerCoordinate),
                    x: workspace.vectors(dimension), memory: workspace.vectors(dimension * launcher.memoryVectors),
                    descentNoise: member.descentNoise, ascentNoise: member.ascentNoise,
                    descentComponents: member.descentComponents, ascentComponents: member.ascentComponents)
                slot.memory.update(repeating: Lanes(repeating: 0), count: dimension * launcher.memoryVectors)
                stepper.start(slot.x, member.generator)
                slot.note(normSquared: sumOfSquares(dimension) { slot.x[$0] }, at: 0)
                (slots + next).initialize(to: slot)
                update.begin(slot: next)
                begin(next)
                next += 1
            }
        }
    }

    /// The first look at a slot, or the return to where its trials stood.
    private func begin(_ slot: Int) {
        guard origin.step > 0 else {
            tracker.observe(slot: slot, update.point(slot: slot, at: 0), at: 0)
            return
        }
        // Padding lanes repeat the last trial.
        let own = rows[slot].last { $0 >= 0 } ?? 0
        for (lane, row) in rows[slot].enumerated() {
            if let state = origin.states[row >= 0 ? row : own] { archive(slot).restore(state, lane: lane) }
        }
        update.resume(slot: slot)
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
            factors.learningRate.map { components.learningRateSchedule.fill($0, steps: range) }
            factors.rho.map { components.rhoSchedule.fill($0, steps: range) }
            let chunk = Chunk(
                steps: range, dimension: dimension, learningRateFactors: UnsafePointer(factors.learningRate),
                rhoFactors: UnsafePointer(factors.rho), direction: direction)
            let iterates = range.lowerBound + 1...range.upperBound
            let isWatched = update.concerns(iterates) || tracker.watchesAny(iterates)
            stepper.advance(slots, rows.count, chunk, isWatched ? observe : nil)
            nextStep = range.upperBound
        }
        return .finished
    }

    /// What comes after the step to x_t.
    private func observe(slot: Int, at t: Int) {
        update.afterStep(slot: slot, at: t)
        tracker.observe(slot: slot, update.point(slot: slot, at: t), at: t)
    }

    private func draw(_ range: Range<Int>) {
        let unit = components.noise.stepsPerUnit
        let whole = range.lowerBound..<(range.upperBound + unit - 1) / unit * unit
        for member in members {
            if components.launcher.usesDescentNoise {
                components.noise.fill(
                    member.descentNoise, generator: member.generator, stream: .descentNoise, steps: whole,
                    dimension: noiseVectors)
            }
            if components.launcher.usesAscentNoise {
                components.noise.fill(
                    member.ascentNoise, generator: member.generator, stream: .ascentNoise, steps: whole,
                    dimension: noiseVectors)
            }
            if let sampler {
                member.descentComponents.map {
                    sampler.fill($0, generator: member.generator, isDescent: true, steps: range)
                }
                member.ascentComponents.map {
                    sampler.fill($0, generator: member.generator, isDescent: false, steps: range)
                }
            }
        }
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
