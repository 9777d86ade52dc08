import TrialContract

/// A statistic as a result file has it.
public struct StoredStatistic: Sendable, Equatable {
    public let name: String
    public let longName: String
    public let storage: StatisticStorage
    /// Values per trial: 1, for `iterate` the length of `coordinate`.
    public let width: Int
}

/// Reads a result file, also while a run is writing it.
///
/// Memory holds what is asked for and nothing else; calls from several threads are fine. A trial that is not finished
/// when it is looked at reads NaN, even where its values are on their way. Checksums are checked on the way: a flipped
/// bit is an error of kind `damaged` that names the place.
public final class ResultReader: Sendable {
    let header: ResultHeader
    private let rows: VerifiedRows
    /// `nil` where the result has no trajectories.
    let curves: StoredCurves?

    /// - Throws: `notFound`; `damaged` where it is no result file or is damaged; `inputOutput`.
    public static func open(_ path: String) throws -> ResultReader {
        try Paths.reading(path) { try ResultReader(ResultHeader.read(path)) }
    }

    /// - Throws: `inputOutput` where another file has taken the place of the one whose header it is.
    init(_ header: ResultHeader) throws {
        self.header = header
        let file = try header.openFile()
        let source: any RowSource = header.isContiguous
            ? ContiguousRows(file: file, offsets: header.offsets)
            : try ChunkedRows(header)
        rows = VerifiedRows(source: source, header: header, file: file)
        curves = StoredCurves(file: file, header: header)
    }

    public var path: String { header.path }
    public var title: String { header.title }
    /// The sweep file's text as run.
    public var sweepText: String { header.sweepText }
    public var sweepFingerprint: String { header.sweepFingerprint }
    public var planFingerprint: String { header.planFingerprint }
    public var kernelRevision: Int { header.kernelRevision }
    public var gitCommit: String { header.gitCommit }
    /// As "samsweep 0.1.0".
    public var programVersion: String { header.source }
    public var history: String { header.history }
    /// The file that the sweep was read from; `nil` where none is known.
    public var sweepSource: SweepSource? { header.sweepSource }
    public var isMarkedComplete: Bool { header.isComplete }
    public var usesCommonRandomNumbers: Bool { header.usesCommonRandomNumbers }
    /// `nil` where the file is for the whole sweep.
    public var shard: Shard? { header.shard }
    /// Whether texts that only describe the result (title, history, long names) were changed after it was written, by
    /// another program or by damage; its coordinates and trials are as they were written.
    public var hasEditedTexts: Bool { header.hasEditedTexts }
    /// Without `trial`.
    public var dimensions: [GridDimension] { header.layout.dimensions }
    public var auxiliaryCoordinates: [AuxiliaryCoordinate] { header.layout.auxiliaryCoordinates }
    public var fixedParameters: [FixedParameter] { header.layout.fixedParameters }
    /// Trials per cell; the largest number of them where cells are asked for different ones.
    public var trials: Int { header.layout.trials }
    /// How many trials a row summarises; `nil` where a row is a trial.
    public var trialsPerBlock: Int? { header.layout.trialsPerBlock }
    /// Whether cells are asked for different numbers of trials.
    public var hasUnequalCells: Bool { header.layout.part?.rest == .notAsked }
    /// What each round decided that the file's trials come from, a sentence each, where numbers of trials were decided in rounds.
    public var rounds: [String] { header.rounds }
    /// The same for programs, as it was stored; `nil` where there is none, or a kill came while it was written.
    public func roundLog() throws -> String? {
        guard let place = header.roundLog else { return nil }
        let bytes = try header.openFile().read(count: place.count, zero: UInt8(0), at: place.lowerBound, ResultLayout.roundLogPath)
        return RoundLog.text(bytes)
    }
    /// How long a text it may be; `nil` where there is no place for one.
    public var mostRoundLog: Int? { header.mostRoundLog }
    /// The number of trials that each cell is asked for.
    public var askedTrials: [Int] {
        guard hasUnequalCells, let part = header.layout.part else { return [Int](repeating: trials, count: cellCount) }
        var asked = [Int](repeating: 0, count: cellCount)
        for box in part.boxes { for cell in box.cells { asked[cell] = max(asked[cell], box.trials.upperBound) } }
        return asked
    }
    public var cellCount: Int { header.layout.cellCount }
    public var statistics: [StoredStatistic] {
        header.layout.statistics.map { variable in
            StoredStatistic(
                name: variable.name, longName: variable.longName,
                storage: variable.isPerCoordinate ? .float64PerCoordinate
                    : variable.innerDimension != nil ? .float64Vector(variable.width)
                    : variable.element == .int32 ? .int32 : .float64,
                width: variable.width)
        }
    }

    /// The states of all trials, read in pieces.
    public func counts() throws -> CompletionCounts {
        let piece = 1 << 22
        var counts = CompletionCounts()
        for first in stride(from: 0, to: header.layout.storedRowCount, by: piece) {
            let states = try bytes(.status, positions: first..<min(first + piece, header.layout.storedRowCount))
            counts.add(states.withUnsafeBufferPointer { StatusScan.count($0) })
        }
        counts.missing += header.layout.missingElsewhere
        return counts
    }

    /// The state of each trial, cell by cell, as the raw values of `TrialStatus`.
    public func status(cells: Range<Int>) throws -> [UInt8] { try status(rows: rowRange(cells)) }

    /// The same for rows: `cell * trials + trial`.
    public func status(rows: Range<Int>) throws -> [UInt8] {
        try read(.status, rows, zero: UInt8(0))
    }

    /// Steps each trial took; 0 where it is not finished.
    public func stepsTaken(cells: Range<Int>) throws -> [Int64] { try stepsTaken(rows: rowRange(cells)) }

