import TrialContract

/// A kernel around the kernels, one of whose trials is a block of theirs: it runs the block's trials and keeps their moments.
///
/// A block's bits do not depend on the pieces in which its trials are run, nor on the cells and blocks that are run with it.
struct SummarizingKernel: TrialKernel {
    /// Rows of a piece: they stay in a second-level cache.
    private static let rowsPerPiece = 16_384

    private let kernel: any TrialKernel
    private let blocks: SummaryBlocks
    /// What is recorded of a trial.
    private let quantities: [String]

    init(_ kernel: any TrialKernel, blocks: SummaryBlocks, quantities: [String]) {
        self.kernel = kernel
        self.blocks = blocks
        self.quantities = quantities
    }

    var instructionSet: InstructionSet { kernel.instructionSet }

    func run(_ request: BlockRequest, stop: StopFlag) -> OutcomeColumns? {
        var trialClass = request.trialClass
        trialClass.statistics = quantities
        let rows = request.trialCount
        var outcome = OutcomeColumns(
            status: [UInt8](repeating: TrialStatus.missing.rawValue, count: rows), stepsTaken: [Int64](repeating: 0, count: rows),
            values: SummaryColumn.widths(quantities: quantities.count).map { [Double](repeating: .nan, count: rows * $0) })
        for block in request.trials {
            guard let cells = summaries(of: block, trialClass, request.cells, stop) else { return nil }
            for (place, cell) in cells.enumerated() {
                store(cell, at: place * request.trials.count + block - request.trials.lowerBound, in: &outcome)
            }
        }
        return outcome
    }

    private func store(_ block: BlockSummary, at row: Int, in outcome: inout OutcomeColumns) {
        outcome.status[row] = (block.finished > 0 ? TrialStatus.finished : .diverged).rawValue
        outcome.stepsTaken[row] = block.steps
        outcome.values[0][row] = Double(block.finished)
        outcome.values[1][row] = Double(blocks.trialsPerBlock - block.finished)
        var column = 2
        for moments in block.moments {
            let percentiles = moments.percentiles
            for value in moments.values(percentiles) {
                outcome.values[column][row] = value
                column += 1
            }
            for (place, value) in percentiles.enumerated() { outcome.values[column][row * percentiles.count + place] = value }
            column += 1
        }
    }

    /// A block of each cell; `nil` when stopped before.
    private func summaries(
        of block: Int, _ trialClass: TrialClass, _ cells: [CellParameters], _ stop: StopFlag
    ) -> [BlockSummary]? {
        let own = blocks.trials(of: block..<block + 1)
        // Whole vectors, and in the first piece all numbers from which deviations are taken.
        let length = max(BlockMoments.leading, Self.rowsPerPiece / cells.count / 8 * 8)
        var summaries: [BlockSummary] = []
        for first in stride(from: own.lowerBound, to: own.upperBound, by: length) {
            let trials = first..<min(first + length, own.upperBound)
            guard let columns = kernel.run(BlockRequest(trialClass: trialClass, cells: cells, trials: trials), stop: stop)
            else { return nil }
            for place in cells.indices {
                let rows = place * trials.count..<(place + 1) * trials.count
                if first == own.lowerBound { summaries.append(BlockSummary(columns, rows)) }
                summaries[place].add(columns, rows)
            }
        }
        return summaries
    }

    func unitNoise(_ request: NoiseRequest) -> [Double] { kernel.unitNoise(request) }

    func drawNormals(count: Int, precision: NoisePrecision, streamKey: UInt64) -> Double {
        kernel.drawNormals(count: count, precision: precision, streamKey: streamKey)
    }
}

/// What is known of a cell's block so far.
private struct BlockSummary {
    var finished = 0
    var steps: Int64 = 0
    /// Of each quantity.
    var moments: [BlockMoments]

    /// - Parameter rows: of the block's first piece.
    init(_ columns: OutcomeColumns, _ rows: Range<Int>) {
        let first = rows.prefix(BlockMoments.leading).filter { columns.status[$0] == TrialStatus.finished.rawValue }
        moments = columns.values.map { values in BlockMoments(first: first.map { values[$0] }) }
    }

    mutating func add(_ columns: OutcomeColumns, _ rows: Range<Int>) {
        var finishedRows = 0
        for row in rows {
            if columns.status[row] == TrialStatus.finished.rawValue { finishedRows += 1 }
            steps += columns.stepsTaken[row]
        }
        finished += finishedRows
        let flags = finishedRows == rows.count
            ? nil : columns.status[rows].map { $0 == TrialStatus.finished.rawValue }
        for (quantity, values) in columns.values.enumerated() {
            values.withUnsafeBufferPointer { all in
                let numbers = UnsafeBufferPointer(rebasing: all[rows])
                if let flags {
                    flags.withUnsafeBufferPointer { moments[quantity].add(numbers, counts: $0) }
                } else {
                    moments[quantity].add(numbers)
                }
            }
        }
    }
}
