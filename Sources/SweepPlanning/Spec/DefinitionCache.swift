import Definitions
import Synchronization

/// Builds each value once as long as few are in use: objectives, algorithms and statistics of a sweep's own are compared by
/// identity, and one with data takes megabytes.
final class DefinitionCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let known = Mutex<[Key: Value]>([:])
    /// Past so many, all are forgotten.
    private let mostKept = 256

    /// What is known for the key, or what `build` gives, outside of the lock.
    func value(_ key: Key, build: () throws(DefinitionError) -> Value) throws(DefinitionError) -> Value {
        if let value = known.withLock({ $0[key] }) { return value }
        let built = try build()
        return known.withLock { known in
            if let value = known[key] { return value }
            if known.count >= mostKept { known.removeAll() }
            known[key] = built
            return built
        }
    }
}
