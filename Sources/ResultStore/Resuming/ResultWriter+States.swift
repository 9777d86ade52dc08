import TrialContract

extension ResultWriter: TrialStateKeeper {
    public func states(cellIndices: [Int], trials: Range<Int>) -> [TrialState?] {
        rows(cellIndices, trials).map { unfinished.state(row: $0) }
    }

    public func keep(_ states: [TrialState?], cellIndices: [Int], trials: Range<Int>) {
        for (row, state) in zip(rows(cellIndices, trials), states) {
            state.map { unfinished.keep($0, row: row) }
        }
    }

    private func rows(_ cellIndices: [Int], _ trials: Range<Int>) -> [Int] {
        cellIndices.flatMap { cell in trials.map { cell * trialsPerCell + $0 } }
    }
}
