/// Takes finished blocks. Called from several workers at once; returns when the block may be forgotten.
public protocol OutcomeSink: Sendable {
    func store(_ block: OutcomeBlock) throws
}

/// Knows what is already there.
public protocol CompletionMap: Sendable {
    /// For each cell of the range, the runs of trial numbers whose status is `missing`, ascending. The answer covers
    /// `cells.count` cells; an excluded cell has none.
    func missingTrials(cells: Range<Int>) throws -> [[Range<Int>]]
}
