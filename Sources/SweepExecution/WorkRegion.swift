import TrialContract

/// Cells of one class that miss the same trials: a rectangle of work, cut into blocks on demand.
struct WorkRegion {
    let trialClass: TrialClass
    let trials: Range<Int>
    /// Positions in the plan, ascending.
    var cellIndices: [Int] = []
    var cells: [CellParameters] = []
    var cut = BlockCut(cellsPerBlock: 1, trialsPerBlock: 1)

    init(trialClass: TrialClass, trials: Range<Int>) {
        self.trialClass = trialClass
        self.trials = trials
    }

    var blockCount: Int { cellParts * trialParts }

    private var cellParts: Int { (cells.count + cut.cellsPerBlock - 1) / cut.cellsPerBlock }
    private var trialParts: Int { (trials.count + cut.trialsPerBlock - 1) / cut.trialsPerBlock }

    /// Block 0 ..< blockCount; all of them together hold every trial of the region once.
    func block(at index: Int) -> WorkBlock {
        let (trialPart, cellPart) = index.quotientAndRemainder(dividingBy: cellParts)
        let firstCell = cellPart * cut.cellsPerBlock
        let cellRange = firstCell..<min(firstCell + cut.cellsPerBlock, cells.count)
        let firstTrial = trials.lowerBound + trialPart * cut.trialsPerBlock
        let trialRange = firstTrial..<min(firstTrial + cut.trialsPerBlock, trials.upperBound)
        return WorkBlock(
            request: BlockRequest(trialClass: trialClass, cells: Array(cells[cellRange]), trials: trialRange),
            cellIndices: Array(cellIndices[cellRange]))
    }
}

/// A block to run, with its cells' positions.
struct WorkBlock {
    let request: BlockRequest
    let cellIndices: [Int]
}
