import Synchronization
import TrialContract

/// Builds each spectrum once as long as someone uses it: spectra are compared by identity, and one of 10^6 coordinates
/// takes megabytes.
final class SpectrumCache: Sendable {
    struct Key: Hashable {
        enum Shape: Hashable {
            case uniform(Double)
            case spread(isGeometric: Bool, from: Double, to: Double)
            /// The list of this problem of the sweep.
            case list(problem: Int)
        }

        var shape: Shape
        var dimension: Int
    }

    private struct Reference {
        weak var spectrum: Spectrum?
    }

    private let references = Mutex<[Key: Reference]>([:])

    /// The spectrum of a key; `list` gives the blocks of a list.
    func spectrum(_ key: Key, list: () -> [EigenBlock]) -> Spectrum {
        if let known = references.withLock({ $0[key]?.spectrum }) { return known }
        let built = Spectrum(blocks: blocks(key, list: list))
        return references.withLock { references in
            if let known = references[key]?.spectrum { return known }
            if references.count > 4096 { references = references.filter { $0.value.spectrum != nil } }
            references[key] = Reference(spectrum: built)
            return built
        }
    }

    private func blocks(_ key: Key, list: () -> [EigenBlock]) -> [EigenBlock] {
        switch key.shape {
        case .uniform(let value): return [EigenBlock(value: value, multiplicity: key.dimension)]
        case .spread(let isGeometric, let from, let to):
            let kind: RangeKind = isGeometric ? .logspace : .linspace
            return kind.values(from: from, to: to, count: key.dimension).map { EigenBlock(value: $0, multiplicity: 1) }
        case .list: return list()
        }
    }
}
