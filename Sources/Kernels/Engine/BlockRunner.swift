import TrialContract

/// Runs a block batch by batch: draws the noise of a chunk of steps, takes the steps, and so on to the end.
final class BlockRunner {
    private let request: BlockRequest
    private let trialClass: TrialClass
    private let stop: StopFlag
    private let layout: BlockLayout
    private let components: BlockComponents
    private let coordinates: Int
    private var outcome: OutcomeCollector

    /// Bytes of noise kept at once, so that it stays in a cache of the core's own.
    private static let noiseBytes = 131_072
    /// Bytes of iterates advanced together over a chunk.
    private static let iterateBytes = 16 << 20

    private let origin: BlockOrigin
    private let keepsStates: Bool
    private var states: [TrialState?]

    /// - Parameter origin: where the trials stand, with checked states; `nil`: at the beginning, and where they stop is
    ///   of no interest.
    init(_ request: BlockRequest, from origin: BlockOrigin? = nil, stop: StopFlag) {
        self.origin = origin ?? BlockOrigin()
        keepsStates = origin != nil
        states = self.origin.states.isEmpty ? Array(repeating: nil, count: request.trialCount) : self.origin.states
        self.request = request
        self.stop = stop
        trialClass = request.trialClass
        layout = BlockLayout(request)
        components = BlockComponents(trialClass)
        coordinates = components.launcher.size(trialClass).coordinates
        outcome = OutcomeCollector(
            request, statistics: components.statistics, quantities: components.curveQuantities, stateSize: coordinates)
    }

    /// The outcomes, or `nil` when stopped.
    func run() -> OutcomeColumns? { runBatches(atMost: .max) ? outcome.columns : nil }

    /// The outcomes of what was finished and the states of what was not.
    func advance(pausingAfter pause: Int?) -> BlockProgress {
        _ = runBatches(atMost: max(1, pause ?? .max))
        return BlockProgress(columns: outcome.columns, states: states)
    }

    /// The columns before anything was run.
    var emptyColumns: OutcomeColumns { outcome.columns }

    /// Takes at most so many steps of every trial; `false` when stopped.
    private func runBatches(atMost limit: Int) -> Bool {
        let vectors = 1 + components.launcher.memoryVectors + UpdateRule(trialClass).memoryVectors
        let bytesPerSlot = coordinates * vectors * MemoryLayout<Lanes>.stride
        let maximumSlots = max(1, Self.iterateBytes / bytesPerSlot)
        var pending: [(group: Int, slots: Range<Int>)] = []
        var pendingSlots = 0
        for (index, group) in layout.groups.enumerated() {
            for start in stride(from: 0, to: group.slots.count, by: maximumSlots) {
                let part = start..<min(start + maximumSlots, group.slots.count)
                pending.append((index, part))
                pendingSlots += part.count
                if pendingSlots >= min(maximumSlots, slotsPerBatch) {
                    guard runBatch(pending, atMost: limit) else { return false }
                    pending.removeAll(keepingCapacity: true)
                    pendingSlots = 0
                }
            }
        }
        return pending.isEmpty || runBatch(pending, atMost: limit)
    }

    /// The number of values in a trial's state.
    static func stateValues(_ trialClass: TrialClass) -> Int {
        let components = BlockComponents(trialClass)
        let vectors = 1 + components.launcher.memoryVectors + UpdateRule(trialClass).memoryVectors
        let stateSize = components.launcher.size(trialClass).coordinates
        let points = (trialClass.curve?.steps.count ?? 0)
            * components.curveQuantities.reduce(0) { $0 + $1.width(dimension: stateSize) }
        return SlotArchive.fixedValues + stateSize * vectors
            + StatisticsTracker.accumulatorCount(components.statistics) + points
    }

    /// Steps whose noise is drawn together: trials stand at multiples of it.
    static func stepsPerUnit(_ trialClass: TrialClass) -> Int { BlockComponents(trialClass).noise.stepsPerUnit }

    /// As many slots as take turns, which keeps the processor busy.
    private var slotsPerBatch: Int { components.launcher.slotsAtOnce(trialClass) }

    private func runBatch(_ parts: [(group: Int, slots: Range<Int>)], atMost limit: Int) -> Bool {
        let batch = Batch(
            parts: parts.map { (layout.groups[$0.group], $0.slots) }, request: request, components: components,
            noiseBytes: Self.noiseBytes, origin: origin)
        let ending = batch.run(atMost: limit, stop: stop)
        if ending == .finished {
            batch.collect(into: &outcome)
            for row in batch.trialRows { states[row] = nil }
        } else if keepsStates {
            for (row, state) in batch.states { states[row] = state }
        }
        return ending != .stopped
    }
}
