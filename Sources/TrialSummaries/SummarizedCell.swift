import TrialContract

/// What is kept of a quantity in a cell, all its blocks together.
package struct SummarizedCell: Sendable {
    /// Trials.
    package private(set) var finished = 0, diverged = 0
    /// Blocks that have not been computed.
    package private(set) var missingBlocks = 0
    package private(set) var moments = CellMoments()
    package private(set) var quantiles = CellQuantiles()

    /// Throws what reading throws.
    package init(_ quantity: String, cell: Int, of blocks: some StoredBlocks) throws {
        let range = cell..<cell + 1, states = try blocks.states(cells: range)
        let finished = try blocks.stored(SummaryColumn.finishedName, cells: range)
        let diverged = try blocks.stored(SummaryColumn.divergedName, cells: range)
        let values = try SummaryColumn.allCases.map { try blocks.stored($0.name(of: quantity), cells: range) }
        let percentiles = try blocks.stored(Percentiles.name(of: quantity), cells: range), width = Percentiles.count
        for (block, state) in states.enumerated() {
            switch TrialStatus(rawValue: state) {
            case .finished, .diverged:
                self.finished += Int(finished[block])
                self.diverged += Int(diverged[block])
                let own = values.map { $0[block] }
                moments.add(finished: finished[block], own)
                quantiles.add(
                    finished: finished[block], extremes: (least: own[4], largest: own[5]),
                    percentiles: percentiles[block * width..<(block + 1) * width])
            case .missing: missingBlocks += 1
            default: break
            }
        }
    }
}
