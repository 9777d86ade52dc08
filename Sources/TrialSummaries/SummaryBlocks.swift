/// How the trials of a cell are cut into the blocks of a summary: equal parts of neighbouring trials.
///
/// The cut follows from the number of trials alone, so that every machine, shard and run cuts alike. Block b holds the trials
/// b * trialsPerBlock ..< (b + 1) * trialsPerBlock.
package struct SummaryBlocks: Sendable, Equatable {
    /// Fewer blocks than these say too little about how far the blocks scatter.
    package static let fewest = 32
    /// More are not needed: a covariance over so many is known to a tenth.
    package static let most = 256

    /// Blocks of a cell.
    package let count: Int
    package let trialsPerBlock: Int

    /// The largest number of equal blocks in 32 ... 256; `nil` where there is none, or where counts of a block would not fit
    /// into 31 bits.
    package init?(trials: Int) {
        guard trials >= Self.fewest, let count = (Self.fewest...Self.most).last(where: { trials % $0 == 0 }),
            trials / count <= Int(Int32.max)
        else { return nil }
        self.count = count
        trialsPerBlock = trials / count
    }

    /// The least number of trials, not below a given one, that can be cut.
    package static func nextNumber(from trials: Int) -> Int {
        let most = Self.most * Int(Int32.max)
        guard trials < most else { return most }
        var next = max(fewest, trials)
        while SummaryBlocks(trials: next) == nil { next += 1 }
        return next
    }

    /// The trials of some blocks.
    package func trials(of blocks: Range<Int>) -> Range<Int> {
        blocks.lowerBound * trialsPerBlock..<blocks.upperBound * trialsPerBlock
    }
}
