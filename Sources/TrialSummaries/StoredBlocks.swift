import TrialContract

/// What a result keeps of blocks of trials, as it is read.
package protocol StoredBlocks: Sendable {
    var trialsPerBlock: Int { get }

    /// Raw values of `TrialStatus` of some cells' blocks, cell after cell.
    func states(cells: Range<Int>) throws -> [UInt8]

    /// As many values of a variable of the summary; of percentiles 99 of each block.
    func stored(_ variable: String, cells: Range<Int>) throws -> [Double]
}

extension StoredBlocks {
    /// How many of a cell's trials diverged.
    package func diverged(inCell cell: Int) throws -> Int {
        let range = cell..<cell + 1
        return zip(try states(cells: range), try stored(SummaryColumn.divergedName, cells: range)).reduce(0) { sum, block in
            let isDone = block.0 == TrialStatus.finished.rawValue || block.0 == TrialStatus.diverged.rawValue
            return sum + (isDone ? Int(block.1) : 0)
        }
    }
}
