import Synchronization
import TrialContract

/// The classes of a sweep, built when they are first asked for and shared by all their cells.
///
/// Few and small classes are kept for good and found without a lock. Where there are many, or their spectra or schedules would
/// fill the memory, the latest ones are kept: cells come in order, so neighbours share a class.
final class ClassTable: Sendable {
    /// Classes kept for good, and the coordinates of all their spectra with the factors of all their schedules.
    private static let mostKept = 65_536
    private static let mostNumbers = 4_194_304
    private static let latestKept = 1024

    private final class Slot: Sendable {
        let entry = AtomicLazyReference<ClassEntry>()
    }

    private struct Latest {
        var entries: [Int: ClassEntry] = [:]
        var order: [Int] = []
        var numbers = 0
    }

    private let slots: [Slot]
    private let latest = Mutex(Latest())

    /// - Parameters:
    ///   - count: the number of classes, 1 or more.
    ///   - numbers: the coordinates of all distinct spectra and the factors of all own schedules together, at most.
    init(count: Int, numbers: Double) {
        let isKept = count <= Self.mostKept && numbers <= Double(Self.mostNumbers)
        slots = isKept ? (0..<count).map { _ in Slot() } : []
    }

    /// The class of an index, built by `build` where it is not there.
    func entry(_ index: Int, build: () throws -> ClassEntry) rethrows -> ClassEntry {
        guard slots.isEmpty else {
            if let known = slots[index].entry.load() { return known }
            return slots[index].entry.storeIfNil(try build())
        }
        if let known = latest.withLock({ $0.entries[index] }) { return known }
        let built = try build()
        latest.withLock { keep(built, index, &$0) }
        return built
    }

    private func keep(_ entry: ClassEntry, _ index: Int, _ latest: inout Latest) {
        guard latest.entries.updateValue(entry, forKey: index) == nil else { return }
        latest.order.append(index)
        latest.numbers += entry.numbers
        while latest.order.count > 1,
            latest.order.count > Self.latestKept || latest.numbers > Self.mostNumbers {
            let oldest = latest.order.removeFirst()
            latest.numbers -= latest.entries.removeValue(forKey: oldest)?.numbers ?? 0
        }
    }
}
