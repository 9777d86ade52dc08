import TrialContract

/// Runs one block: computes it, stores its outcomes, and where it is stopped, keeps the states of long trials.
struct BlockExecution {
    /// Coordinate-steps (some 20 ms) from which a trial is resumed where it stood; shorter ones begin anew.
    static let longTrial = 16_777_216.0

    let kernel: any TrialKernel
    let sink: any OutcomeSink
    let keeper: (any TrialStateKeeper)?

    /// What was stored; `nil` when `stop` was raised before the block was finished.
    func run(_ block: WorkBlock, stop: StopFlag) throws -> OutcomeColumns? {
        let request = block.request
        let cost = Double(request.trialClass.steps) * Double(request.trialClass.costInCoordinates)
        if let keeper, cost >= Self.longTrial { return try advance(block, keeper, stop) }
        guard let columns = kernel.run(request, stop: stop) else { return nil }
        try store(columns, block.cellIndices, request)
        return columns
    }

    private func store(_ columns: OutcomeColumns, _ cellIndices: [Int], _ request: BlockRequest) throws {
        try sink.store(OutcomeBlock(
            cellIndices: cellIndices, trials: request.trials, statistics: request.trialClass.statistics,
            columns: columns))
    }

    private func advance(
        _ block: WorkBlock, _ keeper: any TrialStateKeeper, _ stop: StopFlag
    ) throws -> OutcomeColumns? {
        let request = block.request
        let states = try keeper.states(cellIndices: block.cellIndices, trials: request.trials)
        let progress = try advance(request, from: states, stop)
        if progress.isComplete {
            try store(progress.columns, block.cellIndices, request)
            return progress.columns
        }
        try keeper.keep(progress.states, cellIndices: block.cellIndices, trials: request.trials)
        try storeFinished(progress.columns, block)
        return nil
    }

    /// States that are damaged or of other kernels are passed over: those trials begin anew.
    private func advance(_ request: BlockRequest, from states: [TrialState?], _ stop: StopFlag) throws -> BlockProgress {
        do {
            return try kernel.advance(request, from: states, pausingAfter: nil, stop: stop)
        } catch is TrialStateError {
            return try kernel.advance(request, from: states.map { _ in nil }, pausingAfter: nil, stop: stop)
        }
    }

    /// The finished trials of a block that is not finished as a whole, in runs of a cell's neighbouring trials.
    private func storeFinished(_ columns: OutcomeColumns, _ block: WorkBlock) throws {
        let trials = block.request.trials
        for (place, cell) in block.cellIndices.enumerated() {
            var first = 0
            while first < trials.count {
                var end = first
                while end < trials.count, columns.status[place * trials.count + end] != TrialStatus.missing.rawValue {
                    end += 1
                }
                if end > first {
                    let rows = place * trials.count + first..<place * trials.count + end
                    try sink.store(OutcomeBlock(
                        cellIndices: [cell], trials: trials.lowerBound + first..<trials.lowerBound + end,
                        statistics: block.request.trialClass.statistics, columns: columns.rows(rows)))
                }
                first = end + 1
            }
        }
    }
}

extension OutcomeColumns {
    /// Some rows of a block's outcomes.
    fileprivate func rows(_ range: Range<Int>) -> OutcomeColumns {
        func part(_ column: [Double]) -> [Double] {
            let width = column.count / status.count
            return Array(column[range.lowerBound * width..<range.upperBound * width])
        }
        return OutcomeColumns(
            status: Array(status[range]), stepsTaken: Array(stepsTaken[range]), values: values.map(part),
            curves: curves.map(part))
    }
}
