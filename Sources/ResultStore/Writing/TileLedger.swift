/// Which tiles are full, for the publisher; used by one thread at a time.
struct TileLedger {
    /// Missing trials of each tile.
    private var missing: [Int32]
    /// Whether all variables of a tile bear a claim.
    private var isSealed: [Bool]
    /// Whether any does: a run that was stopped by a failing disk may have got no further.
    private var hasClaim: [Bool]
    /// Full by states that are written, but perhaps not on disk.
    private var full: [Int] = []
    private let layout: ResultLayout

    /// From the states of all trials; tiles that are full, whoever filled them, and bear no claim wait to be sealed.
    init(_ rows: StoredRows, _ table: TileTable) throws {
        layout = rows.layout
        var missing: [Int32] = []
        missing.reserveCapacity(rows.layout.tileCount)
        try rows.forEachPiece { states in
            for first in stride(from: 0, to: states.count, by: ResultLayout.rowsPerTile) {
                let end = min(first + ResultLayout.rowsPerTile, states.count)
                missing.append(Int32(StatusScan.count(UnsafeBufferPointer(rebasing: states[first..<end])).missing))
            }
        }
        var isSealed = [Bool](repeating: true, count: missing.count)
        var hasClaim = [Bool](repeating: false, count: missing.count)
        for variable in rows.layout.variables.indices {
            for (tile, claim) in try table.stored(variable, 0..<missing.count).enumerated() {
                isSealed[tile] = isSealed[tile] && claim != 0
                hasClaim[tile] = hasClaim[tile] || claim != 0
            }
        }
        full = missing.indices.filter { missing[$0] == 0 && !isSealed[$0] }
        self.missing = missing
        self.isSealed = isSealed
        self.hasClaim = hasClaim
    }

    /// Tiles that bear a claim although trials of them are missing: the claim must go before they are written.
    var sealedButOpen: [Int] { missing.indices.filter { hasClaim[$0] && missing[$0] > 0 } }

    mutating func noteUnsealed(_ tiles: [Int]) {
        for tile in tiles { (isSealed[tile], hasClaim[tile]) = (false, false) }
    }

    /// Takes note of trials whose states were written.
    mutating func note(_ run: RowRun) {
        for piece in layout.pieces(of: run.row..<run.row + run.count) {
            var position = piece.position
            while position < piece.position + piece.count {
                let tile = position / ResultLayout.rowsPerTile
                let end = min(piece.position + piece.count, (tile + 1) * ResultLayout.rowsPerTile)
                let isOpen = missing[tile] > 0
                missing[tile] -= Int32(end - position)
                if isOpen && missing[tile] <= 0 { full.append(tile) }
                position = end
            }
        }
    }

    /// The full tiles not yet sealed; they count as sealed from now on.
    mutating func takeFull() -> [Int] {
        defer { full = [] }
        for tile in full { isSealed[tile] = true }
        return full
    }

    /// All tiles that hold results and bear no claim. Those of which everything is missing need none.
    mutating func takeOpen() -> [Int] {
        let open = missing.indices.filter { tile in
            let size = min(ResultLayout.rowsPerTile, layout.storedRowCount - tile * ResultLayout.rowsPerTile)
            return !isSealed[tile] && missing[tile] < size
        }
        for tile in open { isSealed[tile] = true }
        full = []
        return open
    }
}
