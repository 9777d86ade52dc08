import CHDF5Shims
import Glibc
import Synchronization
import WorkerThreads

/// Replaces a finished result by a compressed one (shuffle and gzip, which every HDF5 and netCDF program reads).
///
/// The compressed file is written beside the result and takes its place when it is on disk. It opens like any other;
/// a run that extends it starts from an uncompressed copy.
public struct ResultCompression: Sendable {
    /// What it gained.
    public struct Summary: Sendable {
        public let bytesBefore: Int
        public let bytesAfter: Int
    }

    private static let elementsPerChunk = 1 << 16
    private let reader: ResultReader
    private let level: Int
    private let threads: Int
    private var layout: ResultLayout { reader.header.layout }

    /// - Parameters:
    ///   - level: 1 (fast) to 9 (small).
    ///   - threads: at least 1.
    /// - Returns: `nil` where the result is compressed already.
    /// - Throws: `damaged` where the result is damaged, `cannotCreate` where it is not complete.
    public static func run(path: String, level: Int = 4, threads: Int) throws -> Summary? {
        precondition((1...9).contains(level) && threads >= 1)
        let path = try Paths.resolved(path)
        return try OutputPlace.take(path) { place in
            let reader = try ResultReader.open(path)
            guard reader.isMarkedComplete else {
                throw ResultStoreError(.cannotCreate, "compress", path: path, reason: "trials of it are missing",
                                       remedy: "finish it first: what is compressed cannot be continued in place")
            }
            guard !reader.hasUnequalCells else {
                throw ResultStoreError(.cannotCreate, "compress", path: path, reason: "its cells have different numbers of trials",
                                       remedy: "leave it as it is: what was not asked for takes no room in it")
            }
            let summary = try reader.header.isContiguous
                ? ResultCompression(reader: reader, level: level, threads: threads).replace(path) : nil
            place.lock.release()
            return summary
        }
    }

    private func replace(_ path: String) throws -> Summary {
        let temporary = BesideFile.new(of: path)
        let description = reader.header.description
        try NewFile.prepare(temporary, for: path)
        do {
            let packing = { Packing(chunk: grid($0).chunk, level: level) }
            try NewFile.write(description, plan: nil, packing: packing, to: temporary)
            try fill(temporary)
            try copyClaims(to: temporary)
            try FileCompletion(path: temporary, description: description, plan: nil).run()
            // Unpacks everything once, and compares it with the checksums of what was to be packed.
            if let error = try ResultDamage(ResultHeader.read(temporary)).error { throw error }
            let summary = Summary(bytesBefore: try Paths.size(path), bytesAfter: try Paths.size(temporary))
            try Paths.replace(path, reader.header.identity, with: temporary)
            return summary
        } catch {
            Paths.discard(temporary)
            let isOwn = (error as? ResultStoreError)?.path == temporary
            throw (isOwn ? error.ofOwnMaking : error).placed(at: path, insteadOf: temporary)
        }
    }

    private func grid(_ variable: TrialVariable) -> ChunkGrid {
        ChunkGrid(lengths: layout.lengths(of: variable), elements: Self.elementsPerChunk)
    }

    private func fill(_ path: String) throws {
        let file = try HDF5Library.exclusively { try HDF5File.openOwn(path: path) }
        for variable in layout.variables { try fill(variable, of: file) }
        try HDF5Library.exclusively { try file.close() }
    }

    /// Packs chunks on all threads; the library takes them one by one.
    private func fill(_ variable: TrialVariable, of file: HDF5File) throws {
        let grid = grid(variable)
        let dataset = try HDF5Library.exclusively { try SharedDataset(file.openDataset(variable.name)) }
        let next = Atomic(0)
        let failure = Mutex<(any Error)?>(nil)
        WorkerThreads.perform(threads, threads: threads) { _ in
            do {
                while failure.withLock({ $0 == nil }) {
                    let index = next.add(1, ordering: .relaxed).oldValue
                    guard index < grid.count else { return }
                    let packed = try pack(variable, grid, index)
                    try HDF5Library.exclusively {
                        try packed.withUnsafeBytes {
                            try file.writeChunk($0, at: grid[index].origin, of: dataset.id, variable.name)
                        }
                    }
                }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        HDF5Library.exclusively { dataset.close() }
    }

    private func pack(_ variable: TrialVariable, _ grid: ChunkGrid, _ index: Int) throws -> [UInt8] {
        let elements = grid[index].elements
        let rows = elements.lowerBound / variable.width..<elements.upperBound / variable.width
        var bytes = try reader.bytes(variable, rows: rows)
        bytes += [UInt8](repeating: 0, count: grid.elementsPerChunk * variable.element.size - bytes.count)
        var packed = [UInt8](repeating: 0, count: chdf5_packed_bound(bytes.count))
        let length = chdf5_pack(bytes, bytes.count, variable.element.size, Int32(level), &packed)
        guard length > 0 else {
            throw ResultStoreError(.inputOutput, "compress", object: variable.name, path: reader.path,
                                   reason: SystemMessage.text(ENOMEM))
        }
        packed.removeLast(packed.count - length)
        return packed
    }

    /// The tiles are the same, and so are their checksums.
    private func copyClaims(to path: String) throws {
        let header = try ResultHeader.ofOwnFile(path)
        let source = try reader.header.openFile(), target = try header.openFile(writable: true)
        guard let place = header.checksumOffsets.tiles else { preconditionFailure("checksums are created contiguous") }
        for variable in layout.variables.indices {
            let claims = try reader.header.tileChecksums(variable, 0..<layout.tileCount, in: source)
            try target.write(
                claims.map(\.littleEndian), at: place + 8 * variable * layout.tileCount, ResultLayout.tileChecksumPath)
        }
        if let own = reader.curves, let curves = StoredCurves(file: target, header: header) {
            for cell in 0..<layout.cellCount where try reader.hasCurves(cell: cell) {
                try curves.write(own.readChecked(cell: cell), cell: cell)
            }
        }
        try CompletionMark.set(1, in: target)
    }
}

/// A dataset that several threads write to, each inside `HDF5Library.exclusively`.
private final class SharedDataset: @unchecked Sendable {
    private var handle: HDF5Handle?
    let id: Int64

    init(_ handle: consuming HDF5Handle) {
        id = handle.id
        self.handle = consume handle
    }

    func close() { handle = nil }
}
