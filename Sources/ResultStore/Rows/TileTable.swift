import PortableMath
import Synchronization
import WorkerThreads

/// The checksums over tiles of `rowsPerTile` stored rows, a row of the table per variable.
///
/// A checksum of 0 claims nothing: the tile may be being written. Any other one claims the tile's bytes as they are,
/// missing trials included.
struct TileTable: Sendable {
    let rows: StoredRows
    private let header: ResultHeader
    private let offset: Int
    private var layout: ResultLayout { rows.layout }

    init(rows: StoredRows, header: ResultHeader) {
        guard let offset = header.checksumOffsets.tiles else { preconditionFailure("stored rows lie in one piece") }
        self.rows = rows
        self.header = header
        self.offset = offset
    }

    /// The positions of some tiles.
    static func positions(_ tiles: Range<Int>, of layout: ResultLayout) -> Range<Int> {
        tiles.lowerBound * ResultLayout.rowsPerTile..<min(tiles.upperBound * ResultLayout.rowsPerTile, layout.storedRowCount)
    }

    /// The rows of a tile, in the order in which they are stored.
    static func rows(_ tile: Int, of layout: ResultLayout) -> [Range<Int>] {
        layout.rows(at: positions(tile..<tile + 1, of: layout))
    }

    /// The tiles that hold some positions.
    static func tiles(_ positions: Range<Int>) -> Range<Int> {
        let size = ResultLayout.rowsPerTile
        return positions.lowerBound / size..<(positions.upperBound + size - 1) / size
    }

    /// The tiles that hold the stored ones of some rows.
    static func tiles(ofRows rows: Range<Int>, _ layout: ResultLayout) -> [Int] {
        layout.pieces(of: rows).flatMap { tiles($0.position..<$0.position + $0.count) }
    }

    /// The checksums of the tiles that `bytes` are, never 0.
    static func checksums(_ bytes: UnsafeRawBufferPointer, _ variable: TrialVariable) -> [UInt64] {
        let size = ResultLayout.rowsPerTile * variable.rowBytes
        return stride(from: 0, to: bytes.count, by: size).map { first in
            max(1, XXH64.hash(UnsafeRawBufferPointer(rebasing: bytes[first..<min(first + size, bytes.count)])))
        }
    }

    func stored(_ variable: Int, _ tiles: Range<Int>) throws -> [UInt64] {
        try header.tileChecksums(variable, tiles, in: rows.file)
    }

    func write(_ checksums: [UInt64], _ variable: Int, firstTile: Int) throws {
        try rows.file.write(
            checksums.map(\.littleEndian), at: place(variable, firstTile), ResultLayout.tileChecksumPath)
    }

    private func place(_ variable: Int, _ tile: Int) -> Int { offset + (variable * layout.tileCount + tile) * 8 }

    /// Reads some tiles of a variable and computes their checksums.
    func computed(_ variable: Int, _ tiles: Range<Int>) throws -> [UInt64] {
        let bytes = try rows.readBytes(variable, positions: Self.positions(tiles, of: layout))
        return bytes.withUnsafeBytes { Self.checksums($0, layout.variables[variable]) }
    }

    /// Claims tiles as they are. All that was written to them must be on disk.
    func seal(_ tiles: [Int]) throws {
        for run in Set(tiles).sorted().runs {
            for piece in pieces(run) {
                for variable in layout.variables.indices {
                    try write(computed(variable, piece), variable, firstTile: piece.lowerBound)
                }
            }
        }
    }

    /// Withdraws what was claimed of tiles that are about to be written.
    func unseal(_ tiles: [Int]) throws {
        for run in Set(tiles).sorted().runs {
            let none = [UInt64](repeating: 0, count: run.count)
            for variable in layout.variables.indices { try write(none, variable, firstTile: run.lowerBound) }
        }
    }

    /// The tiles whose bytes are not those that were claimed, ascending, with the names of their variables. Looked at on
    /// all cores: this is what resuming a large result waits for.
    func damaged() throws -> [(tile: Int, variables: [String])] {
        let pieces = pieces(0..<layout.tileCount)
        let found = Mutex([Int: [String]]()), failure = Mutex<(any Error)?>(nil)
        WorkerThreads.perform(pieces.count) { index in
            guard failure.withLock({ $0 == nil }) else { return }
            do {
                for (tile, name) in try damaged(in: pieces[index]) {
                    found.withLock { $0[tile, default: []].append(name) }
                }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return found.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func damaged(in tiles: Range<Int>) throws -> [(tile: Int, variable: String)] {
        var found: [(tile: Int, variable: String)] = []
        for variable in layout.variables.indices {
            let claims = try stored(variable, tiles)
            guard claims.contains(where: { $0 != 0 }) else { continue }
            for (tile, (claim, value)) in zip(tiles, zip(claims, try computed(variable, tiles)))
            where claim != 0 && claim != value {
                found.append((tile, layout.variables[variable].name))
            }
        }
        return found
    }

    /// Tiles in pieces that are read at once: some megabytes of the widest variable.
    private func pieces(_ tiles: Range<Int>) -> [Range<Int>] {
        let widest = layout.variables.map(\.rowBytes).max() ?? 8
        let length = max(1, (1 << 21) / (widest * ResultLayout.rowsPerTile))
        return stride(from: tiles.lowerBound, to: tiles.upperBound, by: length).map {
            $0..<min($0 + length, tiles.upperBound)
        }
    }
}
