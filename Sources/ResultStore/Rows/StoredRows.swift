import TrialContract

/// The rows of a contiguous result file, read and written at their offsets. Calls from several threads are fine.
///
/// Rows are those of the whole sweep; where the file holds a part of it, they are translated to positions. Rows that it
/// does not hold read as not computed, and are never written.
struct StoredRows: Sendable {
    let file: RawFile
    let layout: ResultLayout
    /// By the order of `layout.variables`.
    private let offsets: [Int]
    private let curveEnd: Int
    private var statusIndex: Int { layout.statistics.count }

    /// - Throws: `damaged` where a variable does not lie in one piece.
    init(file: RawFile, header: ResultHeader) throws {
        self.file = file
        layout = header.layout
        curveEnd = StoredCurves(file: file, header: header)?.endOffset ?? 0
        guard header.checksumOffsets.tiles != nil else {
            throw ResultStoreError(
                .damaged, "write", path: header.path, reason: "another program has packed its checksums",
                remedy: "choose another --output")
        }
        offsets = try header.layout.variables.map { variable in
            guard let offset = header.offsets[variable.name] else {
                throw ResultStoreError(
                    .damaged, "write", object: variable.name, path: header.path,
                    reason: "its values do not lie in one piece", remedy: "choose another --output")
            }
            return offset
        }
    }

    /// The length the file must have: the end of its last variable.
    var endOffset: Int {
        zip(offsets, layout.variables).map { $0 + layout.storedRowCount * $1.rowBytes }.reduce(curveEnd, max)
    }

    /// Reserves room for what is not filled when the file is created.
    func reserve() throws {
        for (offset, variable) in zip(offsets, layout.variables) {
            try file.reserve(offset..<offset + layout.storedRowCount * variable.rowBytes, variable.name)
        }
    }

    /// Writes everything of a block but its status.
    func writeValues(_ block: OutcomeBlock, _ placement: BlockPlacement) throws {
        precondition(
            block.statistics.elementsEqual(layout.statistics.lazy.map(\.name)),
            "a block must have the plan's statistics in their order")
        for (index, variable) in layout.statistics.enumerated() {
            try writeStatistic(block.columns.values[index], index, variable, placement, rows: block.columns.status.count)
        }
        try write(block.columns.stepsTaken, layout.statistics.count + 1, placement.runs)
    }

    private func writeStatistic(
        _ values: [Double], _ index: Int, _ variable: TrialVariable, _ placement: BlockPlacement, rows: Int
    ) throws {
        if variable.element == .int32 {
            try write(values.map { Int32($0) }, index, placement.runs)
        } else if values.count == rows * variable.width {
            try write(values, index, placement.runs)
        } else {
            try write(padded(values, rows: rows, to: variable.width), index, placement.runs)
        }
    }

    /// Iterates of fewer coordinates than the file has: NaN behind them.
    private func padded(_ values: [Double], rows: Int, to width: Int) -> [Double] {
        let given = values.count / rows
        var padded = [Double](repeating: .nan, count: rows * width)
        for row in 0..<rows {
            for index in 0..<given { padded[row * width + index] = values[row * given + index] }
        }
        return padded
    }

    func writeStatus(_ states: [UInt8], _ runs: [RowRun]) throws {
        try write(states, statusIndex, runs)
    }

    /// The states of some rows.
    func readStatus(rows: Range<Int>) throws -> [UInt8] { try readBytes(statusIndex, rows) }

    /// Rows of a variable, by its place among the layout's, as they are stored.
    func readBytes(_ variable: Int, _ rows: Range<Int>) throws -> [UInt8] {
        guard layout.part != nil else { return try readBytes(variable, positions: rows) }
        var bytes = layout.notStored(layout.variables[variable], rows.count)
        try bytes.withUnsafeMutableBytes { bytes in
            try layout.pieces(of: rows).forEachGroup { positions, pieces in
                [StoredPart.Piece].scatter(
                    try readBytes(variable, positions: positions), at: positions.lowerBound, of: pieces,
                    rowBytes: layout.variables[variable].rowBytes, firstRow: rows.lowerBound, into: bytes)
            }
        }
        return bytes
    }

    /// What is stored of a variable at some positions.
    func readBytes(_ variable: Int, positions: Range<Int>) throws -> [UInt8] {
        let size = layout.variables[variable].rowBytes
        return try file.read(
            count: positions.count * size, zero: UInt8(0), at: offsets[variable] + positions.lowerBound * size,
            layout.variables[variable].name)
    }

    /// Writes rows of a variable that are in the file's form.
    func writeBytes(_ bytes: [UInt8], _ variable: Int, firstRow: Int) throws {
        let rows = bytes.count / layout.variables[variable].rowBytes
        try write(bytes, variable, [RowRun(row: firstRow, count: rows, source: 0)])
    }

    /// Writes what is stored of a variable from a position on.
    func writeBytes(_ bytes: UnsafeRawBufferPointer, _ variable: Int, position: Int) throws {
        let place = offsets[variable] + position * layout.variables[variable].rowBytes
        try file.write(bytes, at: place, layout.variables[variable].name)
    }

    private func write<Element: BitwiseCopyable>(_ values: [Element], _ index: Int, _ runs: [RowRun]) throws {
        let variable = layout.variables[index]
        let bytes = variable.rowBytes
        try values.withUnsafeBytes { source in
            for run in runs {
                var written = 0
                for piece in layout.pieces(of: run.row..<run.row + run.count) {
                    let first = (run.source + piece.row - run.row) * bytes
                    let part = UnsafeRawBufferPointer(rebasing: source[first..<first + piece.count * bytes])
                    try file.write(part, at: offsets[index] + piece.position * bytes, variable.name)
                    written += piece.count
                }
                precondition(written == run.count, "a row that the file does not hold cannot be written")
            }
        }
    }

    /// The states of all trials, read in pieces; those that the file does not hold are missing.
    func countStatus() throws -> CompletionCounts {
        var counts = CompletionCounts()
        try forEachPiece { counts.add(StatusScan.count($0)) }
        counts.missing += layout.missingElsewhere
        return counts
    }

    /// The states of a shard's own trials.
    func countStatus(of shard: ShardPart) throws -> CompletionCounts {
        let trials = layout.trials
        let cellsPerPiece = max(1, (1 << 22) / trials)
        var counts = CompletionCounts()
        for first in stride(from: 0, to: layout.cellCount, by: cellsPerPiece) {
            let cells = first..<min(first + cellsPerPiece, layout.cellCount)
            let states = try readStatus(rows: cells.lowerBound * trials..<cells.upperBound * trials)
            states.withUnsafeBufferPointer { states in
                for cell in cells {
                    let own = shard.trials(cell).clamped(to: 0..<trials)
                    let base = (cell - first) * trials
                    counts.add(StatusScan.count(UnsafeBufferPointer(
                        rebasing: states[base + own.lowerBound..<base + own.upperBound])))
                }
            }
        }
        return counts
    }

    /// Calls `body` with the states of all trials that are stored, a whole number of tiles at a time.
    func forEachPiece(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        let piece = 1 << 22
        for first in stride(from: 0, to: layout.storedRowCount, by: piece) {
            let positions = first..<min(first + piece, layout.storedRowCount)
            try readBytes(statusIndex, positions: positions).withUnsafeBufferPointer { try body($0) }
        }
    }
}
