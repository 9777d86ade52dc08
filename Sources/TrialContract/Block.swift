/// A piece of work for a kernel: some cells of one class times a range of trials.
public struct BlockRequest: Sendable {
    public let trialClass: TrialClass
    public let cells: [CellParameters]
    /// Trial numbers, the same for every cell; inside 0 ..< 2^56.
    public let trials: Range<Int>

    public init(trialClass: TrialClass, cells: [CellParameters], trials: Range<Int>) {
        precondition(!cells.isEmpty && !trials.isEmpty && trials.lowerBound >= 0)
        self.trialClass = trialClass
        self.cells = cells
        self.trials = trials
    }

    public var trialCount: Int { cells.count * trials.count }
}

/// What became of a trial. Raw values are those of the result file's `status`.
public enum TrialStatus: UInt8, Sendable, CaseIterable {
    case missing = 0, finished = 1, diverged = 2, excluded = 3
    /// In results whose cells have different numbers of trials: beyond what the cell was asked for. No more is missing.
    case notAsked = 4

    /// Those of a result in which all cells have the same number of trials.
    public static let ofEqualCells: [TrialStatus] = [.missing, .finished, .diverged, .excluded]

    /// The word of `flag_meanings`.
    public var meaning: String {
        switch self {
        case .missing: "missing"
        case .finished: "finished"
        case .diverged: "diverged"
        case .excluded: "excluded"
        case .notAsked: "not_asked"
        }
    }
}

/// The outcomes of a block, column by column.
///
/// Row `cell * trials.count + (trial - trials.lowerBound)`. A diverged trial has NaN in every float column and 0 in
/// counts; `stepsTaken` is the first t at which |x_t|^2 is not finite or the class's `divergedAbove` is exceeded, T otherwise.
public struct OutcomeColumns: Sendable, Equatable {
    public var status: [UInt8]
    public var stepsTaken: [Int64]
    /// `values[s]` belongs to `TrialClass.statistics[s]`: one value per row; `iterate` has `dimension` values per row, and a
    /// vector that the sweep defines as many as it has numbers.
    /// Integer statistics are held exactly as doubles.
    public var values: [[Double]]
    /// `curves[q]` belongs to quantity q of the class's `CurveRequest`: its points, row by row, with all numbers of a point
    /// together where they are several. A diverged trial keeps the
    /// points before it diverged and has NaN from there on. Empty without a request.
    public var curves: [[Double]]

    public init(status: [UInt8], stepsTaken: [Int64], values: [[Double]], curves: [[Double]] = []) {
        self.status = status
        self.stepsTaken = stepsTaken
        self.values = values
        self.curves = curves
    }
}

/// The outcomes of a block with the place they belong to.
public struct OutcomeBlock: Sendable {
    /// Positions of the block's cells in the plan, in the block's order (ascending).
    public let cellIndices: [Int]
    public let trials: Range<Int>
    public let statistics: [String]
    public let columns: OutcomeColumns

    public init(cellIndices: [Int], trials: Range<Int>, statistics: [String], columns: OutcomeColumns) {
        self.cellIndices = cellIndices
        self.trials = trials
        self.statistics = statistics
        self.columns = columns
    }
}