    public func stepsTaken(rows: Range<Int>) throws -> [Int64] {
        let states = try status(rows: rows)
        var steps = try read(.stepsTaken, rows, zero: Int64(0))
        for index in steps.indices where !Self.isDone(states[index]) { steps[index] = 0 }
        return steps
    }

    /// A statistic's values in trial order, cell by cell, `width` per trial: NaN where the trial is not finished.
    public func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        try values(of: statistic, rows: rowRange(cells))
    }

    /// The same for rows: `cell * trials + trial`.
    public func values(of statistic: String, rows: Range<Int>) throws -> [Double] {
        guard let variable = header.layout.statistics.first(where: { $0.name == statistic }) else {
            let known = header.layout.statistics.map(\.name).joined(separator: ", ")
            throw ResultStoreError(.damaged, "read", object: statistic, path: path, reason: "it was not recorded",
                                   remedy: "recorded are: \(known)")
        }
        // The status first: what it calls finished is there.
        let states = try status(rows: rows)
        var values = try raw(variable, rows)
        for (index, state) in states.enumerated() where !Self.isDone(state) {
            for column in 0..<variable.width { values[index * variable.width + column] = .nan }
        }
        return values
    }

    private static func isDone(_ state: UInt8) -> Bool {
        state == TrialStatus.finished.rawValue || state == TrialStatus.diverged.rawValue
    }

    private func raw(_ variable: TrialVariable, _ rows: Range<Int>) throws -> [Double] {
        variable.element == .int32
            ? try read(variable, rows, zero: Int32(0)).map(Double.init) : try read(variable, rows, zero: 0.0)
    }

    /// Rows of a variable as they are stored.
    func bytes(_ variable: TrialVariable, rows: Range<Int>) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: rows.count * variable.rowBytes)
        try bytes.withUnsafeMutableBytes { try self.rows.read(variable, rows: rows, into: $0) }
        return bytes
    }

    /// What is stored of a variable at some positions.
    func bytes(_ variable: TrialVariable, positions: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: positions.count * variable.rowBytes) { bytes, count in
            let all = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[..<(positions.count * variable.rowBytes)])
            try self.rows.read(variable, positions: positions, into: all)
            count = all.count
        }
    }

    private func rowRange(_ cells: Range<Int>) -> Range<Int> { cells.lowerBound * trials..<cells.upperBound * trials }

    private func read<Element: BitwiseCopyable>(
        _ variable: TrialVariable, _ rows: Range<Int>, zero: Element
    ) throws -> [Element] {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= header.layout.rowCount)
        var values = [Element](repeating: zero, count: rows.count * variable.width)
        try values.withUnsafeMutableBytes { try self.rows.read(variable, rows: rows, into: $0) }
        return values
    }
}

extension ResultReader {
    /// The recorded steps; empty where there are no trajectories.
    public var curveSteps: [Int] { header.layout.curve?.steps ?? [] }

    /// What trajectories were recorded of.
    public var curveQuantities: [String] { header.layout.curve?.quantities.map(\.name) ?? [] }

    /// Whether a quantity is a vector, be it of one number.
    public func hasVectorCurve(of quantity: String) -> Bool {
        header.layout.curve?.quantities.contains { $0.name == quantity && $0.inner != nil } ?? false
    }

    /// How many numbers a quantity has at a step; 1 but for vectors.
    public func curveWidth(of quantity: String) -> Int {
        header.layout.curve?.quantities.first { $0.name == quantity }?.width ?? 1
    }

    /// The trajectory of a quantity in a cell; `nil` where trials of the cell are missing or it is excluded.
    ///
    /// - Parameter number: which of its numbers, from 0.
    /// - Throws: `damaged` where the quantity was not recorded, or the checksum is wrong.
    public func curve(of quantity: String, at number: Int = 0, cell: Int) throws -> CellCurve? {
        guard let curves, let place = curveQuantities.firstIndex(of: quantity) else {
            let known = curveQuantities.isEmpty ? "nothing" : curveQuantities.joined(separator: ", ")
            throw ResultStoreError(
                .damaged, "read", object: quantity, path: path, reason: "no trajectory of it was recorded",
                remedy: "recorded are trajectories of: \(known)")
        }
        guard try hasCurves(cell: cell) else { return nil }
        let kinds = CurveVariable.Kind.allCases, width = curveWidth(of: quantity)
        precondition((0..<width).contains(number), "a trajectory is asked for a number that it does not have")
        let bytes = try curves.readChecked(cell: cell)[place * kinds.count..<(place + 1) * kinds.count]
        /// Of `each` numbers at a time that of all steps.
        func numbers<Number: BitwiseCopyable>(_ kind: CurveVariable.Kind, _ type: Number.Type, each: Int = 1) -> [Number] {
            bytes[bytes.startIndex + kinds.firstIndex(of: kind)!].withUnsafeBytes { raw in
                stride(from: number * each, to: raw.count / 8, by: width * each).flatMap { first in
                    (first..<first + each).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Number.self) }
                }
            }
        }
        let probabilities = CurveSummary.probabilities.count
        let flat = numbers(.quantiles, Double.self, each: probabilities)
        return CellCurve(
            counts: numbers(.count, Int64.self).map { Int($0) }, means: numbers(.mean, Double.self),
            standardErrors: numbers(.standardError, Double.self), medians: numbers(.median, Double.self),
            quantiles: stride(from: 0, to: flat.count, by: probabilities).map { Array(flat[$0..<$0 + probabilities]) })
    }

    /// Whether all trials of a cell are done, and its trajectories therefore there.
    func hasCurves(cell: Int) throws -> Bool {
        try status(cells: cell..<cell + 1).allSatisfy {
            $0 == TrialStatus.finished.rawValue || $0 == TrialStatus.diverged.rawValue
        }
    }
}
