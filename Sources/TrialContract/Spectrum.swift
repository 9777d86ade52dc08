import Synchronization

/// The eigenvalues of a quadratic, one per coordinate, in file order; for other problems just the dimension.
///
/// A reference, compared by identity: a spectrum is built once per dimension and shared by all cells that use it.
/// Coordinates are written out only when somebody asks for them, so that a reduced trial may have 10^9.
public final class Spectrum: Sendable, Hashable {
    public let blocks: [EigenBlock]
    /// The number of coordinates.
    public let dimension: Int
    public let smallest: Double
    public let largest: Double
    private let writtenOut = Mutex<[Double]?>(nil)

    public init(blocks: [EigenBlock]) {
        precondition(!blocks.isEmpty && blocks.allSatisfy { $0.multiplicity > 0 })
        self.blocks = blocks
        dimension = blocks.reduce(0) { $0 + $1.multiplicity }
        smallest = blocks.reduce(.infinity) { min($0, $1.value) }
        largest = blocks.reduce(-.infinity) { max($0, $1.value) }
    }

    /// The eigenvalue of each coordinate: `dimension` values, kept from the first call on.
    public var eigenvalues: [Double] {
        writtenOut.withLock { values in
            if let values { return values }
            var all: [Double] = []
            all.reserveCapacity(dimension)
            for block in blocks { all.append(contentsOf: repeatElement(block.value, count: block.multiplicity)) }
            values = all
            return all
        }
    }

    public static func == (a: Spectrum, b: Spectrum) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
