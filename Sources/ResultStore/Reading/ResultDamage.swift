import PortableMath
import TrialContract

/// What of a result's trials and trajectories is not what was written.
struct ResultDamage {
    private let header: ResultHeader
    private let tiles: [(tile: Int, variables: [String])]
    /// Cells whose trajectories are damaged, ascending.
    private let cells: [Int]

    /// Reads everything that has a checksum.
    init(_ header: ResultHeader) throws {
        self.header = header
        guard header.isContiguous else {
            let reader = try ResultReader(header)
            tiles = try Self.damagedTiles(reader)
            cells = try Self.damagedCells(reader)
            return
        }
        let file = try header.openFile()
        let rows = try StoredRows(file: file, header: header)
        tiles = try TileTable(rows: rows, header: header).damaged()
        cells = try StoredCurves(file: file, header: header).map { try Self.damagedCells($0, rows) } ?? []
    }

    var isNone: Bool { tiles.isEmpty && cells.isEmpty }

    /// Names the first place; `nil` where nothing is damaged.
    var error: ResultStoreError? {
        if let error = DamageReport.error(tiles, header) { return error }
        return cells.first.map { StoredCurves.damage($0, header.layout, path: header.path) }
    }

    /// The rows to be computed again: whole cells where there are trajectories.
    var rows: [Range<Int>] {
        let trials = header.layout.trials
        let damaged = tiles.flatMap { TileTable.rows($0.tile, of: header.layout) }
            + cells.map { $0 * trials..<($0 + 1) * trials }
        guard header.layout.curve != nil else { return damaged }
        let whole = Set(damaged.flatMap { rows in rows.lowerBound / trials...(rows.upperBound - 1) / trials })
        return whole.sorted().runs.map { $0.lowerBound * trials..<$0.upperBound * trials }
    }

    /// Of a packed result: tiles that cannot be unpacked or hold something else than was packed.
    private static func damagedTiles(_ reader: ResultReader) throws -> [(tile: Int, variables: [String])] {
        let layout = reader.header.layout
        var found: [Int: [String]] = [:]
        func isDamaged(_ variable: TrialVariable, _ tiles: Range<Int>) throws -> Bool {
            do {
                _ = try reader.bytes(variable, positions: TileTable.positions(tiles, of: layout))
                return false
            } catch let error as ResultStoreError where error.kind == .damaged {
                return true
            }
        }
        for variable in layout.variables {
            // As many as a chunk has.
            for first in stride(from: 0, to: layout.tileCount, by: 64) {
                let tiles = first..<min(first + 64, layout.tileCount)
                guard try isDamaged(variable, tiles) else { continue }
                for tile in tiles where try isDamaged(variable, tile..<tile + 1) {
                    found[tile, default: []].append(variable.name)
                }
            }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func damagedCells(_ reader: ResultReader) throws -> [Int] {
        guard let curves = reader.curves else { return [] }
        return try (0..<reader.cellCount).filter { cell in
            do { return try reader.hasCurves(cell: cell) && !curves.isIntact(cell: cell) } catch let error as ResultStoreError
            where error.kind == .damaged {
                return false
            }
        }
    }

    private static func damagedCells(_ curves: StoredCurves, _ rows: StoredRows) throws -> [Int] {
        try rows.cells { StatusScan.count($0).done == $0.count }.filter { try !curves.isIntact(cell: $0) }
    }
}

extension StoredRows {
    /// The cells whose trials' states meet a condition, ascending; read in pieces.
    func cells(where condition: (UnsafeBufferPointer<UInt8>) -> Bool) throws -> [Int] {
        let trials = layout.trials
        let cellsPerPiece = max(1, (1 << 22) / trials)
        var found: [Int] = []
        for first in stride(from: 0, to: layout.cellCount, by: cellsPerPiece) {
            let cells = first..<min(first + cellsPerPiece, layout.cellCount)
            let states = try readStatus(rows: cells.lowerBound * trials..<cells.upperBound * trials)
            states.withUnsafeBufferPointer { states in
                for cell in cells {
                    let base = (cell - first) * trials
                    if condition(UnsafeBufferPointer(rebasing: states[base..<base + trials])) { found.append(cell) }
                }
            }
        }
        return found
    }
}
