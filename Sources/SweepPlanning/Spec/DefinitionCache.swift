import Definitions
import Synchronization

/// Builds each value once as long as few are in use: objectives, algorithms and statistics of a sweep's own are compared by
/// identity, and one with data takes megabytes.
final class DefinitionCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let known = Mutex<[Key: Value]>([:])
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
        if let value = known.withLock({ $0[key] }) { return value }
        let built = try build()
        return known.withLock { known in
            if let value = known[key] { return value }
            if known.values.reduce(weight(built), { $0 + weight($1) }) > mostKept { known.removeAll() }
            known[key] = built
            return built
        }
    }
}
