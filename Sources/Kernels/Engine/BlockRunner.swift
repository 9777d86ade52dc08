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

    /// Bytes of noise kept at once, so that it stays in the nearest cache.
    private static let noiseBytes = 16_384
    /// Bytes of iterates advanced together over a chunk.
    private static let iterateBytes = 16 << 20

    init(_ request: BlockRequest, stop: StopFlag) {
        self.request = request
        self.stop = stop
        trialClass = request.trialClass
        layout = BlockLayout(request)
        components = BlockComponents(trialClass)
        coordinates = components.launcher.size(trialClass).coordinates
        outcome = OutcomeCollector(request, statistics: components.statistics)
    }

    /// The outcomes, or `nil` when stopped.
    func run() -> OutcomeColumns? {
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
                    guard runBatch(pending) else { return nil }
                    pending.removeAll(keepingCapacity: true)
                    pendingSlots = 0
                }
            }
        }
        if !pending.isEmpty, !runBatch(pending) { return nil }
        return outcome.columns
    }

    /// Enough slots for a team, which keeps the processor busy.
    private var slotsPerBatch: Int { Team.size(dimension: coordinates) }

    private func runBatch(_ parts: [(group: Int, slots: Range<Int>)]) -> Bool {
        let batch = Batch(
            parts: parts.map { (layout.groups[$0.group], $0.slots) }, request: request, components: components,
            noiseBytes: Self.noiseBytes)
        guard batch.run(stop: stop) else { return false }
        batch.collect(into: &outcome)
        return true
    }
}
