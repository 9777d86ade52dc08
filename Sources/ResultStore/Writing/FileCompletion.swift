import TrialContract

/// Writes what a new file has besides its metadata: trial numbers, the states of dropped cells and the checksums over
/// what never changes; then brings it all to disk.
struct FileCompletion {
    let path: String
    let description: FileDescription
    /// Tells which cells are excluded; without one none is marked.
    let plan: (any SweepPlan)?

    func run() throws {
        let header = try ResultHeader.ofOwnFile(path)
        let file = try header.openFile(writable: true)
        if header.isContiguous {
            let rows = try StoredRows(file: file, header: header)
            try rows.reserve()
            try StoredCurves(file: file, header: header)?.reserve()
            try markExcluded(rows)
        }
        try writeTrialNumbers(file, header)
        try writeChecksums(file, header)
        try file.synchronise()
        try requireWritten(file, header)
    }

    /// Opens the file anew, as every later reader does, and compares it with what was meant.
    private func requireWritten(_ file: RawFile, _ header: ResultHeader) throws {
        let read = try ResultHeader.read(path)
        var isRight = ContentChecksum.of(read) == ContentChecksum.of(description)
        try forEachPieceOfTrials(header) { numbers, offset in
            let stored = try file.read(count: numbers.count, zero: Int64(0), at: offset, header.layout.rowName)
            isRight = isRight && stored == numbers
        }
        if header.trialOffset == nil { isRight = try isRight && packedTrialNumbersAreRight(header.layout) }
        guard isRight else {
            throw ResultStoreError(.damaged, "create", path: path, reason: "it reads back as something else")
        }
    }

    private func writeChecksums(_ file: RawFile, _ header: ResultHeader) throws {
        let offsets = header.checksumOffsets
        try file.write([ContentChecksum.of(description).littleEndian], at: offsets.content, ResultLayout.contentChecksumPath)
        if let core = offsets.core {
            try file.write([ContentChecksum.ofCore(description).littleEndian], at: core, ResultLayout.coreChecksumPath)
        }
        // A library that lays files out otherwise leaves them without this checksum: each is then tried in a child process.
        guard let structure = try FileStructure.known(file) else { return }
        let fixed = try FixedBytes.checksum(file, structure)
        try file.write([fixed.littleEndian], at: offsets.fixedBytes, ResultLayout.fixedChecksumPath)
    }

    private func writeTrialNumbers(_ file: RawFile, _ header: ResultHeader) throws {
        try forEachPieceOfTrials(header) { try file.write($0, at: $1, header.layout.rowName) }
    }

    private func forEachPieceOfTrials(_ header: ResultHeader, _ body: ([Int64], _ offset: Int) throws -> Void) throws {
        // Packed numbers are written when the file is created.
        guard let offset = header.trialOffset else { return }
        let piece = 1 << 16
        for first in stride(from: 0, to: header.layout.trials, by: piece) {
            try body((first..<min(first + piece, header.layout.trials)).map { Int64($0) }, offset + first * 8)
        }
    }

    private func packedTrialNumbersAreRight(_ layout: ResultLayout) throws -> Bool {
        let file = try ConfinedFile(path, .none)
        return try stride(from: 0, to: layout.trials, by: 1 << 20).allSatisfy { first in
            let range = first..<min(first + 1 << 20, layout.trials)
            return try file.readInt64(layout.rowName, range) == range.map { Int64($0) }
        }
    }

    private func markExcluded(_ rows: StoredRows) throws {
        guard let plan, plan.mayExcludeCells else { return }
        let trials = rows.layout.trials
        var excluded = 0..<0
        for cell in 0..<rows.layout.cellCount {
            guard case .excluded = try plan.cell(at: cell) else { continue }
            if excluded.upperBound == cell && excluded.count * trials < 1 << 22 {
                excluded = excluded.lowerBound..<cell + 1
            } else {
                try mark(excluded, rows)
                excluded = cell..<cell + 1
            }
        }
        try mark(excluded, rows)
    }

    private func mark(_ cells: Range<Int>, _ rows: StoredRows) throws {
        guard !cells.isEmpty else { return }
        let trials = rows.layout.trials
        for piece in rows.layout.pieces(of: cells.lowerBound * trials..<cells.upperBound * trials) {
            let states = [UInt8](repeating: TrialStatus.excluded.rawValue, count: piece.count)
            try rows.writeStatus(states, [RowRun(row: piece.row, count: piece.count, source: 0)])
        }
    }
}
