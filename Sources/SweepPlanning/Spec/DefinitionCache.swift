import Definitions
import Synchronization

/// Builds each value once as long as few are in use: objectives, algorithms and statistics of a sweep's own are compared by
/// identity, and one with data takes megabytes.
final class DefinitionCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Known {
        var values: [Key: Value] = [:]
        var weight = 0
    }

    private let known = Mutex(Known())
    /// Past so much, all are forgotten.
    private let mostKept: Int
    private let weight: @Sendable (Value) -> Int

    /// - Parameters:
    ///   - mostKept: of all values together.
    ///   - weight: of a value; that of each is one where it is left out.
    init(atMost mostKept: Int = 256, weight: @escaping @Sendable (Value) -> Int = { _ in 1 }) {
        self.mostKept = mostKept
        self.weight = weight
    }

    /// What is known for the key, or what `build` gives, outside of the lock.
    func value(_ key: Key, build: () throws(DefinitionError) -> Value) throws(DefinitionError) -> Value {
        if let value = known.withLock({ $0.values[key] }) { return value }
        let built = try build()
        return known.withLock { known in
            if let value = known.values[key] { return value }
            known.weight += weight(built)
            if known.weight > mostKept { known = Known(weight: weight(built)) }
            known.values[key] = built
            return built
        }
    }
}
