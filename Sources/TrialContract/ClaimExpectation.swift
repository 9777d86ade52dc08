/// What theory says of the measured value.
public enum ClaimExpectation: Sendable {
    case band(ClaimBand)
    case table(ClaimTable)
}

/// The values that agree with a claim: an interval, whose ends may depend on the cell.
public struct ClaimBand: Sendable {
    public var atLeast: (any CellExpression)?
    public var atMost: (any CellExpression)?
    /// The value itself; `margin` and `tolerance` make an interval of it.
    public var center: (any CellExpression)?
    /// How far off an end or the value may be, in the value's units.
    public var margin: (any CellExpression)?
    /// The same in parts of the end or value.
    public var tolerance: Double
    /// The expected values are known up to a factor only.
    public var constant: ClaimConstant?

    public init(
        atLeast: (any CellExpression)? = nil, atMost: (any CellExpression)? = nil, center: (any CellExpression)? = nil,
        margin: (any CellExpression)? = nil, tolerance: Double = 0, constant: ClaimConstant? = nil
    ) {
        self.atLeast = atLeast
        self.atMost = atMost
        self.center = center
        self.margin = margin
        self.tolerance = tolerance
        self.constant = constant
    }
}

/// A factor before a bound, found on some cells and tested on the others.
public struct ClaimConstant: Sendable {
    /// The cells it is found on.
    public var selection: any CellExpression
    /// How much more (of an upper bound) or less (of a lower one) the other cells may have; at least 1.
    public var allowance: Double

    public init(selection: any CellExpression, allowance: Double) {
        self.selection = selection
        self.allowance = allowance
    }
}

/// Which of several outcomes is expected in which row and column.
public struct ClaimTable: Sendable {
    public struct Outcome: Sendable {
        public var name: String
        public var band: ClaimBand

        public init(name: String, band: ClaimBand) {
            self.name = name
            self.band = band
        }
    }

    /// Positions among the plan's dimensions.
    public var rows: Int
    public var columns: Int
    public var outcomes: [Outcome]
    /// By position along `rows`, then `columns`: which outcome; `nil`: the claim says nothing.
    public var expected: [[Int?]]

    public init(rows: Int, columns: Int, outcomes: [Outcome], expected: [[Int?]]) {
        self.rows = rows
        self.columns = columns
        self.outcomes = outcomes
        self.expected = expected
    }
}
