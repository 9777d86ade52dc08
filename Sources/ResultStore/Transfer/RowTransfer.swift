import PortableMath
import TrialContract

/// Copies finished trials from one result to another that is not yet in use; what is in both is compared.
///
/// Memory holds a piece of one variable. What is read is checked against its checksums.
struct RowTransfer {
    /// Rows of one variable in both files.
    private struct Column {
        let variable: TrialVariable
        /// Its place among the target's variables.
        let target: Int
        let targetWidth: Int
    }

    private let source: ResultReader
    private let target: StoredRows
    private let columns: [Column]
    private let copiesExcluded: Bool
    private static let longestPiece = 1 << 16

    /// Statistics that only one of the two has are left alone.
    ///
    /// - Parameter copiesExcluded: whether the target is told which trials are excluded.
    init(from source: ResultReader, to target: StoredRows, copiesExcluded: Bool = true) {
        self.source = source
        self.target = target
        self.copiesExcluded = copiesExcluded
        let variables = target.layout.variables
        columns = source.header.layout.variables.compactMap { variable in
            guard variable.name != TrialVariable.statusName,
                let index = variables.firstIndex(where: { $0.name == variable.name }) else { return nil }
            return Column(variable: variable, target: index, targetWidth: variables[index].width)
        }
    }

    /// Copies what is finished among some rows of the source to rows of the target from `first` on.
    ///
    /// - Returns: how many trials were copied.
    /// - Throws: `damaged` where a trial has different outcomes in the two.
    func copy(_ rows: Range<Int>, to first: Int) throws -> Int {
        var copied = 0
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.longestPiece) {
            let piece = start..<min(start + Self.longestPiece, rows.upperBound)
            copied += try copyPiece(piece, to: first + start - rows.lowerBound)
        }
        return copied
    }

    private func copyPiece(_ rows: Range<Int>, to first: Int) throws -> Int {
        var states = try source.status(rows: rows)
        for index in states.indices where states[index] == TrialStatus.notAsked.rawValue { states[index] = 0 }
        if !copiesExcluded {
            for index in states.indices where states[index] == TrialStatus.excluded.rawValue { states[index] = 0 }
        }
        guard states.contains(where: { $0 != 0 }) else { return 0 }
        let present = try target.readStatus(rows: first..<first + rows.count)
        var copied = 0
        for run in Self.runs(states, present) {
            let from = rows.lowerBound + run.lowerBound..<rows.lowerBound + run.upperBound
            if present[run.lowerBound] != 0 {
                try compare(from, to: first + run.lowerBound, states[run], present[run])
            } else {
                try write(from, to: first + run.lowerBound, Array(states[run]))
                copied += states[run].count { $0 == 1 || $0 == 2 }
            }
        }
        return copied
    }

    /// Runs of rows that the source has, each all missing in the target or all present.
    private static func runs(_ states: [UInt8], _ present: [UInt8]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for index in states.indices where states[index] != 0 {
            let isOtherwise = index > 0 && (present[index] == 0) != (present[index - 1] == 0)
            if isOtherwise { runs.append(index..<index + 1) } else { runs.extend(by: index..<index + 1) }
        }
        return runs
    }

    private func write(_ rows: Range<Int>, to first: Int, _ states: [UInt8]) throws {
        for column in columns {
            try target.writeBytes(try bytes(column, rows), column.target, firstRow: first)
        }
        try target.writeStatus(states, [RowRun(row: first, count: rows.count, source: 0)])
    }

    private func compare(
        _ rows: Range<Int>, to first: Int, _ states: ArraySlice<UInt8>, _ present: ArraySlice<UInt8>
    ) throws {
        if let index = zip(states, present).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
            throw contradiction(TrialVariable.statusName, rows.lowerBound + index)
        }
        for column in columns {
            let here = try bytes(column, rows)
            let there = try target.readBytes(column.target, first..<first + rows.count)
            guard here != there else { continue }
            let size = here.count / rows.count
            let index = here.indices.first { here[$0] != there[$0] }! / size
            throw contradiction(column.variable.name, rows.lowerBound + index)
        }
    }

    /// The bytes of some rows as the target stores them: vectors are filled up with NaN.
    private func bytes(_ column: Column, _ rows: Range<Int>) throws -> [UInt8] {
        let stored = try source.bytes(column.variable, rows: rows)
        guard column.targetWidth != column.variable.width else { return stored }
        let size = column.variable.rowBytes, width = min(column.targetWidth, column.variable.width)
        return stored.withUnsafeBytes { stored in
            var padded = [Double](repeating: .nan, count: rows.count * column.targetWidth)
            for row in 0..<rows.count {
                for index in 0..<width {
                    padded[row * column.targetWidth + index] = stored.loadUnaligned(
                        fromByteOffset: row * size + index * 8, as: Double.self)
                }
            }
            return padded.withUnsafeBytes { Array($0) }
        }
    }

    private func contradiction(_ name: String, _ row: Int) -> ResultStoreError {
        let layout = source.header.layout
        let cell = DamageReport.coordinates(row / layout.trials, layout.dimensions)
        return ResultStoreError(
            .damaged, "merge", object: name, path: source.path,
            reason: "trial \(row % layout.trials) of \(cell) has another outcome than in the files before it",
            remedy: "find out which is right with samsweep audit, and leave the other out")
    }
}
