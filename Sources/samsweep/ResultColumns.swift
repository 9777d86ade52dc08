import ResultStore
import ScalingFits
import SweepReports
import TrialContract
import TrialSummaries

/// A result file as fits and exports read it.
///
/// Where the result keeps summaries, its blocks stand for trials and the mean over a block for a trial's value. Blocks hold the
/// same trials in every cell, so that with common random numbers their means vary together as the trials do.
struct ResultColumns: TrialColumns {
    let reader: ResultReader
    let dimensions: [GridDimension]
    /// Without what follows from the optimizer's name, and would stand beside it everywhere.
    let dependentCoordinates: [AuxiliaryCoordinate]
    let gradientsPerStep: AuxiliaryCoordinate?
    let statistics: [String]

    /// Of a result that keeps summaries: what it keeps them of.
    private let summarized: [String]

    /// - Parameter need: what trials are needed for, as "best"; `nil`: means of blocks do in their place.
    /// - Throws: `ResultStoreError`; `CommandError.invalidData` for a result without the trials that are needed.
    init(path: String, trialsFor need: String?) throws {
        self.init(try ResultReader.open(path))
        if let need { try reader.requireTrials(for: need) }
    }

    init(_ reader: ResultReader) {
        self.reader = reader
        dimensions = reader.dimensions
        let dependent = reader.auxiliaryCoordinates
        dependentCoordinates = dependent.filter { $0.name != GradientCount.name }
        gradientsPerStep = dependent.first { $0.name == GradientCount.name }
        let recorded = reader.statistics.filter { $0.storage.isScalar }.map(\.name)
        let isMean = SummaryColumn.mean.name(of: "")
        summarized = reader.trialsPerBlock == nil
            ? [] : recorded.filter { $0.hasSuffix(isMean) }.map { String($0.dropLast(isMean.count)) }
        let square = summarized.contains(Self.distance) && !summarized.contains(Self.square) ? [Self.square] : []
        statistics = reader.trialsPerBlock == nil ? recorded : summarized + square
    }

    private static let distance = "distance", square = "distance_squared"

    var trials: Int { reader.trials }
    var sharesRandomNumbers: Bool { reader.usesCommonRandomNumbers }

    func values(of statistic: String, cells: Range<Int>) throws -> [Double] {
        guard reader.trialsPerBlock != nil else { return try reader.values(of: statistic, cells: cells) }
        let isSquare = !summarized.contains(statistic)
        let name = isSquare ? Self.distance : statistic
        var values = try reader.values(of: SummaryColumn.mean.name(of: name), cells: cells)
        if isSquare {
            let variances = try reader.values(of: SummaryColumn.variance.name(of: name), cells: cells)
            // The mean of squares.
            for row in values.indices { values[row] = values[row] * values[row] + variances[row] }
        }
        for (row, state) in try status(cells: cells).enumerated() where state != TrialStatus.finished.rawValue { values[row] = .nan }
        return values
    }

    /// Of a summary that of its blocks: a block in which a trial diverged counts as diverged, so that those that are left all
    /// have the same number of trials, and the same weight.
    func status(cells: Range<Int>) throws -> [UInt8] {
        var states = try reader.status(cells: cells)
        guard reader.trialsPerBlock != nil else { return states }
        let diverged = try reader.values(of: SummaryColumn.divergedName, cells: cells)
        for row in states.indices where states[row] == TrialStatus.finished.rawValue && diverged[row] > 0 {
            states[row] = TrialStatus.diverged.rawValue
        }
        return states
    }

    func stepsTaken(cells: Range<Int>) throws -> [Int64] { try reader.stepsTaken(cells: cells) }
}

extension ResultColumns {
    /// What the result keeps of blocks of trials; `nil` where it keeps trials.
    var blocks: (any StoredBlocks)? { reader.trialsPerBlock.map { ReaderBlocks(reader: reader, trialsPerBlock: $0) } }

    private struct ReaderBlocks: StoredBlocks {
        let reader: ResultReader
        let trialsPerBlock: Int

        func states(cells: Range<Int>) throws -> [UInt8] { try reader.status(cells: cells) }

        func stored(_ variable: String, cells: Range<Int>) throws -> [Double] { try reader.values(of: variable, cells: cells) }
    }
}

extension ResultColumns: CurveColumns {
    var curveSteps: [Int] { reader.curveSteps }
    /// Of vectors each number, as iterate[0].
    var curveQuantities: [String] { reader.curveQuantities.flatMap(curveNumbers) }

    /// A quantity's numbers by name: itself, or of a vector each.
    func curveNumbers(of quantity: String) -> [String] {
        let width = reader.curveWidth(of: quantity)
        return width == 1 && !reader.hasVectorCurve(of: quantity) ? [quantity] : (0..<width).map { "\(quantity)[\($0)]" }
    }

    func curve(of quantity: String, cell: Int) throws -> CellCurve? {
        guard let match = quantity.wholeMatch(of: /(.+)\[(\d+)\]/), let number = Int(match.output.2) else {
            return try reader.curve(of: quantity, cell: cell)
        }
        return try reader.curve(of: String(match.output.1), at: number, cell: cell)
    }
}

extension ResultReader {
    /// Throws `CommandError.invalidData` where the result keeps summaries in the place of trials.
    ///
    /// - Parameter need: what trials are needed for, as the message begins.
    func requireTrials(for need: String) throws {
        guard let trials = trialsPerBlock else { return }
        throw CommandError.invalidData(
            "\(need) needs trials, and \(path) keeps summaries of blocks of \(trials) (keep: summary): "
                + "fit, best, compare, verify, report and export take it; for the rest run the sweep with keep: trials")
    }
}
