/// A trial stopped on its way: all that is needed to go on and end with the bits of an uninterrupted run.
public struct TrialState: Sendable, Equatable {
    /// The steps taken so far: the stored iterate is x_step.
    public let step: Int
    /// Iterate, memory and accumulators, in a format of the kernels that carries its version and a checksum.
    public let bytes: [UInt8]

    public init(step: Int, bytes: [UInt8]) {
        self.step = step
        self.bytes = bytes
    }
}

/// How far a block has come.
public struct BlockProgress: Sendable {
    /// Rows that have ended carry their outcomes; the others have status `missing`.
    public let columns: OutcomeColumns
    /// One per row: where an unfinished trial stands; `nil` where it has ended or has not begun.
    public let states: [TrialState?]

    public init(columns: OutcomeColumns, states: [TrialState?]) {
        self.columns = columns
        self.states = states
    }

    public var isComplete: Bool { !columns.status.contains(TrialStatus.missing.rawValue) }
}

/// A stored state from which a trial cannot be resumed.
public enum TrialStateError: Error, Equatable, CustomStringConvertible {
    /// Written by another version of the format or by kernels of another revision.
    case foreign(found: String, expected: String)
    /// Too short, too long or with a wrong checksum.
    case damaged(String)

    public var description: String {
        let remedy = "; move the file of states beside the result away, and these trials are computed from their beginning"
        switch self {
        case .foreign(let found, let expected):
            return "the state of an unfinished trial was written by \(found), this program reads \(expected)" + remedy
        case .damaged(let what):
            return "the state of an unfinished trial is damaged: \(what)" + remedy
        }
    }
}
