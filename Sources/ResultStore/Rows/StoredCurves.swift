import TrialContract

/// The trajectories of a result file, read and written at their offsets. Calls from several threads are fine.
///
/// A cell's are there if all its trials are done: they are written first, and brought to disk before the states of its
/// trials are written. A checksum per cell, over its bytes in all variables, tells damage.
struct StoredCurves: Sendable {
    let file: RawFile
    let layout: ResultLayout
    let variables: [CurveVariable]
    /// By the order of `variables`.
    private let offsets: [Int]
    private let checksumOffset: Int

    /// `nil` where the result has no trajectories.
    init?(file: RawFile, header: ResultHeader) {
        guard let curve = header.layout.curve, let checksums = header.checksumOffsets.curves else { return nil }
        self.file = file
        layout = header.layout
        variables = curve.variables
        offsets = variables.compactMap { header.curveOffsets[$0.name] }
        guard offsets.count == variables.count else { return nil }
        checksumOffset = checksums
    }

    /// The end of the last of them.
    var endOffset: Int { zip(offsets, variables).map { $0 + layout.storedCellCount * $1.cellBytes }.max() ?? 0 }

    /// Reserves room for what is not filled when the file is created.
    func reserve() throws {
        for (offset, variable) in zip(offsets, variables) {
            try file.reserve(offset..<offset + layout.storedCellCount * variable.cellBytes, variable.name)
        }
    }

    /// Writes the trajectories of a cell: by variable, as `CurveVariable.bytes` gives them.
    func write(_ bytes: [[UInt8]], cell: Int) throws {
        let place = requirePlace(cell)
        for (index, variable) in variables.enumerated() {
            try file.write(bytes[index], at: offsets[index] + place * variable.cellBytes, variable.name)
        }
        try file.write([Self.checksum(bytes).littleEndian], at: checksumOffset + 8 * place, CurveLayout.checksumPath)
    }

    func read(_ variable: Int, cell: Int) throws -> [UInt8] {
        let size = variables[variable].cellBytes
        return try file.read(
            count: size, zero: UInt8(0), at: offsets[variable] + requirePlace(cell) * size, variables[variable].name)
    }

    private func requirePlace(_ cell: Int) -> Int {
        guard let place = layout.storedCell(cell) else {
            preconditionFailure("a cell that the file does not hold has no trajectories")
        }
        return place
    }

    /// All variables of a cell, whose trials are all done.
    ///
    /// - Throws: `damaged` where they are not what was written.
    func readChecked(cell: Int) throws -> [[UInt8]] {
        let bytes = try variables.indices.map { try read($0, cell: cell) }
        guard try storedChecksum(cell) == Self.checksum(bytes) else { throw damage(cell) }
        return bytes
    }

    /// Whether the cell has trajectories that are as they were written.
    func isIntact(cell: Int) throws -> Bool {
        let bytes = try variables.indices.map { try read($0, cell: cell) }
        return try storedChecksum(cell) == Self.checksum(bytes)
    }

    /// Whether anything was written for the cell.
    func isWritten(cell: Int) throws -> Bool { try layout.storedCell(cell) != nil && storedChecksum(cell) != 0 }

    /// Withdraws a cell's trajectories.
    func clear(cell: Int) throws {
        let place = requirePlace(cell)
        try file.write([UInt64(0)], at: checksumOffset + 8 * place, CurveLayout.checksumPath)
        for (index, variable) in variables.enumerated() {
            let empty = variable.bytes([CurveSummary](repeating: CurveSummary([]), count: variable.summaryCount))
            try file.write(empty, at: offsets[index] + place * variable.cellBytes, variable.name)
        }
    }

    private func storedChecksum(_ cell: Int) throws -> UInt64 {
        UInt64(littleEndian: try file.read(
            count: 1, zero: UInt64(0), at: checksumOffset + 8 * requirePlace(cell), CurveLayout.checksumPath)[0])
    }

    /// Never 0.
    private static func checksum(_ bytes: [[UInt8]]) -> UInt64 {
        max(1, XXH64.hash(bytes.map { XXH64.hash($0).littleEndian }.withUnsafeBytes { Array($0) }))
    }

    private func damage(_ cell: Int) -> ResultStoreError { Self.damage(cell, layout, path: file.path) }

    static func damage(_ cell: Int, _ layout: ResultLayout, path: String) -> ResultStoreError {
        ResultStoreError(
            .damaged, "read", object: "curves", path: path,
            reason: "a checksum is wrong: the trajectories of \(DamageReport.coordinates(cell, layout.dimensions))",
            remedy: "restore a copy, or have the damaged trials computed again with --repair")
    }
}
