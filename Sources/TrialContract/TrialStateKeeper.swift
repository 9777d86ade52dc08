/// Keeps where unfinished trials stand between runs, so that a trial may take longer than any run is allowed to.
public protocol TrialStateKeeper: Sendable {
    /// The kept states of a block's trials, row by row (cell after cell); `nil` where there is none.
    func states(cellIndices: [Int], trials: Range<Int>) throws -> [TrialState?]

    /// Keeps states for the next run in place of earlier ones; `nil` leaves what is there.
    func keep(_ states: [TrialState?], cellIndices: [Int], trials: Range<Int>) throws
}
