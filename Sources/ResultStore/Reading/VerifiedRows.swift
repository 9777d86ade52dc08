import Synchronization

/// Reads rows and checks the checksum of every tile it comes across, once.
///
/// Rows that the file does not hold read as not computed.
///
/// A tile without a claim is read unchecked: it is being written, or a killed run left it. A wrong checksum that is no
/// longer the file's is none: the run that goes on withdrew it.
final class VerifiedRows: Sendable {
    private let source: any RowSource
    private let header: ResultHeader
    private let file: RawFile
    /// Per variable and tile: whether there is nothing to check any more. Empty until the variable is first read.
    private let checked: Mutex<[[Bool]]>

    init(source: any RowSource, header: ResultHeader, file: RawFile) {
        self.source = source
        self.header = header
        self.file = file
        checked = Mutex([[Bool]](repeating: [], count: header.layout.variables.count))
    }

    func read(_ variable: TrialVariable, rows: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws {
        guard header.layout.part != nil else { return try read(variable, positions: rows, into: bytes) }
        let size = variable.rowBytes
        let pieces = header.layout.pieces(of: rows)
        if pieces.reduce(0, { $0 + $1.count }) < rows.count { bytes.copyBytes(from: header.layout.notStored(variable, rows.count)) }
        try pieces.forEachGroup { positions, pieces in
            var stored = [UInt8](repeating: 0, count: positions.count * size)
            try stored.withUnsafeMutableBytes { try read(variable, positions: positions, into: $0) }
            [StoredPart.Piece].scatter(stored, at: positions.lowerBound, of: pieces, rowBytes: size, firstRow: rows.lowerBound, into: bytes)
        }
    }

    /// What is stored at some positions.
    func read(_ variable: TrialVariable, positions rows: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) throws {
        guard !rows.isEmpty else { return }
        let index = header.layout.variables.firstIndex(of: variable)!
        let tiles = TileTable.tiles(rows)
        if try isChecked(index, tiles) {
            try source.read(variable, positions: rows, into: bytes)
            return
        }
        let whole = TileTable.positions(tiles, of: header.layout)
        if whole == rows {
            try readChecked(variable, index, tiles, into: bytes)
        } else {
            var wider = [UInt8](repeating: 0, count: whole.count * variable.rowBytes)
            try wider.withUnsafeMutableBytes { wider in
                try readChecked(variable, index, tiles, into: wider)
                let first = (rows.lowerBound - whole.lowerBound) * variable.rowBytes
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: wider[first..<first + bytes.count]))
            }
        }
    }

    private func isChecked(_ index: Int, _ tiles: Range<Int>) throws -> Bool {
        try checked.withLock { checked in
            if checked[index].isEmpty {
                checked[index] = try stored(index, 0..<header.layout.tileCount).map { $0 == 0 }
            }
            return tiles.allSatisfy { checked[index][$0] }
        }
    }

    private func readChecked(
        _ variable: TrialVariable, _ index: Int, _ tiles: Range<Int>, into bytes: UnsafeMutableRawBufferPointer
    ) throws {
        let claims = try stored(index, tiles)
        try source.read(variable, positions: TileTable.positions(tiles, of: header.layout), into: bytes)
        let values = TileTable.checksums(UnsafeRawBufferPointer(bytes), variable)
        let damaged = zip(tiles, zip(claims, values)).filter { $1.0 != 0 && $1.0 != $1.1 }.map(\.0)
        if let tile = try damaged.first(where: { try stored(index, $0..<$0 + 1)[0] == claims[$0 - tiles.lowerBound] }) {
            throw DamageReport.error([(tile, [variable.name])], header)!
        }
        checked.withLock { checked in
            for tile in tiles { checked[index][tile] = true }
        }
    }

    private func stored(_ variable: Int, _ tiles: Range<Int>) throws -> [UInt64] {
        try header.tileChecksums(variable, tiles, in: file)
    }
}
